// Who plays on this phone: an id and a name that are made up once and kept, and
// the token for one's seat.
const config = require('../config.js');
const SocketIO = require('../lib/socketio.js');
const { Match } = require('./match.js');

const NAME_LENGTH = 20; // characters

function kept(key, make) {
  const value = wx.getStorageSync(key);
  if (value) return value;
  const made = make();
  wx.setStorageSync(key, made);
  return made;
}

const digits = (n) => Math.random().toString(10).slice(2, 2 + n).padEnd(n, '0');

function createMatch() {
  return new Match({
    socket: new SocketIO(config.host + config.basePath),
    player: {
      uid: kept('uid', () => `wx-${Date.now().toString(36)}-${digits(8)}`),
      uname: kept('uname', () => `玩家${digits(4)}`),
      uavatar: '',
    },
    token: wx.getStorageSync('token'),
    save: (token) => wx.setStorageSync('token', token),
  });
}

/** rename keeps a new name; an empty one is none. */
function rename(match, text) {
  const name = Array.from(String(text).trim()).slice(0, NAME_LENGTH).join('');
  if (name) {
    wx.setStorageSync('uname', name);
    match.rename(name);
  }
  return match.player.uname;
}

module.exports = { createMatch, rename };
