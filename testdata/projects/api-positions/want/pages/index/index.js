Page({
  data: {
    markers: [{ id: 1, latitude: 39.9, longitude: 116.4, iconPath: 'https://img.example.com/images/marker.png' }],
    controls: [{ id: 1, iconPath: '/images/control.png', position: {} }],
    polyline: [{ points: [], arrowLine: true, arrowIconPath: '/images/arrow.png' }],
    nodes: [{ name: 'img', attrs: { src: 'https://img.example.com/images/rich.png' } }]
  },

  onLoad() {
    wx.setTabBarItem({ index: 0, iconPath: 'https://img.example.com/images/tab.png', selectedIconPath: 'https://img.example.com/images/tab-on.png' })
    wx.previewImage({ urls: ['https://img.example.com/images/preview-1.png', 'https://img.example.com/images/preview-2.png'], current: 'https://img.example.com/images/preview-1.png' })
    this.setData({ 'user.avatar': 'https://img.example.com/images/avatar.png' })
  },

  onReady() {
    const image = this.canvas.createImage()
    image.src = 'https://img.example.com/images/canvas2d.png'
  },

  onShareAppMessage() {
    return { title: '看看', imageUrl: 'https://img.example.com/images/share.png' }
  },

  onShareTimeline: () => ({ imageUrl: 'https://img.example.com/images/timeline.png' }),

  open() {
    wx.navigateTo({ url: '/pages/index/index?from=share' })
  }
})
