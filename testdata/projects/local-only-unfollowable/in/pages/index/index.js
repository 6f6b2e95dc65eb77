Page({
  data: { first: '/images/first.png', second: '/images/second.png' },

  measure(e) {
    wx.getImageInfo({ src: e.currentTarget.dataset.src })
  }
})
