Page({
  data: {
    name: 'logo.png',
    list: ['a.png', 'b.jpg'],
    src: 'photo.png',
    path: 'images/direct.png'
  }
})
