const { showToast } = wx
const common = { image: '/images/common.png', mask: true }

Page({
  data: { toast: '/images/data.png', hero: '/images/hero.png' },

  choice() {
    wx.showToast({ title: 'a', image: this.ok ? '/images/yes.png' : '/images/no.png' })
  },

  variable() {
    const icon = '/images/variable.png'
    wx.showToast({ title: 'b', image: icon })
  },

  fromData() {
    wx.showToast({ title: 'c', image: this.data.toast })
  },

  bracket() {
    wx['showToast']({ image: '/images/bracket.png' })
  },

  bare() {
    showToast({ image: '/images/bare.png' })
  },

  shorthand() {
    const image = '/images/shorthand.png'
    wx.showToast({ title: 'd', image })
  },

  spread() {
    wx.showToast({ ...common, title: 'e' })
  }
})
