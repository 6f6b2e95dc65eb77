// The part of a mini-program's global object wx that its Socket.IO clients use:
// sockets, as SocketTask.
'use strict';

const WebSocket = require('ws');

global.wx = {
  connectSocket({ url, header, protocols, success, fail }) {
    const ws = new WebSocket(url, protocols, { headers: header, perMessageDeflate: false });
    const on = { open: [], message: [], close: [], error: [] };
    const tell = (event, value) => on[event].forEach((f) => f(value));
    ws.on('open', () => tell('open', { header: {} }));
    ws.on('message', (data, binary) => tell('message', { data: binary ? data.buffer.slice(data.byteOffset, data.byteOffset + data.length) : data.toString() }));
    ws.on('close', (code, reason) => tell('close', { code, reason: reason.toString() }));
    ws.on('error', (err) => {
      tell('error', { errMsg: err.message });
      fail?.({ errMsg: err.message });
    });
    process.nextTick(() => success?.({ errMsg: 'connectSocket:ok' }));
    return {
      onOpen: (f) => on.open.push(f),
      onMessage: (f) => on.message.push(f),
      onClose: (f) => on.close.push(f),
      onError: (f) => on.error.push(f),
      send({ data, success: sent, fail: failed }) {
        ws.send(data, (err) => (err ? failed?.({ errMsg: err.message }) : sent?.({ errMsg: 'sendSocketMessage:ok' })));
      },
      close({ code = 1000, reason = '', success: closed } = {}) {
        ws.close(code, reason);
        closed?.({ errMsg: 'closeSocket:ok' });
      },
    };
  },
};
