Page({
  data: { logo: 'https://img.example.com/images/logo.10a291b1.png' },
  level: (n) => 'https://img.example.com/images/levels/' + n + '.png'
})
