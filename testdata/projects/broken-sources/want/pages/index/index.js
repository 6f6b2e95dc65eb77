Page({
  data: { good: 'https://img.example.com/images/good.png' }
})
