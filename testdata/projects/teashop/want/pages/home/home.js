const catalog = require('../../utils/catalog')

Page({
  data: {
    loading: true,
    banners: [
      { image: 'https://img.example.com/images/banners/spring.jpg', url: '/pages/category/category', tab: true },
      { image: 'https://img.example.com/images/banners/gift.jpg', url: '/pages/product/product?id=dahongpao' },
      { image: 'https://img.example.com/images/banners/teaware.jpg', url: '/packages/story/pages/list/list' }
    ],
    kinds: catalog.KINDS,
    products: [],
    liked: {}
  },

  onLoad() {
    this.refresh()
  },

  onPullDownRefresh() {
    this.refresh()
    wx.stopPullDownRefresh()
  },

  refresh() {
    this.setData({ products: catalog.PRODUCTS, loading: false })
  },

  onBanner(e) {
    const { url, tab } = this.data.banners[e.currentTarget.dataset.index]
    tab ? wx.switchTab({ url }) : wx.navigateTo({ url })
  },

  onLike({ detail }) {
    this.setData({ [`liked.${detail.id}`]: detail.liked })
  },

  onShareAppMessage() {
    return { title: '山野茶铺：一杯好茶', path: '/pages/home/home', imageUrl: 'https://img.example.com/images/share.jpg' }
  }
})
