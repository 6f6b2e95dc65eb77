const cart = require('./utils/cart')

App({
  globalData: {
    user: null,
    defaultAvatar: 'https://img.example.com/images/mine/avatar.png'
  },

  onLaunch() {
    cart.load()
  },

  onPageNotFound() {
    wx.switchTab({ url: '/pages/home/home' })
  }
})
