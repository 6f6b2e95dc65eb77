Page({
  data: { good: '/images/good.png' }
})
