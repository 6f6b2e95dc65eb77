// A Socket.IO client over one WebSocket: a SocketTask in a mini-program, a
// WebSocket in a browser. It speaks to any Socket.IO server: version 3 and later
// with { eio: 4 }, which is the default, versions 1 and 2 with { eio: 3 }.
//
//   const socket = new SocketIO('https://example.com/socket.io', { query: { room: 7 } });
//   socket.on('connect', () => socket.emit('hello', { name: 'Ming' }));
//   socket.on('news', (text, answer) => answer && answer('thanks'));
//   const sum = await socket.request('add', 1, 2); // the server's acknowledgement
//   socket.open();
//
// Own events: connect; disconnect, with a reason; connect_error, with an Error;
// reconnecting, with milliseconds. A connection that is lost is made again, after
// longer and longer times, until close() is called. A server that ends it
// on purpose ('io server disconnect'), or refuses the namespace, is left alone until open().
//
// Options: eio; namespace ('/'); query, an object; auth, an object or a function
// that returns one (EIO=4 only); reconnect (true); delay and maxDelay between two
// attempts; timeout of one attempt, and of a request; maxQueue, how many events
// wait for a connection; connect, which makes something like a SocketTask of a URL.
// Times are in milliseconds.

const inModule = typeof module === 'object';
const packets = inModule ? require('./packet.js') : globalThis.SocketIOPacket;

const OWN = ['connect', 'disconnect', 'connect_error', 'reconnecting'];

// Frames of Engine.IO.
const OPEN = '0';
const CLOSE = '1';
const PING = '2';
const PONG = '3';
const MESSAGE = '4';
const NOOP = '6';

// platform opens a WebSocket where we are.
function platform(url, failed) {
  if (typeof wx === 'object' && wx.connectSocket) return wx.connectSocket({ url, fail: failed });
  const ws = new WebSocket(url);
  ws.binaryType = 'arraybuffer';
  return {
    onOpen: (f) => { ws.onopen = f; },
    onMessage: (f) => { ws.onmessage = f; },
    onClose: (f) => { ws.onclose = f; },
    onError: (f) => { ws.onerror = f; },
    send: ({ data }) => ws.send(data),
    close: ({ code }) => ws.close(code),
  };
}

function address(url, eio, query) {
  const [path, old] = url.replace(/#.*$/, '').replace(/^http/, 'ws').split('?');
  const words = Object.entries(query).map(([k, v]) => `&${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('');
  return `${path.replace(/\/+$/, '')}/?EIO=${eio}&transport=websocket${words}${old ? `&${old}` : ''}`;
}

class SocketIO {
  constructor(url, options = {}) {
    this.options = {
      eio: 4, namespace: '/', query: {}, auth: undefined, reconnect: true, delay: 500, maxDelay: 8000, timeout: 10000, maxQueue: 100, connect: platform, ...options,
    };
    this.url = address(url, this.options.eio, this.options.query);
    this.connected = false;
    this.wanted = false; // between open and close
    this.link = null; // the WebSocket
    this.handlers = new Map();
    this.queue = []; // packets that wait for a connection
    this.asked = new Map(); // requests, by their id
    this.lastID = 0;
    this.attempts = 0;
  }

  /** on calls f with the arguments of each event of that name. */
  on(event, f) {
    this.handlers.set(event, [...(this.handlers.get(event) || []), f]);
    return this;
  }

  /** off ends what on began, for one function or all. */
  off(event, f) {
    this.handlers.set(event, f ? (this.handlers.get(event) || []).filter((g) => g !== f) : []);
    return this;
  }

  /** open connects; while an attempt is waited for it is made at once. */
  open() {
    this.wanted = true;
    clearTimeout(this.retry);
    if (!this.link) this.dial();
    return this;
  }

  /** close ends the connection, and what waits for it. */
  close() {
    this.wanted = false;
    clearTimeout(this.retry);
    this.queue = [];
    if (this.link && this.connected) this.packet({ type: packets.DISCONNECT });
    this.end('io client disconnect');
    for (const id of [...this.asked.keys()]) this.answered(id, (a) => a.reject(new Error('io client disconnect')));
    return this;
  }

  /** emit sends an event, now or when there is a connection. False is: too many wait. */
  emit(event, ...args) {
    return this.deliver({ type: packets.EVENT, data: [event, ...args] });
  }

  /**
   * request sends an event and resolves with what the server acknowledges: a
   * value, or an array of several. It fails without an answer in time, and with
   * the connection.
   */
  request(event, ...args) {
    return new Promise((resolve, reject) => {
      const id = this.lastID++;
      const timer = setTimeout(() => this.answered(id, (a) => a.reject(new Error('timeout'))), this.options.timeout);
      this.asked.set(id, { resolve, reject, timer });
      if (!this.deliver({ type: packets.EVENT, id, data: [event, ...args] })) {
        this.answered(id, (a) => a.reject(new Error('too much waits for a connection')));
      }
    });
  }

  answered(id, how) {
    const asked = this.asked.get(id);
    if (!asked) return;
    this.asked.delete(id);
    clearTimeout(asked.timer);
    how(asked);
  }

  tell(event, ...args) {
    for (const f of this.handlers.get(event) || []) {
      try {
        f(...args);
      } catch (e) {
        // A handler's mistake is not the connection's.
        setTimeout(() => { throw e; });
      }
    }
  }

  deliver(packet) {
    if (this.connected) this.packet(packet);
    else if (this.queue.length < this.options.maxQueue) this.queue.push(packet);
    else return false;
    return true;
  }

  packet(packet) {
    const { text, parts } = packets.encode({ namespace: this.options.namespace, ...packet });
    this.frame(MESSAGE + text);
    for (const part of parts) this.frame(this.options.eio === 3 ? withType(part) : part);
  }

  frame(data) {
    const { link } = this;
    if (!link) return;
    const failed = () => this.lost(link, 'transport error');
    try {
      link.send({ data, fail: failed });
    } catch (e) {
      failed();
    }
  }

  dial() {
    const failed = () => this.lost(link, 'transport error');
    let link = null;
    try {
      link = this.options.connect(this.url, () => setTimeout(failed));
    } catch (e) {
      link = null;
    }
    if (!link) {
      this.failed('transport error');
      return;
    }
    this.link = link;
    this.parts = null;
    this.deadline = setTimeout(() => this.lost(link, 'timeout'), this.options.timeout);
    link.onOpen(() => {});
    link.onMessage(({ data }) => {
      if (link !== this.link) return;
      try {
        this.read(data);
      } catch (e) {
        this.lost(link, 'parse error');
      }
    });
    link.onError(failed);
    link.onClose(() => this.lost(link, 'transport close'));
  }

  read(data) {
    if (typeof data !== 'string') {
      this.part(this.options.eio === 3 ? data.slice(1) : data);
      return;
    }
    const rest = data.slice(1);
    switch (data[0]) {
      case OPEN: this.opened(JSON.parse(rest)); break;
      case CLOSE: this.lost(this.link, 'transport close'); break;
      case PING:
        this.frame(PONG + rest);
        this.expect(this.interval + this.patience);
        break;
      case PONG: this.pingLater(); break;
      case NOOP: break;
      case MESSAGE: {
        if (this.parts) throw new Error('a part is missing');
        const packet = packets.decode(rest);
        if (packet.parts === 0) this.receive(packet);
        else this.parts = { packet, list: [] };
        break;
      }
      default: throw new Error('no frame');
    }
  }

  part(data) {
    if (!this.parts) throw new Error('a part of nothing');
    const { packet, list } = this.parts;
    list.push(data);
    if (list.length < packet.parts) return;
    this.parts = null;
    this.receive(packets.complete(packet, list));
  }

  opened({ pingInterval, pingTimeout }) {
    this.interval = Number(pingInterval) || 25000;
    this.patience = Number(pingTimeout) || 20000;
    const { eio, namespace, auth } = this.options;
    if (eio === 3) {
      this.pingLater();
      if (namespace !== '/') this.packet({ type: packets.CONNECT });
      return;
    }
    this.expect(this.interval + this.patience);
    this.packet({ type: packets.CONNECT, data: typeof auth === 'function' ? auth() : auth });
  }

  // expect gives the server that long for its next sign of life.
  expect(time) {
    const { link } = this;
    clearTimeout(this.pulse);
    this.pulse = setTimeout(() => this.lost(link, 'ping timeout'), time);
  }

  // pingLater is the heartbeat of EIO=3, in which the client asks.
  pingLater() {
    if (this.options.eio !== 3) return;
    clearTimeout(this.pulse);
    this.pulse = setTimeout(() => {
      this.frame(PING);
      if (this.link) this.expect(this.patience);
    }, this.interval);
  }

  receive(packet) {
    if (packet.namespace !== this.options.namespace) return;
    switch (packet.type) {
      case packets.CONNECT: this.joined(packet.data); break;
      case packets.EVENT: this.event(packet); break;
      case packets.ACK: this.answered(packet.id, (a) => a.resolve(packet.data.length > 1 ? packet.data : packet.data[0])); break;
      case packets.DISCONNECT:
        this.wanted = false;
        this.end('io server disconnect');
        break;
      default: {
        this.wanted = false;
        const message = packet.data && packet.data.message ? packet.data.message : packet.data;
        this.end('connect error');
        this.tell('connect_error', new Error(String(message)));
      }
    }
  }

  joined(data) {
    if (this.connected) return;
    clearTimeout(this.deadline);
    this.connected = true;
    this.attempts = 0;
    this.id = data && data.sid;
    const queue = this.queue;
    this.queue = [];
    this.tell('connect');
    for (const packet of queue) this.deliver(packet);
  }

  event({ id, data: [event, ...args] }) {
    if (OWN.includes(event)) return; // nobody but us says so
    if (id !== undefined) {
      let once = false;
      args.push((...answer) => {
        if (!once && this.connected) this.packet({ type: packets.ACK, id, data: answer });
        once = true;
      });
    }
    this.tell(event, ...args);
  }

  lost(link, reason) {
    if (link && link === this.link) this.end(reason);
  }

  // end takes the connection down.
  end(reason) {
    const { link, connected } = this;
    clearTimeout(this.deadline);
    clearTimeout(this.pulse);
    this.link = null;
    this.connected = false;
    this.parts = null;
    if (!link) return;
    try {
      link.close({ code: 1000, reason: '' });
    } catch (e) {
      // It is closed already.
    }
    if (connected) {
      for (const id of [...this.asked.keys()]) this.answered(id, (a) => a.reject(new Error(reason)));
      this.tell('disconnect', reason);
    }
    this.failed(reason, connected);
  }

  failed(reason, connected) {
    if (!this.wanted || this.link) return;
    if (!connected) this.tell('connect_error', new Error(reason));
    if (!this.wanted || !this.options.reconnect) return;
    const { delay, maxDelay } = this.options;
    // Not all clients of a server that comes back come at the same time.
    const time = Math.min(maxDelay, delay * 2 ** this.attempts) * (0.5 + Math.random() / 2);
    this.attempts = Math.min(this.attempts + 1, 20);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.open(), time);
    this.tell('reconnecting', Math.round(time));
  }
}

// withType is a binary message as EIO=3 has it.
function withType(part) {
  const bytes = new Uint8Array(part.byteLength + 1);
  bytes[0] = 4;
  bytes.set(new Uint8Array(part), 1);
  return bytes.buffer;
}

if (inModule) {
  module.exports = SocketIO;
} else {
  globalThis.SocketIO = SocketIO;
}
