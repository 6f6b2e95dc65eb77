Page({
  data: {
    icon: 'images/icon.png',
    clear: '/images/clear.png',
    rooted: 'assets/rooted.png',
    near: '../shared/near.png'
  }
})
