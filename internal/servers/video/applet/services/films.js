// 影片列表：一次一页，每页六部；看过的影片按编号记住。

const { get } = require('./request.js');

const known = new Map();

// page 返回第 n 页：list 与总页数 totalPage。
async function page(n) {
  const data = await get('/video/list', { pageNo: n });
  data.list.forEach((film) => known.set(film.id, film));
  return data;
}

// find 按编号找影片，从分享进入时要逐页去找；没有时返回 undefined。
async function find(id) {
  for (let n = 1, total = 1; n <= total && !known.has(id); n++) {
    total = (await page(n)).totalPage;
  }
  return known.get(id);
}

module.exports = { page, find };
