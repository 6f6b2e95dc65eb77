const { SEAL } = require('../../utils/images')
const FRAME = '/images/frame.png'

function paint(ctx, picture) {
  ctx.drawImage(picture, 0, 0)
}

Page({
  data: { background: '/images/background.png', hero: '/images/hero.png' },

  draw() {
    const ctx = wx.createCanvasContext('c')
    ctx.drawImage(FRAME, 0, 0)
    ctx.drawImage(this.data.background, 0, 0)
    ctx.drawImage(SEAL, 0, 0)
    paint(ctx, '/images/passed.png')
    ctx.draw()
  }
})
