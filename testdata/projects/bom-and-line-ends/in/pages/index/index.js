Page({
  data: { icon: '/images/icon.png' }
})
