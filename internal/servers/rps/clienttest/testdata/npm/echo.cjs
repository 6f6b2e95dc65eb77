// Servers of socket.io that do what the echo of the tests does.
'use strict';

const http = require('node:http');

function behave(socket) {
  socket.emit('handshake', { auth: (socket.handshake.auth && Object.keys(socket.handshake.auth).length) ? socket.handshake.auth : null, token: socket.handshake.query.token });
  socket.use(([name, ...args]) => {
    const answer = typeof args.at(-1) === 'function' ? args.pop() : null;
    if (name === 'disconnect me') socket.disconnect();
    else if (name === 'ask me') socket.emit('question', ...args, (...said) => socket.emit('you said', true, ...said));
    else if (answer) answer(...args);
    else socket.emit(name, ...args);
  });
}

/** echo starts a server of the package's major version, and resolves with its address. */
async function echo(major) {
  const front = http.createServer();
  const options = { path: '/echo', pingInterval: 300, pingTimeout: 2000 };
  const io = major < 3 ? require(`socket.io-${major}`)(front, options) : new (require(`socket.io-${major}`).Server)(front, options);
  for (const namespace of ['/', '/other']) io.of(namespace).on('connection', behave);
  io.of('/guarded').use((_, next) => next(new Error('Not authorized')));
  await new Promise((done) => front.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${front.address().port}`;
}

module.exports = { echo };
