// The mini-program against running servers. APP is the folder of the app with an
// open server that has 70 pictures, LOCKED one whose server has the token "a long
// token", BUCKET one whose pictures are in a bucket, LOST one without a server.
// PICTURE is a JPEG.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { App, checks, shape, said, requests } = require(process.env.WX);
const { person, saved } = require('./files.cjs');

const { APP, LOCKED, BUCKET, LOST, PICTURE, HOME } = process.env;
const check = checks();
const album = (app) => new App(app).page('pages/album/album');
const on = (dataset) => ({ currentTarget: { dataset } });
const toasts = () => said.filter(([api]) => api === 'showToast').map(([, { title }]) => title);
const file = (name, content) => {
  fs.writeFileSync(path.join(HOME, name), content);
  return path.join(HOME, name);
};
const choose = (...files) => { person.chooses = files; };

// loaded is a page that has its first pictures.
async function loaded(app) {
  const page = album(app);
  await page.onLoad();
  return page;
}

// added uploads a picture and returns its address.
async function added(page) {
  choose(PICTURE);
  await page.add();
  assert.deepEqual(page.data.uploads, []);
  return page.data.pictures[0].url;
}

shape(APP, check);

check('the pictures come page by page, the newest first', async () => {
  const page = await loaded(APP);
  assert.equal(page.data.state, 'ready');
  assert.equal(page.data.pictures.length, 60);
  assert.match(page.data.pictures[0].url, /\/applet\/album\/picture\/\d+-069\.jpg$/);
  assert.equal(page.data.pictures[0].thumb, `${page.data.pictures[0].url}?w=360`);
  await page.onReachBottom();
  assert.equal(page.data.pictures.length, 70);
  assert.equal(page.data.next, '');
  await page.onReachBottom();
  assert.equal(requests(), 2);
});

check('one page is loaded at a time', async () => {
  const page = album(APP);
  await Promise.all([page.onLoad(), page.more(), page.more()]);
  assert.equal(requests(), 1);
  assert.equal(page.data.pictures.length, 60);
});

check('pulling down begins anew', async () => {
  const page = await loaded(APP);
  await page.onReachBottom();
  await page.onPullDownRefresh();
  assert.equal(page.data.pictures.length, 60);
  assert.deepEqual(said, [['stopPullDownRefresh', undefined]]);
});

check('pictures that are listed twice show once', async () => {
  const page = await loaded(APP);
  page.setData({ next: '' });
  await page.more();
  assert.equal(page.data.pictures.length, 60);
});

check('several pictures are uploaded, with progress', async () => {
  const page = await loaded(APP);
  const before = page.data.pictures.length;
  const percents = [];
  const { setData } = page;
  page.setData = (changes) => {
    for (const [key, value] of Object.entries(changes)) if (/percent$/.test(key)) percents.push(value);
    setData(changes);
  };
  choose(PICTURE, PICTURE, PICTURE, PICTURE, PICTURE);
  await page.add();
  assert.deepEqual(page.data.uploads, []);
  assert.equal(page.data.pictures.length, before + 5);
  assert.ok(percents.filter((p) => p === 50).length === 5 && percents.includes(100), String(percents));
  assert.deepEqual(said, [['chooseMedia', { count: 9, mediaType: ['image'] }]]);
  const body = Buffer.from(await (await fetch(page.data.pictures[0].url)).arrayBuffer());
  assert.ok(body.equals(fs.readFileSync(PICTURE)));
  for (const { url } of page.data.pictures.slice(0, 5)) {
    person.modal = [true];
    await page.remove(url);
  }
});

check('nobody chooses anything', async () => {
  const page = await loaded(APP);
  choose();
  await page.add();
  assert.deepEqual(page.data.uploads, []);
});

check('what is no picture says so, and can be removed', async () => {
  const page = await loaded(APP);
  choose(file('text.jpg', 'text'), file('large.jpg', Buffer.alloc(5 * 1024 * 1024 + 1)));
  await page.add();
  assert.deepEqual(page.data.uploads.map(({ failure, final }) => [failure, final]), [['仅jpg/png格式', true], ['单个不超过5MB', true]]);
  page.dismiss(on({ id: page.data.uploads[0].id }));
  assert.equal(page.data.uploads.length, 1);
});

check('an upload that fails is tried again', async () => {
  const page = await loaded(LOST);
  choose(PICTURE);
  await page.add();
  const [upload] = page.data.uploads;
  assert.deepEqual([upload.failure, upload.final], ['连不上服务器', false]);
  await page.retry(on({ id: upload.id }));
  assert.equal(page.data.uploads[0].failure, '连不上服务器');
});

check('a picture is shown on the whole screen, and the others by swiping', async () => {
  const page = await loaded(APP);
  const { url } = page.data.pictures[3];
  page.preview(on({ url }));
  const [[api, { current, urls }]] = said;
  assert.deepEqual([api, current, urls.length], ['previewImage', url, 60]);
  assert.ok(urls.every((u) => !u.includes('?')));
});

check('a picture is saved to the phone', async () => {
  const page = await loaded(APP);
  person.menu = 0;
  await page.menu(on({ url: page.data.pictures[0].url }));
  assert.deepEqual(said.map(([api]) => api), ['showActionSheet', 'showLoading', 'hideLoading', 'showToast']);
  assert.deepEqual(toasts(), ['已保存']);
  assert.equal(saved.length, 1);
});

check('saving leads to the settings when it was refused before', async () => {
  const page = await loaded(APP);
  Object.assign(person, { may: false, settings: true, modal: [true] });
  await page.save(page.data.pictures[0].url);
  assert.deepEqual(toasts(), ['已保存']);
  Object.assign(person, { may: false, settings: false, modal: [true] });
  await page.save(page.data.pictures[0].url);
  Object.assign(person, { may: false, modal: [false] });
  await page.save(page.data.pictures[0].url);
  assert.deepEqual(toasts(), ['已保存']);
  assert.equal(saved.length, 2);
  person.may = true;
});

check('a picture that is gone is not saved', async () => {
  const page = await loaded(APP);
  await page.save(`${page.data.pictures[0].url}x`);
  assert.deepEqual(toasts(), ['图片下载失败']);
});

check('a picture is deleted after a question', async () => {
  const page = await loaded(APP);
  const url = await added(page);
  Object.assign(person, { menu: 1, modal: [false] });
  await page.menu(on({ url }));
  assert.equal(page.data.pictures[0].url, url);
  person.modal = [true];
  await page.menu(on({ url }));
  assert.notEqual(page.data.pictures[0].url, url);
  assert.equal((await fetch(url)).status, 404);
  assert.deepEqual(toasts(), ['已删除']);
});

check('a menu that is left does nothing', async () => {
  const page = await loaded(APP);
  person.menu = -1;
  await page.menu(on({ url: page.data.pictures[0].url }));
  assert.equal(said.length, 1);
});

check('a thumbnail that is missing gives way to the picture', async () => {
  const page = await loaded(APP);
  page.onImageError(on({ index: 0 }));
  assert.equal(page.data.pictures[0].thumb, page.data.pictures[0].url);
  page.onImageError(on({ index: 0 }));
  assert.equal(page.data.pictures[0].broken, true);
  page.onImageError(on({ index: 1000 }));
});

check('a server that is not there says so, and is asked again', async () => {
  const page = await loaded(LOST);
  assert.deepEqual([page.data.state, page.data.message], ['failed', '连不上服务器']);
  await page.more();
  assert.equal(requests(), 2);
});

check('the album can be shared', () => {
  const { path: to, imageUrl } = album(APP).onShareAppMessage();
  assert.equal(to, '/pages/album/album');
  assert.ok(fs.existsSync(path.join(APP, imageUrl)));
});

check('a token is asked for, and kept', async () => {
  const page = await loaded(LOCKED);
  choose(PICTURE);
  person.modal = [false];
  await page.add();
  assert.equal(page.data.uploads[0].failure, '口令不对');
  person.modal = ['wrong', 'a long token'];
  await page.retry(on({ id: page.data.uploads[0].id }));
  assert.equal(page.data.pictures.length, 1);
  assert.equal(said.filter(([api]) => api === 'showModal').length, 3);
  person.modal = [true];
  await page.remove(page.data.pictures[0].url);
  assert.deepEqual(page.data.pictures, []);
});

check('pictures in a bucket are shown, saved and deleted', async () => {
  const page = await loaded(BUCKET);
  const url = await added(page);
  assert.match(url, /^http:\/\/[^/]+\/pics\/\d+-\w+\.jpg$/);
  await page.refresh();
  assert.equal(page.data.pictures[0].thumb, `${url}?imageMogr2/auto-orient/thumbnail/360x%3E/quality/80/strip`);
  const thumb = await fetch(page.data.pictures[0].thumb);
  assert.deepEqual([thumb.status, thumb.headers.get('content-type')], [200, 'image/jpeg']);
  await page.save(url);
  assert.deepEqual(toasts(), ['已保存']);
  person.modal = [true];
  await page.remove(url);
  await page.refresh();
  assert.deepEqual(page.data.pictures, []);
});

// The calls of the published client, as it makes them.
for (const [name, app, encode] of [['from a folder', APP, (p) => p], ['from a bucket', BUCKET, encodeURIComponent]]) {
  check(`the old client, ${name}`, async () => {
    const { host } = require(path.join(app, 'config.js'));
    const call = (api, options) => new Promise((success, fail) => { wx[api]({ ...options, success, fail }); });
    const list = async () => {
      const { statusCode, data } = await call('request', { url: `${host}/applet/album/list` });
      assert.deepEqual([statusCode, data.code, data.msg], [200, 0, 'ok']);
      return data.data;
    };
    const before = await list();
    const sent = await call('uploadFile', { url: `${host}/applet/album/upload`, filePath: PICTURE, name: 'image' });
    const { code, msg, data } = JSON.parse(sent.data);
    assert.deepEqual([code, msg], [0, 'ok']);
    const after = await list();
    assert.deepEqual(after, [...before, data.imgUrl].sort());
    assert.equal((await fetch(data.imgUrl)).status, 200);
    const filepath = encode(`/${data.imgUrl.split('/').slice(3).join('/')}`);
    const gone = await call('request', { url: `${host}/applet/album/delete`, method: 'POST', data: { filepath } });
    assert.deepEqual([gone.statusCode, gone.data], [200, { code: 0, msg: 'ok', data: {} }]);
    assert.deepEqual(await list(), before);
    const bad = await call('request', { url: `${host}/applet/album/delete`, method: 'POST', data: {} });
    assert.deepEqual(bad.data, { code: -1, msg: 'failed', data: { name: 'Error', message: 'operation forbidden' } });
  });
}

check.run();
