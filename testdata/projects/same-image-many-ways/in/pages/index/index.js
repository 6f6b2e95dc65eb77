Page({
  data: { a: '/images/logo.png', b: '../../images/logo.png', c: 'images/logo.png', d: "/images/logo.png?x=1" }
})
