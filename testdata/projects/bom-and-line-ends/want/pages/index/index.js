Page({
  data: { icon: 'https://img.example.com/images/icon.png' }
})
