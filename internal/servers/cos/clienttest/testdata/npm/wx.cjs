// The checks of cos-wx-sdk-v5, as a mini-program uses it.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { check, main, world, refused, plain, bytes, elsewhere } = require('./check.cjs');

global.window = global; // which the platform has for modules made for browsers
global.wx = require('./wxshim.cjs').wx;
const COS = require('cos-wx-sdk-v5');

const { bucket: Bucket, region: Region } = world;
const at = { Bucket, Region };
const md5 = (b) => crypto.createHash('md5').update(Buffer.from(b)).digest('hex');
const client = (more) =>
  new COS({ SecretId: world.id, SecretKey: world.key, Domain: 'http://' + world.address, ...more });
const cos = client();

const file = (name, content) => {
  const p = path.join(world.dir, name);
  fs.writeFileSync(p, content);
  return p;
};
const buffer = (b) => b.buffer.slice(b.byteOffset, b.byteOffset + b.length);
const get = async (Key) => {
  const r = await cos.getObject({ ...at, Key, DataType: 'arraybuffer' });
  return Buffer.from(r.Body);
};
const status = (promise) => promise.then((r) => r.statusCode, (err) => err.statusCode);

check('postObject', async () => {
  const content = bytes(5000, 1);
  let progress = 0;
  const r = await cos.postObject({
    ...at, Key: 'post/图 a+b.png', FilePath: file('post.png', content), onProgress: (p) => (progress = p.percent),
  });
  assert.strictEqual(r.ETag, `"${md5(content)}"`);
  assert.ok(r.Location.endsWith('/post/%E5%9B%BE%20a%2Bb.png'), r.Location);
  assert.strictEqual(progress, 1);
  assert.strictEqual(md5(await get('post/图 a+b.png')), md5(content));
});

check('postObject keeps headers', async () => {
  await cos.postObject({
    ...at, Key: 'post/meta.jpg', FilePath: file('meta.jpg', 'x'), ContentType: 'image/jpeg', CacheControl: 'max-age=7',
    'x-cos-meta-colour': 'blue', ACL: 'private',
  });
  const h = (await cos.headObject({ ...at, Key: 'post/meta.jpg' })).headers;
  assert.strictEqual(h['content-type'], 'image/jpeg');
  assert.strictEqual(h['cache-control'], 'max-age=7');
  assert.strictEqual(h['x-cos-meta-colour'], 'blue');
  assert.strictEqual((await plain(`http://${world.address}/post/meta.jpg`)).status, 403);
});

check('postObject puts the name of the file into the key', async () => {
  await cos.postObject({ ...at, Key: 'post/${filename}', FilePath: file('named.txt', 'named') });
  assert.strictEqual((await get('post/named.txt')).toString(), 'named');
});

check('postObject of a file that is not there', async () => {
  const err = await cos.postObject({ ...at, Key: 'post/none', FilePath: path.join(world.dir, 'none') }).catch((e) => e);
  assert.match(JSON.stringify(err), /uploadFile:fail/);
  assert.strictEqual(await status(cos.headObject({ ...at, Key: 'post/none' })), 404);
});

check('postObject with a wrong key', async () => {
  const wrong = client({ SecretKey: 'wrong' });
  await refused(wrong.postObject({ ...at, Key: 'post/wrong', FilePath: file('wrong', 'x') }), 403, 'SignatureDoesNotMatch');
  assert.strictEqual(await status(cos.headObject({ ...at, Key: 'post/wrong' })), 404);
});

check('postObject with a signature that was made elsewhere', async () => {
  const remote = client(elsewhere(COS));
  await remote.postObject({ ...at, Key: 'post/remote', FilePath: file('remote', 'x') });
  assert.strictEqual((await get('post/remote')).toString(), 'x');
});

check('putObject of an ArrayBuffer, a text and nothing', async () => {
  const content = bytes(4000, 2);
  const r = await cos.putObject({ ...at, Key: 'put/a.bin', Body: buffer(content), ContentType: 'image/webp' });
  assert.strictEqual(r.ETag, `"${md5(content)}"`);
  assert.strictEqual(md5(await get('put/a.bin')), md5(content));
  assert.strictEqual((await cos.headObject({ ...at, Key: 'put/a.bin' })).headers['content-type'], 'image/webp');
  await cos.putObject({ ...at, Key: 'put/text', Body: '你好' });
  assert.strictEqual((await cos.getObject({ ...at, Key: 'put/text' })).Body, '你好');
  await cos.putObject({ ...at, Key: 'put/nothing', Body: '' });
  assert.strictEqual((await get('put/nothing')).length, 0);
});

check('putObject of a file', async () => {
  await cos.putObject({ ...at, Key: 'put/file', FilePath: file('put', 'of a file') });
  assert.strictEqual((await get('put/file')).toString(), 'of a file');
});

check('putObject under an expired signature', async () => {
  const late = client({ SystemClockOffset: -7200_000, CorrectClockSkew: false });
  await refused(late.putObject({ ...at, Key: 'put/late', Body: 'x' }), 403, 'RequestTimeTooSkewed');
});

check('a wrong clock is mended', async () => {
  const skewed = client({ SystemClockOffset: -7200_000 });
  await skewed.putObject({ ...at, Key: 'put/clock', Body: 'x' });
  assert.ok(Math.abs(skewed.options.SystemClockOffset) < 60_000);
});

check('uploadFile of a small file', async () => {
  const content = bytes(3000, 3);
  const sent = [];
  const c = client();
  c.on('before-send', (opt) => sent.push(opt.method));
  await c.uploadFile({ ...at, Key: 'up/small.png', FilePath: file('small.png', content), SliceSize: 1 << 20 });
  assert.deepStrictEqual(sent, ['POST']);
  assert.strictEqual(md5(await get('up/small.png')), md5(content));
});

check('uploadFile of a small file by PUT', async () => {
  const c = client({ SimpleUploadMethod: 'putObject' });
  await c.uploadFile({ ...at, Key: 'up/put.png', FilePath: file('put.png', 'by PUT'), SliceSize: 1 << 20 });
  assert.strictEqual((await get('up/put.png')).toString(), 'by PUT');
});

check('uploadFile in parts', async () => {
  const content = bytes(3 * (1 << 20) + 77, 4);
  let progress = 0;
  const r = await cos.uploadFile({
    ...at, Key: 'up/large 图.bin', FilePath: file('large', content), SliceSize: 1 << 20, ChunkSize: 1 << 20,
    onProgress: (p) => (progress = p.percent),
  });
  assert.match(r.ETag, /^"[0-9a-f]{32}-4"$/);
  assert.strictEqual(progress, 1);
  assert.strictEqual(md5(await get('up/large 图.bin')), md5(content));
});

check('uploadFile in parts goes on where it was stopped', async () => {
  const content = bytes(5 * (1 << 20) + 7, 5);
  const FilePath = file('stopped', content);
  const upload = { ...at, Key: 'up/stopped.bin', FilePath, SliceSize: 1 << 20, ChunkSize: 1 << 20 };
  const first = client({ ChunkParallelLimit: 1 });
  await new Promise((resolve, reject) => {
    let task;
    let sent = 0;
    first.on('before-send', (opt) => {
      if (opt.method === 'PUT' && sent++ === 2) {
        first.cancelTask(task);
        resolve();
      }
    });
    first.uploadFile({ ...upload, onTaskReady: (id) => (task = id) }, (err) => reject(err || new Error('not stopped')));
  });
  const open = await cos.multipartList({ ...at, Prefix: upload.Key });
  assert.strictEqual(open.Upload.length, 1);
  let parts = 0;
  const second = client();
  second.on('before-send', (opt) => {
    if (opt.method === 'PUT') parts++;
  });
  await second.uploadFile(upload);
  assert.ok(parts >= 1 && parts < 6, `${parts} of 6 parts were sent again`);
  assert.strictEqual(md5(await get(upload.Key)), md5(content));
});

check('uploadFiles', async () => {
  const files = [1, 2, 3].map((n) => ({ ...at, Key: 'bulk/' + n, FilePath: file('bulk' + n, bytes(n * 1000, n)) }));
  const r = await cos.uploadFiles({ files, SliceSize: 1 << 20 });
  assert.deepStrictEqual(r.files.map((f) => f.error || null), [null, null, null]);
});

check('get, head and what is not there', async () => {
  await cos.putObject({ ...at, Key: 'read', Body: '0123456789' });
  const part = await cos.getObject({ ...at, Key: 'read', Range: 'bytes=2-4' });
  assert.strictEqual(part.Body, '234');
  assert.strictEqual((await cos.headObject({ ...at, Key: 'read' })).headers['content-length'], '10');
  await refused(cos.getObject({ ...at, Key: 'none' }), 404, 'NoSuchKey');
  assert.strictEqual(await status(cos.headObject({ ...at, Key: 'none' })), 404);
});

check('list', async () => {
  for (const Key of ['l/a', 'l/b', 'l/图/1', 'l/图/2']) await cos.putObject({ ...at, Key, Body: Key });
  const r = await cos.getBucket({ ...at, Prefix: 'l/', Delimiter: '/' });
  assert.deepStrictEqual(r.Contents.map((o) => o.Key), ['l/a', 'l/b']);
  assert.deepStrictEqual(r.CommonPrefixes.map((p) => p.Prefix), ['l/图/']);
  const first = await cos.getBucket({ ...at, Prefix: 'l/', MaxKeys: 3 });
  assert.strictEqual(first.IsTruncated, 'true');
  const rest = await cos.getBucket({ ...at, Prefix: 'l/', Marker: first.NextMarker });
  assert.deepStrictEqual(rest.Contents.map((o) => o.Key), ['l/图/2']);
});

check('delete one and many', async () => {
  for (const Key of ['d/1', 'd/2 图', 'd/3']) await cos.putObject({ ...at, Key, Body: 'x' });
  assert.strictEqual((await cos.deleteObject({ ...at, Key: 'd/1' })).statusCode, 204);
  const r = await cos.deleteMultipleObject({ ...at, Objects: [{ Key: 'd/2 图' }, { Key: 'd/3' }] });
  assert.deepStrictEqual([].concat(r.Deleted).map((d) => d.Key), ['d/2 图', 'd/3']);
  assert.deepStrictEqual((await cos.getBucket({ ...at, Prefix: 'd/' })).Contents, []);
});

check('a signed URL', async () => {
  await cos.putObject({ ...at, Key: 'url 图', Body: 'signed', ACL: 'private' });
  const url = (c, Sign) =>
    new Promise((resolve, reject) =>
      c.getObjectUrl({ ...at, Key: 'url 图', Sign, Expires: 3600 }, (err, data) => (err ? reject(err) : resolve(data.Url))));
  assert.strictEqual((await plain(await url(cos, false))).status, 403);
  assert.strictEqual((await plain(await url(cos, true))).body.toString(), 'signed');
  const late = await plain(await url(client({ SystemClockOffset: -7200_000 }), true));
  assert.strictEqual(late.status, 403);
  assert.match(late.body.toString(), /Request has expired/);
});

main();
