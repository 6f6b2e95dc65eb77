// 首页：运诚衆縗 的图标
Page({
  data: { title: '运诚縗', icon: 'https://img.example.com/images/icon.png', tip: '衆' }
})
