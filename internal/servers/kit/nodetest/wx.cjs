// A wx object and the page machinery of a mini-program, as far as its scripts
// need them in a test. What the shim does not know throws, so that no script
// uses an API that nobody has looked at.
'use strict';

const fs = require('node:fs');
const path = require('node:path');

const said = []; // what the app showed or did, as [api, argument]
const storage = new Map();
let requests = 0;

const apis = {
  async request({ url, method = 'GET', data, header = {}, success, fail, complete, timeout = 60000 }) {
    requests += 1;
    let done;
    try {
      const target = new URL(url);
      const init = { method, headers: { ...header }, signal: AbortSignal.timeout(timeout) };
      if (method === 'GET') {
        for (const [name, value] of Object.entries(data || {})) target.searchParams.set(name, value);
      } else if (data !== undefined) {
        init.headers = { 'content-type': 'application/json', ...header };
        init.body = typeof data === 'string' ? data : JSON.stringify(data);
      }
      const reply = await fetch(target, init);
      const text = await reply.text();
      let parsed = text;
      try { parsed = JSON.parse(text); } catch { /* stays text */ }
      const result = { statusCode: reply.status, data: parsed, header: Object.fromEntries(reply.headers), errMsg: 'request:ok' };
      done = () => { success?.(result); complete?.(result); };
    } catch (e) {
      const result = { errno: 600001, errMsg: `request:fail ${e.message}` };
      done = () => { fail?.(result); complete?.(result); };
    }
    done();
  },
  getStorageSync: (name) => (storage.has(name) ? storage.get(name) : ''),
  setStorageSync: (name, value) => { storage.set(name, value); },
  removeStorageSync: (name) => { storage.delete(name); },
};

for (const name of ['showToast', 'hideToast', 'showLoading', 'hideLoading', 'setNavigationBarTitle', 'stopPullDownRefresh', 'navigateTo', 'navigateBack', 'previewImage']) {
  apis[name] = (argument) => {
    said.push([name, argument]);
    argument?.success?.({ errMsg: `${name}:ok` });
    return Promise.resolve({ errMsg: `${name}:ok` });
  };
}

global.wx = new Proxy(apis, {
  get(target, name) {
    if (!(name in target)) throw new Error(`wx.${String(name)} is not in the shim`);
    return target[name];
  },
});

// An app: one copy of a mini-program, with modules of its own.
class App {
  constructor(dir) {
    this.dir = path.resolve(dir);
    this.json = JSON.parse(fs.readFileSync(path.join(dir, 'app.json'), 'utf8'));
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(this.dir + path.sep)) delete require.cache[file];
    }
    global.App = (definition) => { this.definition = definition; };
    global.getApp = () => this.definition;
    require(path.join(this.dir, 'app.js'));
  }

  // page makes a page as the platform does: fields of its own, and data that
  // only setData changes.
  page(name) {
    let definition;
    global.Page = (d) => { definition = d; };
    const file = path.join(this.dir, `${name}.js`);
    delete require.cache[file];
    require(file);
    const page = { ...definition, data: structuredClone(definition.data || {}), route: name };
    page.setData = (changes, done) => {
      for (const [key, value] of Object.entries(structuredClone(changes))) {
        if (value === undefined) throw new Error(`setData of ${key} to undefined`);
        set(page.data, key, value);
      }
      done?.();
    };
    return page;
  }
}

// set follows a path such as list[0].name.
function set(data, key, value) {
  const parts = key.replace(/\[(\d+)\]/g, '.$1').split('.');
  const last = parts.pop();
  let at = data;
  for (const part of parts) at = at[part] ??= {};
  at[last] = value;
}

// files lists what a mini-program consists of.
function files(dir) {
  return fs.readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => path.relative(dir, path.join(e.parentPath ?? e.path, e.name)).split(path.sep).join('/'));
}

// shape checks what needs no server: every page has its files, everything that
// a page's markup names is there, and nothing too large or unknown ships.
function shape(dir, check) {
  const app = new App(dir);
  const all = files(dir);
  const read = (name) => fs.readFileSync(path.join(dir, name), 'utf8');
  for (const name of app.json.pages) {
    check(`${name} is whole`, () => {
      for (const suffix of ['.js', '.json', '.wxml', '.wxss']) {
        if (!all.includes(name + suffix)) throw new Error(`no ${name}${suffix}`);
      }
      const page = app.page(name);
      const markup = read(`${name}.wxml`);
      for (const [, handler] of markup.matchAll(/\b(?:capture-)?(?:bind|catch):?\w+="([^"{]+)"/g)) {
        if (typeof page[handler] !== 'function') throw new Error(`no handler ${handler}`);
      }
      for (const [, image] of markup.matchAll(/"(\/[^"{]+\.(?:png|jpg|svg|gif))"/g)) {
        if (!all.includes(image.slice(1))) throw new Error(`no ${image}`);
      }
      for (const [, url] of markup.matchAll(/\burl="\/([^"?{]+)/g)) {
        if (!app.json.pages.includes(url)) throw new Error(`no page ${url}`);
      }
      const depth = [...markup.replace(/<!--[^]*?-->/g, '').matchAll(/<(\/?)([\w-]+)(?:"[^"]*"|[^>"])*?(\/?)>/g)].reduce((open, [, closes, tag, empty]) => {
        if (closes && open.pop() !== tag) throw new Error(`</${tag}> closes something else`);
        if (!closes && !empty) open.push(tag);
        return open;
      }, []);
      if (depth.length) throw new Error(`<${depth.pop()}> is not closed`);
    });
  }
  check('no removed API', () => {
    for (const name of all.filter((f) => /\.(js|wxml)$/.test(f))) {
      const old = /wx\.(getUserInfo|getUserProfile|createCanvasContext|canvasToTempFilePath|getSystemInfo\w*|createAudioContext|drawCanvas)|open-type="(getUserInfo|userInfo)|<canvas|<open-data/.exec(read(name));
      if (old) throw new Error(`${name}: ${old[0]}`);
    }
  });
  check('it ships, within 2 MB', () => {
    let sum = 0;
    for (const name of all) {
      if (!/\.(wxml|wxss|wxs|js|json|png|jpg|svg)$/.test(name)) throw new Error(`${name} does not ship`);
      sum += fs.statSync(path.join(dir, name)).size;
    }
    if (sum > 2 << 20) throw new Error(`${sum} bytes`);
  });
}

// checks runs named checks one after the other and reports them.
function checks() {
  const queue = [];
  const check = (name, run) => queue.push([name, run]);
  check.run = async () => {
    for (const [name, run] of queue) {
      let failure;
      said.length = 0;
      requests = 0;
      try { await run(); } catch (e) { failure = String(e.stack || e); }
      console.log(JSON.stringify({ name, failure }));
    }
    console.log(JSON.stringify({ done: queue.length }));
  };
  return check;
}

module.exports = { App, checks, shape, said, storage, requests: () => requests };
