const a = b + '/img/'
const b = a + 'x'
wx.x = a + 'a.png'
