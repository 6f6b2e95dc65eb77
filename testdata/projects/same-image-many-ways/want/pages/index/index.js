Page({
  data: { a: 'https://img.example.com/images/logo.png', b: 'https://img.example.com/images/logo.png', c: 'https://img.example.com/images/logo.png', d: "https://img.example.com/images/logo.png?x=1" }
})
