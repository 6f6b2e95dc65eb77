const { KINDS, byKind } = require('../../utils/catalog')

Page({
  data: {
    kinds: KINDS.map((k) => ({ ...k, icon: 'https://img.example.com/images/category/' + k.key + '.png' })),
    current: KINDS[0].key,
    products: byKind(KINDS[0].key)
  },

  select(e) {
    const { key } = e.currentTarget.dataset
    this.setData({ current: key, products: byKind(key) })
  }
})
