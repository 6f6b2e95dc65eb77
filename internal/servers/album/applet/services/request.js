// What every call to the server has in common.
const { host, basePath } = require('../config');

const TOKEN = 'album-token';

// Failure is what came of a call that did not succeed; its message is for people.
class Failure extends Error {
  constructor(message, { token = false, final = false } = {}) {
    super(message);
    this.token = token; // the server wants another token
    this.final = final; // the next attempt comes to the same
  }
}

// url of a route of the server.
function url(path) {
  return `${host}${basePath}/album/${path}`;
}

function setToken(text) {
  wx.setStorageSync(TOKEN, text);
}

function authorization() {
  const token = wx.getStorageSync(TOKEN);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// opened takes the data out of a reply.
function opened(statusCode, reply) {
  if (statusCode === 429) throw new Failure('操作太频繁，请稍候再试');
  if (statusCode !== 200 || !reply || typeof reply.code !== 'number') throw new Failure('服务器没有正常回答');
  if (reply.code === 0) return reply;
  if (reply.data && reply.data.name === 'TokenError') throw new Failure('口令不对', { token: true });
  const final = ['仅jpg/png格式', '单个不超过5MB', '图片尺寸过大'].includes(reply.msg);
  throw new Failure(reply.msg === 'failed' ? '操作失败，请稍候再试' : reply.msg, { final });
}

function request(method, path, data) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: url(path),
      method,
      data,
      header: authorization(),
      success: ({ statusCode, data: reply }) => {
        try {
          resolve(opened(statusCode, reply));
        } catch (failure) {
          reject(failure);
        }
      },
      fail: () => reject(new Failure('连不上服务器')),
    });
  });
}

module.exports = { Failure, authorization, opened, request, setToken, url };
