// 与后端服务之间的请求：返回数据，失败时抛出带 message 的错误。

const { host, basePath } = require('../config.js');

const timeout = 10000;

function ask(options) {
  return new Promise((resolve, reject) => {
    wx.request({
      ...options,
      url: host + basePath + options.url,
      timeout,
      success({ statusCode, data }) {
        if (data && data.code === 0) {
          resolve(data.data);
          return;
        }
        reject(new Error(statusCode === 429 ? '发得太快了，请过一会儿再试' : '服务器没有接受，请稍后再试'));
      },
      fail() {
        reject(new Error('连不上服务器，请检查网络'));
      },
    });
  });
}

exports.get = (url, data) => ask({ method: 'GET', url, data });

exports.post = (url, data) => ask({ method: 'POST', url, data, header: { 'content-type': 'application/json' } });
