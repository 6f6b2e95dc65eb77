// The checks of cos-nodejs-sdk-v5: all of them with the store as Domain, and
// all of them with the store as Proxy in front of the service's own names.
'use strict';

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { Readable, Writable } = require('stream');
const COS = require('cos-nodejs-sdk-v5');
const { check, main, world, refused, bytes } = require('./check.cjs');
const signing = require('./node-signing.cjs');

const { bucket: Bucket, region: Region } = world;
const at = { Bucket, Region };
const md5 = (b) => crypto.createHash('md5').update(b).digest('hex');
const odd = "图片/a b+c&d=e%25;'()*!~@$,[]?#\"<>.png";

const ways = {
  domain: { Protocol: 'http:', Domain: world.address },
  proxy: { Protocol: 'http:', Proxy: 'http://' + world.address, Tunnel: false },
};

for (const [way, options] of Object.entries(ways)) {
  const client = (more) =>
    new COS({ SecretId: world.id, SecretKey: world.key, ConfCwd: world.dir, AutoSwitchHost: false, ...options, ...more });
  const cos = client();
  const it = (name, run) => check(`${way}/${name}`, run);
  const key = (name) => `${way}/${name}`;
  const put = (Key, Body, more) => cos.putObject({ ...at, Key, Body, ...more });

  it('put a buffer and get it', async () => {
    const r = await put(key('a.txt'), Buffer.from('hello'));
    assert.strictEqual(r.ETag, `"${md5('hello')}"`);
    assert.ok(r.headers['x-cos-hash-crc64ecma']);
    const got = await cos.getObject({ ...at, Key: key('a.txt') });
    assert.strictEqual(got.Body.toString(), 'hello');
    assert.strictEqual(got.ETag, r.ETag);
  });

  it('put a text, a stream and nothing', async () => {
    await put(key('text'), '你好');
    await put(key('stream'), Readable.from([Buffer.from('one '), Buffer.from('two')]), { ContentLength: 7 });
    await put(key('nothing'), '');
    for (const [name, want] of [['text', '你好'], ['stream', 'one two'], ['nothing', '']]) {
      const got = await cos.getObject({ ...at, Key: key(name) });
      assert.strictEqual(got.Body.toString(), want, name);
    }
  });

  it('headers and metadata stay with an object', async () => {
    await put(key('meta'), 'x', {
      ContentType: 'image/x-test', CacheControl: 'max-age=60', ContentDisposition: 'inline; filename="x"',
      'x-cos-meta-colour': 'blue', ContentLanguage: 'zh',
    });
    const h = (await cos.headObject({ ...at, Key: key('meta') })).headers;
    assert.strictEqual(h['content-type'], 'image/x-test');
    assert.strictEqual(h['cache-control'], 'max-age=60');
    assert.strictEqual(h['content-disposition'], 'inline; filename="x"');
    assert.strictEqual(h['x-cos-meta-colour'], 'blue');
    assert.strictEqual(h['content-length'], '1');
  });

  it('a wrong Content-MD5 is refused', async () => {
    await refused(put(key('digest'), 'x', { ContentMD5: Buffer.from(md5('y'), 'hex').toString('base64') }), 400, 'BadDigest');
    assert.strictEqual((await cos.headObject({ ...at, Key: key('digest') }).catch((e) => e)).statusCode, 404);
  });

  it('the SDK announces the MD5 by itself', async () => {
    let announced;
    const careful = client({ UploadCheckContentMd5: true });
    careful.on('before-send', (opt) => (announced = opt.headers['Content-MD5']));
    const r = await careful.putObject({ ...at, Key: key('careful'), Body: 'x' });
    assert.strictEqual(Buffer.from(announced, 'base64').toString('hex'), md5('x'));
    assert.strictEqual(r.ETag, `"${md5('x')}"`);
  });

  it('a key of odd characters', async () => {
    const Key = key(odd);
    await put(Key, 'odd');
    assert.strictEqual((await cos.getObject({ ...at, Key })).Body.toString(), 'odd');
    const list = await cos.getBucket({ ...at, Prefix: key('图片/') });
    assert.deepStrictEqual(list.Contents.map((o) => o.Key), [Key]);
    await cos.deleteObject({ ...at, Key });
    assert.strictEqual((await cos.headObject({ ...at, Key }).catch((e) => e)).statusCode, 404);
  });

  it('get a range', async () => {
    await put(key('range'), '0123456789');
    const got = await cos.getObject({ ...at, Key: key('range'), Range: 'bytes=2-4' });
    assert.strictEqual(got.statusCode, 206);
    assert.strictEqual(got.Body.toString(), '234');
    assert.strictEqual(got.headers['content-range'], 'bytes 2-4/10');
    await refused(cos.getObject({ ...at, Key: key('range'), Range: 'bytes=20-' }), 416, 'InvalidRange');
  });

  it('get into a stream', async () => {
    const parts = [];
    const Output = new Writable({ write: (b, _, next) => (parts.push(b), next()) });
    await put(key('out'), bytes(300_000));
    await cos.getObject({ ...at, Key: key('out'), Output });
    assert.strictEqual(md5(Buffer.concat(parts)), md5(bytes(300_000)));
  });

  it('get under conditions', async () => {
    const { ETag } = await put(key('cond'), 'x');
    assert.strictEqual((await cos.getObject({ ...at, Key: key('cond'), IfNoneMatch: ETag }).catch((e) => e)).statusCode, 304);
    const IfModifiedSince = new Date(Date.now() + 5000).toUTCString();
    assert.strictEqual((await cos.getObject({ ...at, Key: key('cond'), IfModifiedSince })).NotModified, true);
    assert.strictEqual((await cos.headObject({ ...at, Key: key('cond'), IfModifiedSince })).NotModified, true);
    await refused(cos.getObject({ ...at, Key: key('cond'), IfMatch: '"other"' }), 412, 'PreconditionFailed');
  });

  it('response headers of choice', async () => {
    await put(key('resp'), 'x');
    const got = await cos.getObject({ ...at, Key: key('resp'), ResponseContentType: 'text/x-chosen', ResponseCacheControl: 'no-store' });
    assert.strictEqual(got.headers['content-type'], 'text/x-chosen');
    assert.strictEqual(got.headers['cache-control'], 'no-store');
  });

  it('what is not there', async () => {
    const err = await refused(cos.getObject({ ...at, Key: key('none') }), 404, 'NoSuchKey');
    assert.ok(err.error.RequestId);
    assert.strictEqual((await cos.headObject({ ...at, Key: key('none') }).catch((e) => e)).statusCode, 404);
    assert.strictEqual((await cos.deleteObject({ ...at, Key: key('none') })).statusCode, 204);
  });

  // As a domain, one address is one bucket.
  if (way === 'proxy') {
    it('a bucket that is not there', async () => {
      const nobody = { Bucket: 'nobody-1250000000', Region };
      await refused(cos.getBucket(nobody), 404, 'NoSuchBucket');
      assert.strictEqual((await cos.headBucket(nobody).catch((e) => e)).statusCode, 404);
    });
  }

  it('the bucket is there', async () => {
    assert.strictEqual((await cos.headBucket(at)).statusCode, 200);
  });

  it('list with a delimiter', async () => {
    for (const name of ['l/a.png', 'l/b.png', 'l/x/1.png', 'l/x/2.png', 'l/y/1.png']) await put(key(name), name);
    const r = await cos.getBucket({ ...at, Prefix: key('l/'), Delimiter: '/' });
    assert.deepStrictEqual(r.Contents.map((o) => o.Key), [key('l/a.png'), key('l/b.png')]);
    assert.deepStrictEqual(r.CommonPrefixes.map((p) => p.Prefix), [key('l/x/'), key('l/y/')]);
    assert.strictEqual(r.IsTruncated, 'false');
    assert.strictEqual(r.Contents[0].Size, String(key('l/a.png').length - way.length - 1));
    assert.strictEqual(r.Contents[0].ETag, `"${md5('l/a.png')}"`);
    assert.strictEqual(r.Contents[0].StorageClass, 'STANDARD');
    assert.ok(Math.abs(Date.parse(r.Contents[0].LastModified) - Date.now()) < 60_000);
  });

  it('list page by page', async () => {
    const names = [];
    for (let i = 0; i < 7; i++) names.push(key(`page/${i}`));
    for (const n of names) await put(n, n);
    const seen = [];
    let Marker;
    for (let pages = 1; ; pages++) {
      const r = await cos.getBucket({ ...at, Prefix: key('page/'), MaxKeys: 3, Marker });
      seen.push(...r.Contents.map((o) => o.Key));
      if (r.IsTruncated !== 'true') {
        assert.strictEqual(pages, 3);
        break;
      }
      Marker = r.NextMarker;
    }
    assert.deepStrictEqual(seen, names);
  });

  it('list encoded keys', async () => {
    const Key = key('enc/a b+<图>.png');
    await put(Key, 'x');
    const r = await cos.getBucket({ ...at, Prefix: key('enc/'), EncodingType: 'url' });
    assert.strictEqual(r.EncodingType, 'url');
    assert.deepStrictEqual(r.Contents.map((o) => decodeURIComponent(o.Key)), [Key]);
    assert.notStrictEqual(r.Contents[0].Key, Key);
  });

  it('delete one', async () => {
    await put(key('gone'), 'x');
    assert.strictEqual((await cos.deleteObject({ ...at, Key: key('gone') })).statusCode, 204);
    await refused(cos.getObject({ ...at, Key: key('gone') }), 404, 'NoSuchKey');
  });

  it('delete many', async () => {
    const keys = ['a', 'b c', '图 &<>', 'none'].map((n) => key('many/' + n));
    for (const Key of keys.slice(0, 3)) await put(Key, 'x');
    const r = await cos.deleteMultipleObject({ ...at, Objects: keys.map((Key) => ({ Key })) });
    assert.deepStrictEqual([].concat(r.Deleted).map((d) => d.Key).sort(), [...keys].sort());
    assert.deepStrictEqual([].concat(r.Error || []), []);
    assert.deepStrictEqual((await cos.getBucket({ ...at, Prefix: key('many/') })).Contents, []);
  });

  it('delete many, quietly', async () => {
    await put(key('quiet'), 'x');
    const r = await cos.deleteMultipleObject({ ...at, Quiet: true, Objects: [{ Key: key('quiet') }] });
    assert.deepStrictEqual([].concat(r.Deleted || []), []);
    await refused(cos.getObject({ ...at, Key: key('quiet') }), 404, 'NoSuchKey');
  });

  it('copy', async () => {
    await put(key('copy/from 图'), 'copied', { 'x-cos-meta-a': 'b' });
    const CopySource = `${Bucket}.cos.${Region}.myqcloud.com/` + encodeURIComponent(key('copy/from 图')).replace(/%2F/g, '/');
    const r = await cos.putObjectCopy({ ...at, Key: key('copy/to'), CopySource });
    assert.strictEqual(r.ETag, `"${md5('copied')}"`);
    const got = await cos.getObject({ ...at, Key: key('copy/to') });
    assert.strictEqual(got.Body.toString(), 'copied');
    assert.strictEqual(got.headers['x-cos-meta-a'], 'b');
  });

  it('access list', async () => {
    await put(key('acl'), 'x', { ACL: 'public-read' });
    const r = await cos.getObjectAcl({ ...at, Key: key('acl') });
    assert.strictEqual(r.ACL, 'public-read');
    await cos.putObjectAcl({ ...at, Key: key('acl'), ACL: 'private' });
    assert.strictEqual((await cos.getObjectAcl({ ...at, Key: key('acl') })).ACL, 'private');
  });

  it('CORS rules', async () => {
    const CORSRules = [{ AllowedOrigin: ['https://a.example'], AllowedMethod: ['GET', 'PUT'], AllowedHeader: ['*'], ExposeHeader: ['ETag'], MaxAgeSeconds: '5' }];
    await cos.putBucketCors({ ...at, CORSRules });
    const r = await cos.getBucketCors(at);
    assert.deepStrictEqual(r.CORSRules[0].AllowedOrigins || r.CORSRules[0].AllowedOrigin, ['https://a.example']);
    await cos.deleteBucketCors(at);
    assert.deepStrictEqual((await cos.getBucketCors(at)).CORSRules, []);
  });

  it('tags', async () => {
    await put(key('tags'), 'x');
    await cos.putObjectTagging({ ...at, Key: key('tags'), Tags: [{ Key: '颜色', Value: 'blue' }] });
    assert.deepStrictEqual((await cos.getObjectTagging({ ...at, Key: key('tags') })).Tags, [{ Key: '颜色', Value: 'blue' }]);
  });

  it('append', async () => {
    const r = await cos.appendObject({ ...at, Key: key('log'), Body: 'one ', Position: 0 });
    assert.strictEqual(r.headers['x-cos-next-append-position'], '4');
    await cos.appendObject({ ...at, Key: key('log'), Body: 'two', Position: 4 });
    assert.strictEqual((await cos.getObject({ ...at, Key: key('log') })).Body.toString(), 'one two');
    await refused(cos.appendObject({ ...at, Key: key('log'), Body: 'x', Position: 1 }), 409, 'AppendPositionErr');
  });

  it('an upload in parts by hand', async () => {
    const Key = key('parts');
    const { UploadId } = await cos.multipartInit({ ...at, Key, ContentType: 'image/png' });
    const Parts = [];
    for (const [i, size] of [1 << 20, 10].entries()) {
      const r = await cos.multipartUpload({ ...at, Key, UploadId, PartNumber: i + 1, Body: bytes(size, i) });
      Parts.push({ PartNumber: i + 1, ETag: r.ETag });
    }
    const listed = await cos.multipartListPart({ ...at, Key, UploadId });
    assert.deepStrictEqual([].concat(listed.Part).map((p) => p.Size), ['1048576', '10']);
    const open = await cos.multipartList({ ...at, Prefix: Key });
    assert.deepStrictEqual(open.Upload.map((u) => u.UploadId), [UploadId]);
    const done = await cos.multipartComplete({ ...at, Key, UploadId, Parts });
    assert.match(done.ETag, /^"[0-9a-f]{32}-2"$/);
    const got = await cos.getObject({ ...at, Key });
    assert.strictEqual(md5(got.Body), md5(Buffer.concat([bytes(1 << 20, 0), bytes(10, 1)])));
    assert.strictEqual(got.headers['content-type'], 'image/png');
  });

  it('an upload in parts that is given up', async () => {
    const Key = key('aborted');
    const { UploadId } = await cos.multipartInit({ ...at, Key });
    await cos.multipartUpload({ ...at, Key, UploadId, PartNumber: 1, Body: 'x' });
    await cos.multipartAbort({ ...at, Key, UploadId });
    await refused(cos.multipartListPart({ ...at, Key, UploadId }), 404, 'NoSuchUpload');
  });

  const file = (name, content) => {
    const p = path.join(world.dir, `${way}-${name}`);
    fs.writeFileSync(p, content);
    return p;
  };

  it('sliceUploadFile', async () => {
    const content = bytes(5 * (1 << 20) + 1234, 7);
    let progress = 0;
    const r = await cos.sliceUploadFile({
      ...at, Key: key('slices.bin'), FilePath: file('slices', content), ChunkSize: 2 << 20,
      onProgress: (p) => (progress = p.percent),
    });
    assert.match(r.ETag, /^"[0-9a-f]{32}-3"$/);
    assert.strictEqual(progress, 1);
    const got = await cos.getObject({ ...at, Key: key('slices.bin') });
    assert.strictEqual(md5(got.Body), md5(content));
  });

  it('sliceUploadFile goes on where it was stopped', async () => {
    const content = bytes(6 * (1 << 20) + 99, 8);
    const FilePath = file('resumed', content);
    const Key = key('resumed.bin');
    const first = client({ ChunkParallelLimit: 1 });
    await new Promise((resolve, reject) => {
      let task;
      let uploaded = 0;
      first.on('before-send', (opt) => {
        // Two parts are there when the third sets out; then the task ends.
        if (opt.method === 'PUT' && /partNumber=|partNumber/.test(JSON.stringify([opt.url, opt.qs])) && uploaded++ === 2) {
          first.cancelTask(task);
          resolve();
        }
      });
      first.sliceUploadFile(
        { ...at, Key, FilePath, ChunkSize: 1 << 20, onTaskReady: (id) => (task = id) },
        (err) => reject(err || new Error('the upload was not stopped')),
      );
    });
    const open = await cos.multipartList({ ...at, Prefix: Key });
    assert.strictEqual(open.Upload.length, 1);
    let parts = 0;
    const second = client();
    second.on('before-send', (opt) => {
      if (opt.method === 'PUT') parts++;
    });
    const r = await second.sliceUploadFile({ ...at, Key, FilePath, ChunkSize: 1 << 20 });
    assert.ok(parts >= 1 && parts < 7, `${parts} of 7 parts were sent again`);
    assert.strictEqual(r.UploadId, open.Upload[0].UploadId);
    assert.strictEqual(md5((await cos.getObject({ ...at, Key })).Body), md5(content));
  });

  it('uploadFile of a small file and a large one', async () => {
    for (const size of [1000, (2 << 20) + 5]) {
      const content = bytes(size, size);
      await cos.uploadFile({ ...at, Key: key('up' + size), FilePath: file('up' + size, content), SliceSize: 1 << 20 });
      assert.strictEqual(md5((await cos.getObject({ ...at, Key: key('up' + size) })).Body), md5(content));
    }
  });

  it('uploadFiles', async () => {
    const files = [1, 2, 3].map((n) => ({ ...at, Key: key('bulk/' + n), FilePath: file('bulk' + n, bytes(n * 1000, n)) }));
    const r = await cos.uploadFiles({ files, SliceSize: 1 << 20 });
    assert.deepStrictEqual(r.files.map((f) => f.error), [null, null, null]);
    assert.strictEqual((await cos.getBucket({ ...at, Prefix: key('bulk/') })).Contents.length, 3);
  });

  it('a picture is processed on its way', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAFElEQVR4nGP8z8Dwn4GBgYGJAQoAHxcCAk+Uzr4AAAAASUVORK5CYII=', 'base64');
    const r = await put(key('pic.png'), png, {
      Headers: { 'Pic-Operations': JSON.stringify({ is_pic_info: 1, rules: [{ fileid: 'small.png', rule: 'imageView2/2/w/1' }] }) },
    });
    assert.strictEqual(r.UploadResult.OriginalInfo.ImageInfo.Width, '2');
    assert.strictEqual(r.UploadResult.ProcessResults.Object.Width, '1');
    assert.strictEqual((await cos.headObject({ ...at, Key: key('small.png') })).headers['content-type'], 'image/png');
  });

  signing({ it, client, key, put });
}

// Names of buckets reach the store through a proxy only.
const service = new COS({ SecretId: world.id, SecretKey: world.key, AutoSwitchHost: false, ...ways.proxy });

check('service/list the buckets', async () => {
  const r = await service.getService({ Region });
  assert.ok(r.Buckets.some((b) => b.Name === Bucket && b.Location === Region), JSON.stringify(r.Buckets));
});

check('service/make a bucket and remove it', async () => {
  const made = { Bucket: 'made-1250000000', Region };
  await service.putBucket(made);
  await service.putObject({ ...made, Key: 'x', Body: 'x' });
  await refused(service.deleteBucket(made), 409, 'BucketNotEmpty');
  await service.deleteObject({ ...made, Key: 'x' });
  assert.strictEqual((await service.deleteBucket(made)).statusCode, 204);
  await refused(service.getBucket(made), 404, 'NoSuchBucket');
});

main();
