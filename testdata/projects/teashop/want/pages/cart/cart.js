const catalog = require('../../utils/catalog')
const cart = require('../../utils/cart')

Page({
  data: { items: [], total: 0 },

  onShow() {
    const items = cart.entries().map(({ id, count }) => ({ ...catalog.find(id), count }))
    this.setData({ items, total: items.reduce((sum, it) => sum + it.price * it.count, 0) })
  }
})
