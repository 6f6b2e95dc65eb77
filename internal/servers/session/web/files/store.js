// Where the drawings of a page are: on the server, as its user, or in this browser.

const MAGIC = 'F2C224D4-2BCE-4C64-AF9F-A6D872000D1A';
const PATIENCE = 10_000; // milliseconds

/** Failure is what the server says instead of an answer. */
export class Failure extends Error {}

async function ask(path, options = {}) {
  const res = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE), redirect: 'error' });
  return { data: await res.json(), token: res.headers.get('X-WX-Token') };
}

/** about says what kind of server this is. */
export async function about() {
  return (await ask('about.json')).data.data;
}

/** Remote keeps the drawings of a user of the local login. */
export class Remote {
  #base;
  #name;
  #token = null;
  #login = null;

  constructor(base, name) {
    this.#base = base;
    this.#name = name;
  }

  // header is that of the next request: a first request once, then the token.
  #header() {
    if (this.#token) return { 'X-WX-Token': this.#token };
    const nonce = crypto.getRandomValues(new Uint32Array(2)).join('-');
    return {
      'X-WX-Code': `dev_${this.#name}_${nonce}`,
      'X-WX-RawData': encodeURIComponent(JSON.stringify({ nickName: this.#name })),
      'X-WX-Token': 'new',
    };
  }

  async #send(path, body) {
    const options = { headers: this.#header() };
    if (body) {
      options.method = 'POST';
      options.headers['Content-Type'] = 'application/json';
      options.body = JSON.stringify(body);
    }
    const { data, token } = await ask(this.#base + path, options);
    if (token) this.#token = token;
    return data;
  }

  async #request(path, body) {
    // Requests that begin before the login is there wait for it.
    await this.#login?.catch(() => {});
    for (let once = true; ; once = false) {
      const first = !this.#token;
      const sent = this.#send(path, body);
      if (first) this.#login = sent;
      const data = await sent;
      if (!(MAGIC in data)) {
        if (data.code !== 0) throw new Failure(data.error?.reason);
        return data.data;
      }
      this.#token = null; // another login ended this one, or its time is over
      if (!once || !data.reason) throw new Failure(data.error?.message);
    }
  }

  list = () => this.#request('/session/paints/list');
  save = drawing => this.#request('/session/paints/save', drawing);
  remove = id => this.#request('/session/paints/delete', { id });
}

/** Local keeps drawings in this browser. */
export class Local {
  static #key = 'drawings';
  #all = () => JSON.parse(localStorage.getItem(Local.#key) ?? '[]');
  #keep = list => localStorage.setItem(Local.#key, JSON.stringify(list));

  list = async () => this.#all();
  remove = async id => this.#keep(this.#all().filter(d => d.id !== id));
  save = async drawing => {
    const list = this.#all();
    const at = list.findIndex(d => d.id === drawing.id);
    if (at < 0) list.unshift(drawing);
    else list[at] = drawing;
    this.#keep(list);
  };
}
