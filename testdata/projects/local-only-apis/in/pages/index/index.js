const fs = wx.getFileSystemManager()
const options = {
  title: '好了',
  image: '/images/toast-options.png'
}

Page({
  data: { hero: '/images/hero.png' },

  done() {
    wx.showToast({ title: '完成', image: '/images/toast.png', duration: 800 })
    wx.showToast(options)
    uni.showToast({
      'image': "/images/toast-dots.png"
    })
  },

  draw() {
    const ctx = wx.createCanvasContext('c')
    ctx.drawImage('/images/canvas.png', 0, 0, 10, 10)
    ctx.drawImage('images/canvas-bare.png', 0, 0)
    ctx.setFillStyle(ctx.createPattern('/images/pattern.png', 'repeat'))
    ctx.draw()
  },

  read() {
    const data = fs.readFileSync('/images/read-sync.png', 'base64')
    fs.readFile({ filePath: 'images/read.png', success() {} })
    wx.compressImage({ src: '/images/compress.jpg', quality: 80 })
    wx.getImageInfo({ src: '/images/info.png' })
    wx.uploadFile({ url: 'https://api.example.org/up', filePath: '/images/upload.png', name: 'f' })
    wx.cloud.uploadFile({ cloudPath: 'a.png', filePath: '/images/cloud.png' })
    wx.saveImageToPhotosAlbum({ filePath: '/images/album.jpg' })
    return data
  }
})
