Page({
  data: { code: 'sun', level: 2, size: 'big' },

  icon(code) {
    return 'https://img.example.com/images/weather/' + code + '.png'
  },

  badge(level) {
    return `https://img.example.com/images/badges/level-${level}.png`
  },

  open(path) {
    wx.navigateTo({ url: '/' + path })
    wx.navigateTo({ url: `/pages/${path}/index` })
  },

  flag(name) {
    return 'https://img.example.com/images/flags/' + name + '/round.png'
  }
})
