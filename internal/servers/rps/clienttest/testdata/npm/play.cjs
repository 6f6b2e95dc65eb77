// Plays rock, paper, scissors with every client, and talks to an echo. Writes a
// line of JSON for each check, then one with their number.
'use strict';

const assert = require('node:assert');
require('./wxsocket.cjs');

const server = process.env.SERVER;
const tables = Array.from({ length: Number(process.env.TABLES) }, (_, i) => `/game${i}/socket.io`);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// name, what makes a socket, ways, revision of Engine.IO
const clients = [];
for (const major of [1, 2, 3, 4]) {
  const io = require(`socket.io-client-${major}`);
  for (const transports of [['websocket'], ['polling', 'websocket'], ['polling']]) {
    clients.push({ name: `socket.io-client ${major} by ${transports.join(' and ')}`, io, transports, major });
  }
}
global.window = {}; // which their bundles want while they load, and other clients take for a browser
for (const major of [2, 3]) {
  clients.push({ name: `weapp.socket.io ${major}`, io: require(`weapp.socket.io-${major}`), transports: ['websocket'], major, wx: true });
}
delete global.window;

const open = new Set();
function connect(client, path, options = {}, namespace = '') {
  const socket = client.io(server + namespace, { path, transports: client.transports, forceNew: true, reconnection: false, ...options });
  open.add(socket);
  for (const event of ['error', 'connect_error']) socket.on(event, () => {}); // each check waits for what it wants
  return socket;
}

/** once waits for an event and returns its arguments. */
function once(socket, event) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no ${event} in 8 seconds`)), 8000);
    socket.once(event, (...args) => {
      clearTimeout(timer);
      done(args);
    });
  });
}

const upgraded = (client, socket) => client.transports.length > 1 && socket.io.engine.transport.name === 'websocket';

async function player(client, table, uid) {
  const socket = connect(client, table);
  await once(socket, 'connect');
  const hi = once(socket, 'hi');
  socket.emit('hello', { user: { uid, uname: `玩家${uid}😀`, uavatar: 'https://example.com/a.png' } });
  const [{ message, nearby }] = await hi;
  assert.strictEqual(message, 'welcome');
  assert.ok(nearby >= 0);
  return socket;
}

const score = ({ uid, choice, totalScore, winStreak }) => `${uid} ${choice} ${totalScore} ${winStreak}`;

/** game lets two play, who are seated together or will be. */
async function game(a, b, uids, expected) {
  const starts = [once(a, 'start'), once(b, 'start')];
  const results = [once(a, 'result'), once(b, 'result')];
  a.emit('join', {});
  if (expected.first) {
    await once(a, 'room');
    b.emit('join', {});
  }
  for (const [{ gameTime, roomUsers }] of await Promise.all(starts)) {
    assert.strictEqual(gameTime, 1.5);
    assert.deepStrictEqual(roomUsers.map(({ uid, uname, choice }) => [uid, uname, choice]), uids.map((uid) => [uid, `玩家${uid}😀`, null]));
  }
  let moved = once(b, 'movement');
  a.emit('choice', { choice: 2 });
  assert.deepStrictEqual(await moved, [{ uid: uids[0], movement: 'choice' }]);
  moved = once(a, 'movement');
  b.emit('face', { face: '笑' });
  assert.deepStrictEqual(await moved, [{ uid: uids[1], movement: 'face', face: '笑' }]);
  b.emit('choice', { choice: 1 });
  for (const [{ result }] of await Promise.all(results)) assert.deepStrictEqual(result.map(score), expected.result);
}

async function plays(table, one, two) {
  const uids = [`${Math.random()}`, `${Math.random()}`];
  const a = await player(one, table, uids[0]);
  const b = await player(two, table, uids[1]);
  await game(a, b, uids, { first: true, result: [`${uids[0]} 2 1 1`, `${uids[1]} 1 0 0`] });
  await game(a, b, uids, { result: [`${uids[0]} 2 3 2`, `${uids[1]} 1 0 0`] });
  const left = once(a, 'leave');
  b.emit('leave', {});
  assert.deepStrictEqual(await left, [{ uid: uids[1] }]);
  for (const [client, socket] of [[one, a], [two, b]]) {
    if (client.transports.length > 1) assert.ok(upgraded(client, socket), 'still polling');
  }
}

async function echoes(client) {
  const socket = connect(client, '/echo', { query: { token: 'q1' }, auth: { token: 'a1' } });
  const [[handshake]] = await Promise.all([once(socket, 'handshake'), once(socket, 'connect')]);
  assert.deepStrictEqual(handshake, { auth: client.major < 3 ? null : { token: 'a1' }, token: 'q1' });
  const ack = (...args) => new Promise((done) => socket.emit(...args, (...got) => done(got)));
  const things = [1, '石头€😀"\\\u001e', { 嵌套: [true, null, { x: 1.5 }] }, 'é'.repeat(2000)];
  const text = once(socket, 'text');
  socket.emit('text', ...things);
  assert.deepStrictEqual(await text, things);
  assert.deepStrictEqual(await ack('ack', ...things), things);

  if (!client.wx) {
    const bytes = (b) => [...new Uint8Array(b.buffer ? b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) : b)];
    const picture = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));
    const binary = once(socket, 'binary');
    socket.emit('binary', picture, { deep: [Buffer.from([9])] }, '文字');
    const [whole, { deep }, words] = await binary;
    assert.deepStrictEqual([bytes(whole), bytes(deep[0]), words], [[...picture], [9], '文字']);
    const [back] = await ack('ack', picture);
    assert.deepStrictEqual(bytes(back), [...picture]);
  }

  // The server asks, too.
  socket.on('question', (what, answer) => answer(`${what}!`, 2));
  const said = once(socket, 'you said');
  socket.emit('ask me', '剪刀');
  assert.deepStrictEqual(await said, [true, '剪刀!', 2]);

  // Many at once, in order.
  const numbers = [];
  const all = new Promise((done) => socket.on('number', (n) => numbers.push(n) === 300 && done()));
  for (let i = 0; i < 300; i++) socket.emit('number', i);
  await all;
  assert.deepStrictEqual(numbers, Array.from({ length: 300 }, (_, i) => i));

  // Heartbeats, for more than one interval and timeout.
  await pause(2600);
  assert.ok(socket.connected, 'the connection did not live');
  assert.deepStrictEqual(await ack('ack', 'alive'), ['alive']);

  // Namespaces.
  const other = connect(client, '/echo', { query: { token: 'q1' }, auth: { token: 'a2' } }, '/other');
  const [there] = await once(other, 'handshake');
  assert.strictEqual(there.token, 'q1');
  const out = once(other, 'disconnect');
  other.emit('disconnect me');
  assert.deepStrictEqual(await out.then(([why]) => why), 'io server disconnect');
  const refused = async (namespace) => {
    const nowhere = client.io(server + namespace, { path: '/echo', transports: client.transports, forceNew: true, reconnection: false });
    open.add(nowhere);
    const [err] = await once(nowhere, client.major < 3 ? 'error' : 'connect_error');
    return err.message || err;
  };
  assert.strictEqual(await refused('/nowhere'), 'Invalid namespace');
  assert.strictEqual(await refused('/guarded'), 'Not authorized');
  const gone = once(socket, 'disconnect');
  socket.disconnect();
  await gone;
}

const checks = [];
for (const client of clients) {
  checks.push([`${client.name} plays`, (table) => plays(table, client, client)]);
  checks.push([`${client.name} talks`, () => echoes(client)]);
}
for (let i = 0; i < clients.length; i += 3) {
  const other = clients[(i + 7) % clients.length];
  checks.push([`${clients[i].name} plays with ${other.name}`, (table) => plays(table, clients[i], other)]);
}

(async () => {
  const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const todo = [...checks];
  const run = async (table) => {
    for (let next = todo.shift(); next; next = todo.shift()) {
      const [name, check] = next;
      try {
        await check(table);
        say({ name });
      } catch (err) {
        say({ name, failure: err.stack || String(err) });
      }
    }
  };
  await Promise.all(tables.map(run));
  for (const socket of open) socket.close();
  say({ done: checks.length });
  await pause(100);
  process.exit(0);
})();
