Page({
  data: { list: ['/images/star.png'] },
  select(src) {
    wx.showToast({ image: '/images/star_on.png' })
    return src.replace('.png', '_on.png')
  }
})
