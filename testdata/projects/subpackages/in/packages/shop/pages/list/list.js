Page({
  data: { cover: '/packages/shop/images/cover.jpg', near: '../../images/near.png' }
})
