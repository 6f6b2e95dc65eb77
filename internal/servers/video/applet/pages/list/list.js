const films = require('../../services/films.js');

Page({
  data: {
    films: [],
    state: 'loading', // loading、ready、end、empty 或 failed
    message: '',
  },

  next: 1,
  total: 1,
  busy: null, // 正在进行的加载

  onLoad() {
    return this.more();
  },

  async onPullDownRefresh() {
    await this.busy;
    this.next = 1;
    this.total = 1;
    await this.more();
    wx.stopPullDownRefresh();
  },

  onReachBottom() {
    return this.more();
  },

  // more 加载下一页；同一时间只加载一页。
  more() {
    if (!this.busy && this.next <= this.total) {
      this.busy = this.load().finally(() => {
        this.busy = null;
      });
    }
    return this.busy;
  },

  async load() {
    this.setData({ state: 'loading' });
    try {
      const { list, totalPage } = await films.page(this.next);
      const shown = this.next === 1 ? [] : this.data.films;
      const ids = new Set(shown.map((film) => film.id));
      const all = shown.concat(list.filter((film) => !ids.has(film.id)));
      this.next += 1;
      this.total = totalPage;
      const end = this.next > totalPage;
      this.setData({ films: all, state: !end ? 'ready' : all.length ? 'end' : 'empty' });
    } catch (error) {
      this.setData({ state: 'failed', message: error.message });
    }
  },

  onShareAppMessage() {
    return { title: '影片', path: '/pages/list/list' };
  },
});
