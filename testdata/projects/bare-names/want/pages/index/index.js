Page({
  data: {
    name: 'logo.png',
    list: ['a.png', 'b.jpg'],
    src: 'https://img.example.com/photo.png',
    path: 'https://img.example.com/images/direct.png'
  }
})
