const films = require('../../services/films.js');
const comments = require('../../services/comments.js');

const nickKey = 'nick';

Page({
  data: {
    film: null,
    state: 'loading', // loading、ready 或 failed
    message: '',
    unplayable: false,
    comments: [],
    talk: 'loading', // loading、ready、end、empty 或 failed
    nick: '',
    content: '',
    sending: false,
  },

  id: 0,
  busy: null, // 正在进行的评论加载

  onLoad({ id }) {
    this.id = Number(id);
    this.setData({ nick: wx.getStorageSync(nickKey) || '' });
    return this.open();
  },

  async open() {
    this.setData({ state: 'loading' });
    try {
      const film = await films.find(this.id);
      if (!film) throw new Error('没有这部影片');
      this.setData({ film, state: 'ready', unplayable: false });
      wx.setNavigationBarTitle({ title: film.video_title });
    } catch (error) {
      this.setData({ state: 'failed', message: error.message });
      return;
    }
    await this.older();
  },

  broken() {
    this.setData({ unplayable: true });
  },

  onReachBottom() {
    return this.older();
  },

  // older 加载更早的评论；同一时间只加载一次。
  older() {
    if (!this.busy && this.data.film && this.data.talk !== 'end' && this.data.talk !== 'empty') {
      this.busy = this.load().finally(() => {
        this.busy = null;
      });
    }
    return this.busy;
  },

  async load() {
    this.setData({ talk: 'loading' });
    const shown = this.data.comments;
    try {
      const { list, more } = await comments.page(this.id, shown.length ? shown[shown.length - 1].id : 0);
      const all = shown.concat(list);
      this.setData({ comments: all, talk: more ? 'ready' : all.length ? 'end' : 'empty' });
    } catch (error) {
      this.setData({ talk: 'failed' });
    }
  },

  async send() {
    const { nick, content, sending } = this.data;
    const problem = comments.problem(nick, content);
    if (sending || problem) {
      if (problem) wx.showToast({ title: problem, icon: 'none' });
      return;
    }
    this.setData({ sending: true });
    try {
      await comments.send(this.id, nick, content);
      wx.setStorageSync(nickKey, nick.trim());
      wx.showToast({ title: '已发送', icon: 'success' });
      await this.busy;
      this.setData({ content: '', comments: [], talk: 'loading' });
      await this.older();
    } catch (error) {
      wx.showToast({ title: error.message, icon: 'none' });
    }
    this.setData({ sending: false });
  },

  onShareAppMessage() {
    const { film } = this.data;
    return {
      title: film ? film.video_title : '影片',
      path: `/pages/film/film?id=${this.id}`,
      imageUrl: film ? film.video_image : undefined,
    };
  },
});
