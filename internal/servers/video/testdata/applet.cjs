// The mini-program against the running server. APP is the folder of the app,
// LOST one whose server is not there. Film 2 has 25 comments; a client may write
// four at once.
'use strict';

const assert = require('node:assert/strict');
const { App, checks, shape, said, storage, requests } = require(process.env.WX);

const check = checks();
const toasts = () => said.filter(([api]) => api === 'showToast').map(([, { title }]) => title);

shape(process.env.APP, check);

check('the list comes page by page', async () => {
  const list = new App(process.env.APP).page('pages/list/list');
  await list.onLoad();
  assert.equal(list.data.films.length, 6);
  assert.equal(list.data.state, 'ready');
  assert.match(list.data.films[0].video_url, /^http.*\/applet\/video\/samples\/tea\.mp4$/);
  await list.onReachBottom();
  assert.deepEqual(list.data.films.map((f) => f.id), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(list.data.state, 'end');
  await list.onReachBottom();
  assert.equal(requests(), 2);
});

check('one page is loaded at a time', async () => {
  const list = new App(process.env.APP).page('pages/list/list');
  await Promise.all([list.onLoad(), list.onReachBottom(), list.onReachBottom()]);
  assert.equal(requests(), 1);
  assert.equal(list.data.films.length, 6);
});

check('pulling down begins anew', async () => {
  const list = new App(process.env.APP).page('pages/list/list');
  await list.onLoad();
  await list.onReachBottom();
  await list.onPullDownRefresh();
  assert.equal(list.data.films.length, 6);
  assert.deepEqual(said.map(([api]) => api), ['stopPullDownRefresh']);
});

check('the list can be shared', () => {
  const list = new App(process.env.APP).page('pages/list/list');
  assert.equal(list.onShareAppMessage().path, '/pages/list/list');
});

check('a list that does not load says so, and tries again', async () => {
  const list = new App(process.env.LOST).page('pages/list/list');
  await list.onLoad();
  assert.equal(list.data.state, 'failed');
  assert.match(list.data.message, /连不上服务器/);
  await list.more();
  assert.equal(requests(), 2);
});

check('a film that was shared is found', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '8' });
  assert.equal(film.data.state, 'ready');
  assert.equal(film.data.film.id, 8);
  assert.equal(film.data.talk, 'empty');
  assert.deepEqual(said.map(([api, { title }]) => [api, title]), [['setNavigationBarTitle', film.data.film.video_title]]);
  assert.equal(film.onShareAppMessage().path, '/pages/film/film?id=8');
  assert.equal(film.onShareAppMessage().title, film.data.film.video_title);
});

check('a film from the list needs no list again', async () => {
  const app = new App(process.env.APP);
  await app.page('pages/list/list').onLoad();
  const film = app.page('pages/film/film');
  await film.onLoad({ id: '3' });
  assert.equal(film.data.film.id, 3);
  assert.equal(requests(), 2);
});

check('a film that is not there', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '99' });
  assert.equal(film.data.state, 'failed');
  assert.equal(film.data.message, '没有这部影片');
  assert.equal(film.onShareAppMessage().title, '影片');
});

check('a film that does not play', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '1' });
  film.broken();
  assert.equal(film.data.unplayable, true);
});

check('comments come in parts, the newest first', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '2' });
  assert.equal(film.data.comments.length, 20);
  assert.equal(film.data.comments[0].content, '第 24 条');
  assert.equal(film.data.talk, 'ready');
  await film.onReachBottom();
  assert.equal(film.data.comments.length, 25);
  assert.equal(film.data.comments.at(-1).content, '第 0 条');
  assert.equal(film.data.talk, 'end');
  const before = requests();
  await film.onReachBottom();
  assert.equal(requests(), before);
});

check('a comment is sent', async () => {
  storage.clear();
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '2' });
  film.setData({ nick: ' 小明 ', content: '好看 😀' }); // as model:value does
  await film.send();
  assert.deepEqual(toasts(), ['已发送']);
  assert.equal(film.data.content, '');
  assert.equal(film.data.sending, false);
  assert.equal(film.data.comments.length, 20);
  assert.deepEqual([film.data.comments[0].nick, film.data.comments[0].content, film.data.comments[0].avatar], ['小明', '好看 😀', '']);
  const again = new App(process.env.APP).page('pages/film/film');
  await again.onLoad({ id: '2' });
  assert.equal(again.data.nick, '小明');
});

check('a comment that the server would refuse is not sent', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '2' });
  const before = requests();
  for (const [nick, content, toast] of [
    ['', 'c', '请填写昵称'], [' ', 'c', '请填写昵称'], ['n', ' \n', '请填写评论'], ['n', '😀'.repeat(1001), '超出 1 字'], ['n'.repeat(256), 'c', '昵称太长了'],
  ]) {
    said.length = 0;
    film.setData({ nick, content });
    await film.send();
    assert.deepEqual(toasts(), [toast]);
    assert.equal(film.data.content, content);
  }
  assert.equal(requests(), before);
});

check('1,000 emoji are taken', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '4' });
  film.setData({ nick: 'n', content: '😀'.repeat(1000) });
  await film.send();
  assert.equal(film.data.comments[0].content, '😀'.repeat(1000));
});

check('who writes too fast is told', async () => {
  const film = new App(process.env.APP).page('pages/film/film');
  await film.onLoad({ id: '5' });
  for (let n = 0; n < 5; n++) {
    film.setData({ nick: 'n', content: `c${n}` });
    await film.send();
  }
  assert.equal(toasts().at(-1), '发得太快了，请过一会儿再试');
  assert.match(film.data.content, /^c/);
  assert.equal(film.data.sending, false);
});

check('without a server a comment stays in its field', async () => {
  const film = new App(process.env.LOST).page('pages/film/film');
  await film.onLoad({ id: '1' });
  assert.equal(film.data.state, 'failed');
  film.setData({ film: { id: 1 }, nick: 'n', content: 'c' });
  await film.send();
  assert.match(toasts().at(-1), /连不上服务器/);
  assert.equal(film.data.content, 'c');
  await film.older();
  assert.equal(film.data.talk, 'failed');
});

check.run();
