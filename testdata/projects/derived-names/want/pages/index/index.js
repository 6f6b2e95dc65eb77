Page({
  data: { tabs: ['https://img.example.com/images/tabs/hot.png', 'https://img.example.com/images/tabs/new.png'] },

  select(e) {
    const { icon } = e.currentTarget.dataset
    this.setData({ active: icon.replace('.png', '_on.png') })
  },

  retina(src) {
    return src.replace(/\.jpg$/, '@2x.jpg')
  }
})
