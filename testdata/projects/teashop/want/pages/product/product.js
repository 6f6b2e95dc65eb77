const catalog = require('../../utils/catalog')
const cart = require('../../utils/cart')

Page({
  data: {
    product: {},
    liked: false
  },

  onLoad({ id }) {
    const product = catalog.find(id) || catalog.PRODUCTS[0]
    this.setData({ product })
  },

  preview() {
    const { image } = this.data.product
    wx.previewImage({ urls: [image], current: image })
  },

  toggleLike() {
    this.setData({ liked: !this.data.liked })
  },

  add() {
    cart.add(this.data.product.id)
    wx.showToast({ title: '已加入购物车', image: '/images/toast/added.png' })
  },

  poster() {
    wx.navigateTo({ url: `/pages/poster/poster?id=${this.data.product.id}` })
  },

  onShareAppMessage() {
    const { product } = this.data
    return {
      title: product.name,
      path: '/pages/product/product?id=' + product.id,
      imageUrl: product.image
    }
  }
})
