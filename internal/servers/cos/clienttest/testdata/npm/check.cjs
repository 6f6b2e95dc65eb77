// Runs named checks one after the other and writes one line of JSON for each,
// then one with their number.
'use strict';

const http = require('http');

const checks = [];

/** check adds one. What run throws, or rejects with, is its failure. */
exports.check = (name, run) => checks.push({ name, run });

/** world is what the test says of its store. */
exports.world = {
  address: process.env.STORE, // host:port
  bucket: process.env.BUCKET,
  region: process.env.REGION,
  id: process.env.SECRET_ID,
  key: process.env.SECRET_KEY,
  dir: process.env.HOME, // for files of the checks
};

exports.main = async () => {
  // The output is for lines of JSON; what the SDKs write goes elsewhere.
  console.log = console.warn = console.error;
  const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
  for (const { name, run } of checks) {
    try {
      await limited(run());
      say({ name });
    } catch (err) {
      say({ name, failure: describe(err) });
    }
  }
  say({ done: checks.length });
};

/** limited gives up on a promise that nobody keeps. */
function limited(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer after 30 seconds')), 30_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function describe(err) {
  if (err instanceof Error && !err.statusCode) return err.stack;
  return JSON.stringify({ statusCode: err.statusCode, code: err.code, error: err.error, message: err.message });
}

/** refused returns the error that a call must end in. */
exports.refused = async (promise, status, code) => {
  let value;
  try {
    value = await promise;
  } catch (err) {
    const got = `${err.statusCode} ${(err.error && err.error.Code) || err.code}`;
    if (got !== `${status} ${code}`) throw new Error(`refused with ${got}, want ${status} ${code}`);
    return err;
  }
  throw new Error(`not refused: ${JSON.stringify(value)}`);
};

/** plain sends a request to the store without an SDK, whatever host url names. */
exports.plain = (url, { method = 'GET', body, headers = {} } = {}) =>
  new Promise((resolve, reject) => {
    const u = new URL(url);
    const [host, port] = exports.world.address.split(':');
    const req = http.request(
      { host, port, method, path: u.pathname + u.search, headers: { Host: u.host, ...headers } },
      (res) => {
        const parts = [];
        res.on('data', (b) => parts.push(b));
        res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) }));
        res.on('error', reject);
      },
    );
    req.on('error', reject);
    req.end(body);
  });

/** bytes are reproducible and do not repeat. */
exports.bytes = (size, seed = 1) => {
  const b = Buffer.alloc(size);
  let x = seed * 2654435761 + 1;
  for (let i = 0; i < size; i++) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    b[i] = x >>> 24;
  }
  return b;
};

/** elsewhere is the setting of a client that holds no key and asks for signatures. */
exports.elsewhere = (COS) => ({
  SecretId: undefined,
  SecretKey: undefined,
  getAuthorization: ({ Method, Pathname, Query, Headers }, done) => {
    const { id: SecretId, key: SecretKey } = exports.world;
    done({ Authorization: COS.getAuthorization({ SecretId, SecretKey, Method, Pathname, Query, Headers, Expires: 60 }) });
  },
});
