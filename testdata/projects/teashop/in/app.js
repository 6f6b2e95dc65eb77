const cart = require('./utils/cart')

App({
  globalData: {
    user: null,
    defaultAvatar: '/images/mine/avatar.png'
  },

  onLaunch() {
    cart.load()
  },

  onPageNotFound() {
    wx.switchTab({ url: '/pages/home/home' })
  }
})
