Page({
  data: {
    markers: [{ id: 1, latitude: 39.9, longitude: 116.4, iconPath: '/images/marker.png' }],
    controls: [{ id: 1, iconPath: '/images/control.png', position: {} }],
    polyline: [{ points: [], arrowLine: true, arrowIconPath: '/images/arrow.png' }],
    nodes: [{ name: 'img', attrs: { src: '/images/rich.png' } }]
  },

  onLoad() {
    wx.setTabBarItem({ index: 0, iconPath: 'images/tab.png', selectedIconPath: '/images/tab-on.png' })
    wx.previewImage({ urls: ['/images/preview-1.png', '/images/preview-2.png'], current: '/images/preview-1.png' })
    this.setData({ 'user.avatar': '/images/avatar.png' })
  },

  onReady() {
    const image = this.canvas.createImage()
    image.src = '/images/canvas2d.png'
  },

  onShareAppMessage() {
    return { title: '看看', imageUrl: '/images/share.png' }
  },

  onShareTimeline: () => ({ imageUrl: 'images/timeline.png' }),

  open() {
    wx.navigateTo({ url: '/pages/index/index?from=share' })
  }
})
