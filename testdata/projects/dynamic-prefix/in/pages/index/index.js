Page({
  data: { code: 'sun', level: 2, size: 'big' },

  icon(code) {
    return '/images/weather/' + code + '.png'
  },

  badge(level) {
    return `/images/badges/level-${level}.png`
  },

  open(path) {
    wx.navigateTo({ url: '/' + path })
    wx.navigateTo({ url: `/pages/${path}/index` })
  },

  flag(name) {
    return '../../images/flags/' + name + '/round.png'
  }
})
