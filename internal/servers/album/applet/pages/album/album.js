const pictures = require('../../services/pictures');
const ask = require('../../services/ask');
const share = require('../../services/share');

// AT_ONCE uploads leave connections for the pictures that are shown.
const AT_ONCE = 3;

Page({
  data: {
    pictures: [], // {url, thumb, broken?}, the newest first
    next: '', // marker of the next page
    state: 'loading', // loading, ready or failed
    message: '',
    uploads: [], // {id, path, percent, failure, final}
  },

  onLoad() {
    this.waiting = [];
    this.running = 0;
    this.numbers = 0;
    return this.refresh();
  },

  async onPullDownRefresh() {
    await this.refresh();
    wx.stopPullDownRefresh();
  },

  onReachBottom() {
    return this.data.next && this.data.state === 'ready' ? this.more() : undefined;
  },

  onShareAppMessage() {
    return share;
  },

  // refresh begins with the first page again.
  refresh() {
    this.again = true;
    return this.more();
  },

  // more gets the next page, one at a time.
  async more() {
    if (this.loading) return this.loading;
    this.loading = this.loadPage();
    try {
      await this.loading;
    } finally {
      this.loading = undefined;
    }
    return undefined;
  },

  async loadPage() {
    this.setData({ state: 'loading' });
    try {
      const again = this.again;
      const page = await pictures.list(again ? '' : this.data.next);
      const before = again ? [] : this.data.pictures;
      const known = new Set(before.map(({ url }) => url));
      this.again = false;
      this.setData({
        pictures: before.concat(page.pictures.filter(({ url }) => !known.has(url))),
        next: page.next,
        state: 'ready',
      });
    } catch (failure) {
      this.setData({ state: 'failed', message: failure.message });
    }
  },

  // add lets the person choose pictures and sends them.
  add() {
    return new Promise((resolve) => {
      wx.chooseMedia({
        count: 9,
        mediaType: ['image'],
        sourceType: ['album', 'camera'],
        sizeType: ['compressed'],
        success: ({ tempFiles }) => resolve(Promise.all(tempFiles.map((file) => this.enqueue(file)))),
        fail: () => resolve(), // nothing was chosen
      });
    });
  },

  // enqueue resolves when the file is uploaded or has failed.
  enqueue({ tempFilePath, size }) {
    this.numbers += 1;
    const upload = { id: this.numbers, path: tempFilePath, percent: 0, failure: '', final: false };
    const final = size > pictures.MAX;
    if (final) Object.assign(upload, { failure: '单个不超过5MB', final });
    this.setData({ uploads: this.data.uploads.concat(upload) });
    return final ? undefined : this.send(upload.id);
  },

  send(id) {
    return new Promise((done) => {
      this.waiting.push({ id, done });
      this.run();
    });
  },

  async run() {
    if (this.running >= AT_ONCE || this.waiting.length === 0) return;
    const { id, done } = this.waiting.shift();
    this.running += 1;
    await this.transfer(id);
    this.running -= 1;
    done();
    this.run();
  },

  async transfer(id) {
    const { path } = this.data.uploads.find((upload) => upload.id === id);
    for (;;) {
      try {
        const url = await pictures.upload(path, (percent) => this.change(id, { percent }));
        this.drop(id);
        this.setData({ pictures: [{ url, thumb: url }].concat(this.data.pictures) });
        return;
      } catch (failure) {
        if (failure.token && (await ask.token())) continue;
        this.change(id, { failure: failure.message, final: Boolean(failure.final) });
        return;
      }
    }
  },

  // change sets fields of an upload.
  change(id, fields) {
    const index = this.data.uploads.findIndex((upload) => upload.id === id);
    if (index < 0) return;
    const changes = {};
    for (const [name, value] of Object.entries(fields)) changes[`uploads[${index}].${name}`] = value;
    this.setData(changes);
  },

  drop(id) {
    this.setData({ uploads: this.data.uploads.filter((upload) => upload.id !== id) });
  },

  dismiss({ currentTarget }) {
    this.drop(currentTarget.dataset.id);
  },

  retry({ currentTarget }) {
    const { id } = currentTarget.dataset;
    this.change(id, { failure: '', percent: 0 });
    return this.send(id);
  },

  // onImageError shows the picture itself where the service makes no thumbnails.
  onImageError({ currentTarget }) {
    const { index } = currentTarget.dataset;
    const picture = this.data.pictures[index];
    if (!picture) return;
    if (picture.thumb !== picture.url) this.setData({ [`pictures[${index}].thumb`]: picture.url });
    else this.setData({ [`pictures[${index}].broken`]: true });
  },

  // preview shows a picture on the whole screen; others come by swiping.
  preview({ currentTarget }) {
    wx.previewImage({
      current: currentTarget.dataset.url,
      urls: this.data.pictures.map(({ url }) => url),
      showmenu: true,
    });
  },

  // menu is what a long press opens.
  async menu({ currentTarget }) {
    const { url } = currentTarget.dataset;
    switch (await ask.choose(['保存到手机', '删除'])) {
      case 0:
        await this.save(url);
        break;
      case 1:
        await this.remove(url);
        break;
      default:
    }
  },

  async save(url) {
    wx.showLoading({ title: '正在保存', mask: true });
    let title;
    try {
      title = (await pictures.save(url)) ? '已保存' : '';
    } catch (failure) {
      title = failure.message;
    }
    wx.hideLoading();
    if (title) wx.showToast({ title, icon: 'none' });
  },

  async remove(url) {
    if (!(await ask.sure('确定删除这张图片吗？'))) return;
    for (;;) {
      try {
        await pictures.remove(url);
        break;
      } catch (failure) {
        if (failure.token && (await ask.token())) continue;
        wx.showToast({ title: failure.message, icon: 'none' });
        return;
      }
    }
    this.setData({ pictures: this.data.pictures.filter((picture) => picture.url !== url) });
    wx.showToast({ title: '已删除', icon: 'none' });
  },
});
