const app = getApp()

Page({
  data: { mode: 'night', hero: '/images/hero.png' },

  onLoad() {
    const base = app.globalData.base
    this.setData({ cover: base + 'cover.png' })
    this.setData({ sky: `${this.data.mode}.png` })
  }
})
