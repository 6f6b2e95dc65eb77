// The checks of cos-nodejs-sdk-v5 that are about signatures: in URLs, made
// elsewhere, expired, and with wrong keys.
'use strict';

const assert = require('assert');
const COS = require('cos-nodejs-sdk-v5');
const { world, refused, plain, elsewhere } = require('./check.cjs');

const at = { Bucket: world.bucket, Region: world.region };

/** The checks for one way to the store: it adds one, client makes a client. */
module.exports = ({ it, client, key, put }) => {
  const cos = client();
  const url = (c, more) =>
    new Promise((resolve, reject) => c.getObjectUrl({ ...at, ...more }, (err, data) => (err ? reject(err) : resolve(data.Url))));

  it('a signed URL reads', async () => {
    await put(key('signed 图;.txt'), 'signed', { ACL: 'private' });
    const Key = key('signed 图;.txt');
    assert.strictEqual((await plain(await url(cos, { Key, Sign: false }))).status, 403);
    const got = await plain(await url(cos, { Key, Sign: true }));
    assert.strictEqual(got.status, 200);
    assert.strictEqual(got.body.toString(), 'signed');
  });

  it('a signed URL with parameters', async () => {
    const Key = key('signed 图;.txt');
    const u = await url(cos, { Key, Query: { 'response-content-type': 'text/x-a b' } });
    const got = await plain(u);
    assert.strictEqual(got.status, 200);
    assert.strictEqual(got.headers['content-type'], 'text/x-a b');
    assert.strictEqual((await plain(u.replace('text%2Fx-a', 'text%2Fx-b'))).status, 403);
  });

  it('a signed URL writes', async () => {
    const u = await url(cos, { Key: key('put by url'), Method: 'PUT' });
    assert.strictEqual((await plain(u, { method: 'PUT', body: 'w' })).status, 200);
    assert.strictEqual((await cos.getObject({ ...at, Key: key('put by url') })).Body.toString(), 'w');
    assert.strictEqual((await plain(u)).status, 403); // another method
  });

  it('a signed URL that has expired', async () => {
    const late = client({ SystemClockOffset: -7200_000 });
    const got = await plain(await url(late, { Key: key('signed 图;.txt'), Expires: 3600 }));
    assert.strictEqual(got.status, 403);
    assert.match(got.body.toString(), /Request has expired/);
  });

  it('a signed URL for another key', async () => {
    const u = await url(cos, { Key: key('a.txt') });
    const p = await plain(u.replace('a.txt', 'b.txt'));
    assert.strictEqual(p.status, 403);
    assert.match(p.body.toString(), /SignatureDoesNotMatch/);
  });

  it('a signature that was made elsewhere', async () => {
    const remote = client(elsewhere(COS));
    await remote.putObject({ ...at, Key: key('remote'), Body: 'x' });
    assert.strictEqual((await remote.getObject({ ...at, Key: key('remote') })).Body.toString(), 'x');
  });

  it('a wrong key', async () => {
    const wrong = client({ SecretKey: 'wrong' });
    await refused(wrong.putObject({ ...at, Key: key('wrong'), Body: 'x' }), 403, 'SignatureDoesNotMatch');
    await refused(wrong.getBucket(at), 403, 'SignatureDoesNotMatch');
  });

  it('an unknown id', async () => {
    await refused(client({ SecretId: 'AKIDnobody' }).getBucket(at), 403, 'InvalidAccessKeyId');
  });

  it('a wrong clock is mended', async () => {
    const skewed = client({ SystemClockOffset: -7200_000 });
    await skewed.putObject({ ...at, Key: key('clock'), Body: 'x' });
    assert.ok(Math.abs(skewed.options.SystemClockOffset) < 60_000);
    await refused(client({ SystemClockOffset: -7200_000, CorrectClockSkew: false }).getBucket(at), 403, 'RequestTimeTooSkewed');
  });
};
