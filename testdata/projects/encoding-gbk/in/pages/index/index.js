// 首页：运诚衆縗 的图标
Page({
  data: { title: '运诚縗', icon: '/images/icon.png', tip: '衆' }
})
