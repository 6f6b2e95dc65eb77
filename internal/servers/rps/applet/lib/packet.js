// Packets of Socket.IO, protocols 4 (over EIO=3) and 5 (over EIO=4): text, with
// a placeholder for everything binary, and the binary parts behind it. This file
// touches no platform.

const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const ACK = 3;
const ERROR = 4;
const BINARY = 3; // from an event or an acknowledgement to the one with binary parts

const MAX_PARTS = 100; // of a packet that comes in
const MAX_DEPTH = 200; // of its values

// take takes what is binary out of a value and puts placeholders there.
function take(value, parts) {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    parts.push(value instanceof ArrayBuffer ? value : value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
    return { _placeholder: true, num: parts.length - 1 };
  }
  if (Array.isArray(value)) return value.map((v) => take(v, parts));
  if (value && typeof value === 'object' && typeof value.toJSON !== 'function') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, take(v, parts)]));
  }
  return value;
}

// give puts the binary parts back.
function give(value, parts, depth) {
  if (!value || typeof value !== 'object') return value;
  if (depth > MAX_DEPTH) throw new Error('too deep');
  if (value._placeholder === true) {
    if (!Number.isInteger(value.num) || !(value.num in parts)) throw new Error('no such part');
    return parts[value.num];
  }
  for (const key of Object.keys(value)) value[key] = give(value[key], parts, depth + 1);
  return value;
}

/** encode returns the text of a packet and its binary parts. */
function encode({ type, namespace = '/', id, data }) {
  const parts = [];
  const value = take(data, parts);
  let text = String(parts.length ? type + BINARY : type);
  if (parts.length) text += `${parts.length}-`;
  if (namespace !== '/') text += `${namespace},`;
  if (id !== undefined) text += id;
  if (value !== undefined) text += JSON.stringify(value);
  return { text, parts };
}

/**
 * decode reads the text of a packet. parts says how many binary ones follow.
 * What is no packet throws.
 */
function decode(text) {
  const found = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*)(?:,|$))?(\d*)/.exec(text);
  if (!found) throw new Error('no packet');
  const binary = found[1] >= 5;
  if (binary !== (found[2] !== undefined) || found[2] > MAX_PARTS) throw new Error('no packet');
  const rest = text.slice(found[0].length);
  const packet = {
    type: binary ? found[1] - BINARY : Number(found[1]),
    namespace: (found[3] || '/').split('?')[0],
    id: found[4] === '' ? undefined : Number(found[4]),
    data: rest === '' ? undefined : JSON.parse(rest),
    parts: Number(found[2] || 0),
  };
  if (packet.type === EVENT && (!Array.isArray(packet.data) || typeof packet.data[0] !== 'string')) throw new Error('no event');
  if (packet.type === ACK && (!Array.isArray(packet.data) || packet.id === undefined)) throw new Error('no acknowledgement');
  return packet;
}

/** complete puts the binary parts of a packet into its data. */
function complete(packet, parts) {
  return { ...packet, data: give(packet.data, parts, 0), parts: 0 };
}

const packet = { CONNECT, DISCONNECT, EVENT, ACK, ERROR, encode, decode, complete };

if (typeof module === 'object') {
  module.exports = packet;
} else {
  globalThis.SocketIOPacket = packet;
}
