Component({
  options: { virtualHost: true },

  properties: {
    product: { type: Object, value: {} },
    liked: { type: Boolean, value: false }
  },

  data: {
    stars: [1, 2, 3, 4, 5]
  },

  methods: {
    open() {
      wx.navigateTo({ url: '/pages/product/product?id=' + this.data.product.id })
    },

    toggle() {
      this.triggerEvent('like', { id: this.data.product.id, liked: !this.data.liked })
    }
  }
})
