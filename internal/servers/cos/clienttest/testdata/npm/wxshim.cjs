// The part of a mini-program's global object wx that cos-wx-sdk-v5 uses, on
// Node's own modules: requests as the platform sends them, forms, files and
// storage.
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');

const storage = new Map();

/** send is a request; finish and fail are the callbacks of wx. */
function send({ url, method = 'GET', header = {}, body, timeout = 60_000 }, finish, fail) {
  const headers = {};
  for (const [name, value] of Object.entries(header)) {
    // The platform keeps these for itself.
    if (!/^(host|referer|content-length)$/i.test(name) && value !== undefined) headers[name] = String(value);
  }
  if (body) headers['Content-Length'] = body.length;
  let over = false;
  const end = (callback, value) => {
    if (over) return;
    over = true;
    callback(value);
  };
  let req;
  const aborted = () => end(fail, { errMsg: 'request:fail abort' });
  try {
    req = http.request(url, { method, headers, timeout }, (res) => {
      const parts = [];
      res.on('data', (b) => parts.push(b));
      res.on('error', (err) => end(fail, { errMsg: 'request:fail ' + err.message }));
      res.on('end', () => end(finish, { statusCode: res.statusCode, header: res.headers, data: Buffer.concat(parts) }));
    });
  } catch (err) {
    process.nextTick(end, fail, { errMsg: 'request:fail ' + err.message });
    return { abort() {} };
  }
  req.on('timeout', () => req.destroy(new Error('timeout')));
  req.on('error', (err) => end(fail, { errMsg: 'request:fail ' + err.message }));
  req.end(body);
  return {
    abort() {
      aborted();
      req.destroy();
    },
  };
}

const arrayBuffer = (b) => b.buffer.slice(b.byteOffset, b.byteOffset + b.length);

/** request: objects as data become JSON or a query, as on the platform. */
function request({ url, method = 'GET', header = {}, data, timeout, responseType, dataType = 'json', success, fail, complete }) {
  let body;
  const sent = { ...header };
  if (data instanceof ArrayBuffer) body = Buffer.from(data);
  else if (typeof data === 'string') body = Buffer.from(data);
  else if (data !== undefined && data !== null) body = Buffer.from(JSON.stringify(data));
  if (!Object.keys(sent).some((n) => n.toLowerCase() === 'content-type')) sent['content-type'] = 'application/json';
  const task = send(
    { url, method, header: sent, body: method === 'GET' || method === 'HEAD' ? undefined : body || Buffer.alloc(0), timeout },
    (res) => {
      const reply = { ...res, errMsg: 'request:ok' };
      reply.data = responseType === 'arraybuffer' ? arrayBuffer(res.data) : res.data.toString();
      if (responseType !== 'arraybuffer' && dataType === 'json') {
        try {
          reply.data = JSON.parse(reply.data);
        } catch {
          // it stays a text
        }
      }
      if (success) success(reply);
      if (complete) complete(reply);
    },
    (err) => {
      if (fail) fail(err);
      if (complete) complete(err);
    },
  );
  return { ...task, onHeadersReceived() {}, offHeadersReceived() {} };
}

/** uploadFile: a form, the fields in their order and the file last. */
function uploadFile({ url, filePath, name, header = {}, formData = {}, timeout, success, fail, complete }) {
  const boundary = '----wx' + Date.now().toString(36) + Math.random().toString(36).slice(2);
  const quote = (s) => s.replace(/"/g, '%22').replace(/\r?\n/g, '%0D%0A');
  const listeners = [];
  const failed = (err) => {
    if (fail) fail(err);
    if (complete) complete(err);
  };
  let content;
  try {
    content = fs.readFileSync(filePath);
  } catch (err) {
    process.nextTick(failed, { errMsg: 'uploadFile:fail ' + err.message });
    return { abort() {}, onProgressUpdate() {} };
  }
  const parts = Object.entries(formData)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${quote(field)}"\r\n\r\n${value}\r\n`));
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"; filename="${quote(path.basename(filePath))}"\r\n` +
    'Content-Type: application/octet-stream\r\n\r\n';
  parts.push(Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`));
  const body = Buffer.concat(parts);
  const sent = {};
  for (const [field, value] of Object.entries(header)) {
    if (field.toLowerCase() !== 'content-type') sent[field] = value;
  }
  sent['content-type'] = 'multipart/form-data; boundary=' + boundary;
  const task = send(
    { url, method: 'POST', header: sent, body, timeout },
    (res) => {
      for (const f of listeners) f({ progress: 100, totalBytesSent: body.length, totalBytesExpectedToSend: body.length });
      const reply = { statusCode: res.statusCode, header: res.header, data: res.data.toString(), errMsg: 'uploadFile:ok' };
      if (success) success(reply);
      if (complete) complete(reply);
    },
    failed,
  );
  return { ...task, onProgressUpdate: (f) => listeners.push(f), offProgressUpdate() {} };
}

/** later calls back as the platform does, never at once. */
const later = ({ success, fail, complete }, what, work) =>
  process.nextTick(() => {
    let reply, callback;
    try {
      [reply, callback] = [{ ...work(), errMsg: what + ':ok' }, success];
    } catch (err) {
      [reply, callback] = [{ errMsg: `${what}:fail ${err.message}` }, fail];
    }
    if (callback) callback(reply);
    if (complete) complete(reply);
  });

const files = {
  readFile: (o) =>
    later(o, 'readFile', () => {
      const all = fs.readFileSync(o.filePath);
      const from = o.position || 0;
      const part = all.subarray(from, o.length === undefined ? undefined : from + o.length);
      return { data: o.encoding ? part.toString(o.encoding) : arrayBuffer(part) };
    }),
  stat: (o) => later(o, 'stat', () => ({ stats: fs.statSync(o.path) })),
  getFileInfo: (o) => later(o, 'getFileInfo', () => ({ size: fs.statSync(o.filePath).size })),
};

exports.wx = {
  request,
  uploadFile,
  getFileSystemManager: () => files,
  getStorageSync: (key) => (storage.has(key) ? storage.get(key) : ''),
  setStorageSync: (key, value) => void storage.set(key, value),
  removeStorageSync: (key) => void storage.delete(key),
  canIUse: (name) => name in exports.wx,
  getNetworkType: (o) => later(o, 'getNetworkType', () => ({ networkType: 'wifi' })),
  getAppBaseInfo: () => ({ SDKVersion: '3.8.0', version: '8.0.50', language: 'zh_CN' }),
  getDeviceInfo: () => ({ platform: 'devtools', brand: 'devtools', model: 'none', system: 'none' }),
  getSystemInfoSync: () => ({ SDKVersion: '3.8.0', platform: 'devtools' }),
};
