Page({
  data: {
    space: '/images/two words.png',
    escaped: '/images/\u4e2d\u6587.png',
    quoted: '/images/it\'s.png',
    encoded: '/images/%E8%8C%B6.png'
  }
})
