// 评论：从新到旧，一次二十条。

const { get, post } = require('./request.js');

const size = 20;
const most = 1000; // 一条评论的字数，一个表情算一个字

// page 返回编号小于 before 的评论；before 为 0 时从最新的开始。
async function page(vid, before) {
  const data = { vid, limit: size };
  if (before) data.before = before;
  const list = await get('/video/commentList', data);
  return { list, more: list.length === size };
}

// length 是字数，与服务器的算法一致。
function length(text) {
  return Array.from(text).length;
}

// problem 说明为什么不能发送；可以发送时返回空串。
function problem(nick, content) {
  if (!nick.trim()) return '请填写昵称';
  if (!content.trim()) return '请填写评论';
  if (length(nick) > 255) return '昵称太长了';
  if (length(content) > most) return `超出 ${length(content) - most} 字`;
  return '';
}

function send(vid, nick, content) {
  return post('/video/comment', { vid, nick: nick.trim(), avatar: '', content: content.trim() });
}

module.exports = { page, problem, send };
