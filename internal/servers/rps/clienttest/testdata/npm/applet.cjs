// The mini-program of rock, paper, scissors, and the Socket.IO client in it, in
// the wx of a test. APP is its folder, SERVER has an echo and games. The client
// talks to the servers of socket.io as well.
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
require('./wxsocket.cjs');

const { connectSocket } = global.wx;
const { App, checks, shape, storage } = require(process.env.WX);

const { APP, SERVER } = process.env;
const check = checks();
const SocketIO = require(path.join(APP, 'lib/socketio.js'));
const packets = require(path.join(APP, 'lib/packet.js'));
const { echo } = require('./echo.cjs');
const { against } = require(path.join(APP, 'services/match.js'));

// sockets are those that were made, the last one at the end.
const sockets = [];
global.wx.connectSocket = (options) => {
  const task = connectSocket(options);
  sockets.push(task);
  return task;
};

const next = (socket, event) => new Promise((done) => {
  const f = (...args) => { socket.off(event, f); done(args); };
  socket.on(event, f);
});

async function until(what, condition) {
  for (let i = 0; i < 1500; i++) {
    if (condition()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`never: ${what}`);
}

function once(make) {
  let made;
  return () => (made ??= make());
}

async function using(url, options, run) {
  const socket = new SocketIO(url, options);
  try {
    await run(socket);
  } finally {
    socket.close();
  }
}

shape(APP, check);

check('packets are read as they are written', () => {
  for (const p of [
    { type: packets.EVENT, data: ['a', 1, { b: [null, 'ü,["'] }] },
    { type: packets.EVENT, namespace: '/x', id: 7, data: ['a'] },
    { type: packets.ACK, id: 0, data: [] },
    { type: packets.CONNECT, namespace: '/x', data: { sid: 'y' } },
    { type: packets.DISCONNECT, namespace: '/x' },
  ]) {
    const { text, parts } = packets.encode(p);
    assert.deepEqual(packets.decode(text), { namespace: '/', id: undefined, data: undefined, ...p, parts: parts.length });
  }
  const { text, parts } = packets.encode({ type: packets.EVENT, id: 3, data: ['a', new Uint8Array([1, 2]).subarray(1), { b: new Uint8Array([9]).buffer }] });
  assert.equal(text, '52-3["a",{"_placeholder":true,"num":0},{"b":{"_placeholder":true,"num":1}}]');
  const back = packets.complete(packets.decode(text), parts);
  assert.deepEqual([...new Uint8Array(back.data[1])], [2]);
  assert.deepEqual([...new Uint8Array(back.data[2].b)], [9]);
});

check('what is no packet is refused', () => {
  for (const text of ['', '9', 'x', '2', '2{}', '2[1]', '3[1]', '31{}', '5["a"]', '21-["a"]', '5101-["a"]', '2["a"', '51-["a",']) {
    assert.throws(() => packets.decode(text), undefined, text);
  }
  assert.throws(() => packets.complete(packets.decode('51-["a",{"_placeholder":true,"num":1}]'), [new ArrayBuffer(1)]));
  assert.throws(() => packets.complete(packets.decode(`2["a",${'['.repeat(500)}${']'.repeat(500)}]`), []));
  assert.equal({}.polluted, packets.complete(packets.decode('2["a",{"__proto__":{"polluted":1}}]'), []).polluted);
});

// servers are this one and those of the original.
const servers = [
  { name: 'EIO 3', eio: 3, url: async () => SERVER },
  { name: 'EIO 4', eio: 4, url: async () => SERVER },
  { name: 'socket.io 2', eio: 3, url: once(() => echo(2)) },
  { name: 'socket.io 4', eio: 4, url: once(() => echo(4)) },
];

for (const { name, eio, url } of servers) {
  check(`${name}: events, acknowledgements, binary`, async () => using(`${await url()}/echo/`, { eio, query: { token: 'tök&n' }, auth: () => ({ key: 5 }) }, async (s) => {
    const handshake = next(s, 'handshake');
    const back = next(s, 'news');
    assert.equal(s.emit('news', 'before the connection', [1]), true);
    s.open();
    assert.deepEqual(await handshake, [{ auth: eio === 4 ? { key: 5 } : null, token: 'tök&n' }]);
    assert.deepEqual(await back, ['before the connection', [1]]);
    assert.equal(await s.request('sum', 'one'), 'one');
    assert.deepEqual(await s.request('sum', 1, { a: '石头' }), [1, { a: '石头' }]);
    const [text, bytes] = await s.request('bytes', 'x', new Uint8Array([0, 255, 4]));
    assert.equal(text, 'x');
    assert.deepEqual([...new Uint8Array(bytes)], [0, 255, 4]);
    s.on('question', (a, b, answer) => answer(b, a));
    const said = next(s, 'you said');
    s.emit('ask me', 1, 2);
    assert.deepEqual(await said, [true, 2, 1]);
  }));

  check(`${name}: a namespace`, async () => using(`${await url()}/echo`, { eio, namespace: '/other' }, async (s) => {
    s.open();
    await next(s, 'connect');
    assert.equal(await s.request('in', 'other'), 'other');
  }));

  check(`${name}: a refused namespace is left alone`, async () => using(`${await url()}/echo`, { eio, namespace: '/guarded' }, async (s) => {
    s.open();
    const [err] = await next(s, 'connect_error');
    assert.equal(err.message, 'Not authorized');
    assert.equal(s.wanted, false);
  }));

  check(`${name}: a lost connection comes back, a closed one does not`, async () => using(`${await url()}/echo`, { eio, delay: 20 }, async (s) => {
    s.open();
    await next(s, 'connect');
    const asked = s.request('ask me').catch((e) => e.message);
    const lost = next(s, 'disconnect');
    sockets.at(-1).close({ code: 1000 });
    assert.equal((await lost)[0], 'transport close');
    assert.equal(await asked, 'transport close');
    s.emit('meanwhile', 1);
    assert.deepEqual(await next(s, 'meanwhile'), [1]);
    const ended = next(s, 'disconnect');
    s.emit('disconnect me');
    assert.equal((await ended)[0], 'io server disconnect');
    assert.equal(s.wanted, false);
    s.open();
    await next(s, 'connect');
    const closed = next(s, 'disconnect');
    s.close();
    assert.equal((await closed)[0], 'io client disconnect');
  }));
}

check('connections live by their heartbeats', () => Promise.all(servers.map(async ({ name, eio, url }) => using(`${await url()}/echo`, { eio }, async (s) => {
  s.open();
  await next(s, 'connect');
  s.on('disconnect', (why) => { throw new Error(`${name}: ${why}`); });
  await new Promise((done) => setTimeout(done, 2800)); // longer than a server waits
  assert.equal(s.connected, true, name);
  assert.equal(await s.request('still', 'here'), 'here');
  s.off('disconnect');
}))));

check('a server that is not there is tried again, until closed', () => using('http://127.0.0.1:1/x', { delay: 10, maxDelay: 40 }, async (s) => {
  const times = [];
  s.on('reconnecting', (ms) => times.push(ms));
  s.open();
  await until('attempts', () => times.length >= 4);
  assert.ok(times.every((ms) => ms >= 5 && ms <= 40), times.join());
  s.close();
  await assert.rejects(Promise.race([s.request('x'), new Promise((_, no) => setTimeout(no, 100, new Error('waits')))]), /waits/);
}));

check('only so much waits for a connection', async () => {
  const s = new SocketIO('http://127.0.0.1:1/x', { maxQueue: 2 });
  assert.deepEqual([s.emit('a'), s.emit('b'), s.emit('c')], [true, true, false]);
  await assert.rejects(s.request('d'), /too much/);
});

check('who beats whom', () => {
  assert.deepEqual([[1, 3], [2, 1], [3, 2], [1, 0]].map(([a, b]) => [against(a, b), against(b, a), against(a, a)]), Array(4).fill([1, -1, 0]));
  assert.equal(against(0, 0), 0);
});

// player is a phone of its own with the page open.
function player() {
  storage.clear();
  const app = new App(APP);
  app.definition.onLaunch();
  const page = app.page('pages/game/game');
  page.onLoad();
  page.onShow();
  page.task = sockets.at(-1);
  page.end = () => {
    page.onUnload();
    page.match.leave();
    page.match.socket.close();
  };
  page.tap = (handler, dataset = {}) => page[handler]({ currentTarget: { dataset } });
  page.other_ = () => page.data.players.find((p) => !p.me);
  page.me = () => page.data.players.find((p) => p.me);
  return page;
}

async function two(run) {
  const [a, b] = [player(), player()];
  try {
    await until('both are online', () => a.data.online && b.data.online);
    await run(a, b);
  } finally {
    a.end();
    b.end();
  }
}

async function begin(a, b) {
  for (const p of [a, b]) p.tap('play');
  await until('the game begins', () => a.data.phase === 'playing' && b.data.phase === 'playing');
}

check('two phones play, make faces, and play again', () => two(async (a, b) => {
  a.rename({ detail: { value: '  小明 ' } });
  assert.equal(a.data.name, '小明');
  assert.equal(a.data.headline, '来一局石头剪刀布');
  await begin(a, b);
  assert.equal(a.data.headline, '请出拳');
  assert.equal(b.other_().name, '小明');
  assert.ok(a.data.left > 0 && a.data.left <= 100 && Number(a.data.seconds) > 0);
  a.tap('choose', { choice: 1 });
  a.tap('choose', { choice: 2 });
  b.tap('choose', { choice: 1 });
  a.tap('face', { face: 2 });
  await until('a move and a face', () => b.other_().moved && b.other_().face === 'T_T' && a.other_().moved);
  assert.equal(b.other_().choice, 0);
  await until('a result', () => a.data.phase === 'over' && b.data.phase === 'over');
  assert.deepEqual([a.data.headline, b.data.headline], ['你赢了！', '你输了']);
  assert.deepEqual([a.me().round, a.me().total, a.me().streak, a.other_().choice, b.other_().choice], [1, 1, 1, 1, 2]);
  a.tap('play');
  await until('the next game', () => b.data.phase === 'playing');
  assert.deepEqual([b.data.choice, b.other_().choice, b.other_().total], [0, 0, 1]);
  a.tap('choose', { choice: 3 });
  b.tap('choose', { choice: 2 });
  await until('a result', () => a.data.phase === 'over');
  assert.deepEqual([a.me().round, a.me().total, a.me().streak], [2, 3, 2]);
  b.tap('leave');
  await until('the partner is gone', () => a.other_().gone);
  assert.equal(b.data.phase, 'idle');
}));

check('a phone that comes back is in the same seat', () => two(async (a, b) => {
  await begin(a, b);
  a.tap('choose', { choice: 3 });
  b.tap('choose', { choice: 2 });
  await until('the move', () => b.other_().moved);
  a.task.close({ code: 1000 }); // as the platform does in the background
  await until('it is gone', () => !a.data.online);
  assert.equal(a.data.headline, '正在连接…');
  a.onShow();
  await until('it is back', () => a.data.online);
  await until('a result', () => a.data.phase === 'over' && b.data.phase === 'over');
  assert.deepEqual([a.data.headline, b.data.headline], ['你赢了！', '你输了']);
}));

check('a phone that comes back too late for the game sees its result', () => two(async (a, b) => {
  await begin(a, b);
  b.tap('choose', { choice: 2 });
  await until('the move', () => a.other_().moved);
  a.match.socket.wanted = false; // asleep
  a.task.close({ code: 1000 });
  await until('the result of the other', () => b.data.phase === 'over');
  a.onShow();
  await until('the result', () => a.data.phase === 'over');
  assert.deepEqual([a.data.headline, a.other_().choice], ['你输了', 2]);
}));

check('an app that was ended comes back to its game', async () => {
  const a = player();
  try {
    await until('it is online', () => a.data.online);
    a.tap('play');
    await until('a robot comes', () => a.data.phase === 'playing');
    assert.equal(a.other_().robot, true);
    const kept = new Map(storage);
    a.match.socket.close();
    a.onUnload();
    const app = new App(APP);
    for (const [k, v] of kept) storage.set(k, v);
    app.definition.onLaunch();
    const again = app.page('pages/game/game');
    again.onLoad();
    again.onShow();
    await until('the same game', () => again.data.players.length === 2);
    assert.deepEqual(again.data.players.map((p) => p.uid), a.data.players.map((p) => p.uid));
    again.match.choose(1);
    await until('a result', () => again.data.phase === 'over');
    again.other();
    await until('another robot', () => again.data.phase === 'playing');
    assert.notDeepEqual(again.data.players.map((p) => p.uid), a.data.players.map((p) => p.uid));
    again.match.leave();
    again.match.socket.close();
    again.onUnload();
  } finally {
    a.end();
  }
});

check('a token that the server has forgotten begins anew', async () => {
  const a = player();
  try {
    await until('it is online', () => a.data.online);
    a.match.token = 'forgotten';
    a.match.phase = 'playing';
    a.task.close({ code: 1000 });
    await until('it is back', () => a.data.online && a.match.token !== 'forgotten');
    assert.equal(a.data.phase, 'idle');
    assert.equal(a.data.headline, '刚才的对局已经结束');
    assert.equal(storage.get('token'), a.match.token);
    assert.equal(a.onShareAppMessage().imageUrl, '/images/cover.png');
  } finally {
    a.end();
  }
});

check.run().then(() => process.exit());
