Page({
  data: { cover: 'https://img.example.com/packages/shop/images/cover.jpg', near: 'https://img.example.com/packages/shop/images/near.png' }
})
