Page({
  data: {
    icon: 'images/icon.png',
    clear: 'https://img.example.com/images/clear.png',
    rooted: 'https://img.example.com/assets/rooted.png',
    near: 'https://img.example.com/pages/shared/near.png'
  }
})
