const catalog = require('../../utils/catalog')
const { saveCanvas } = require('../../utils/album')

const WIDTH = 375
const HEIGHT = 600

Page({
  data: { product: {} },

  onLoad({ id }) {
    this.setData({ product: catalog.find(id) || catalog.PRODUCTS[0] })
  },

  onReady() {
    wx.createSelectorQuery().select('#poster').fields({ node: true, size: true }).exec(([found]) => {
      const canvas = found.node
      const dpr = wx.getWindowInfo().pixelRatio
      canvas.width = WIDTH * dpr
      canvas.height = HEIGHT * dpr
      this.canvas = canvas
      this.ctx = canvas.getContext('2d')
      this.ctx.scale(dpr, dpr)
      this.draw()
    })
  },

  draw() {
    const background = this.canvas.createImage()
    background.onload = () => {
      this.ctx.drawImage(background, 0, 0, WIDTH, HEIGHT)
      this.ctx.font = '24px serif'
      this.ctx.fillText(this.data.product.name, 32, HEIGHT - 80)
      this.stamp()
    }
    background.src = 'https://img.example.com/images/poster/background.jpg'
  },

  // 印章要先知道尺寸再盖
  stamp() {
    wx.getImageInfo({
      src: '/images/poster/stamp.png',
      success: ({ path, width, height }) => {
        const seal = this.canvas.createImage()
        seal.onload = () => this.ctx.drawImage(seal, WIDTH - width / 2 - 32, HEIGHT - height / 2 - 32, width / 2, height / 2)
        seal.src = path
      }
    })
  },

  save() {
    saveCanvas(this.canvas)
  }
})
