Page({
  data: { logo: '/images/logo.png' },
  level: (n) => '/images/levels/' + n + '.png'
})
