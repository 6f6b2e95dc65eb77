Page({
  data: {
    space: 'https://img.example.com/images/two%20words.png',
    escaped: 'https://img.example.com/images/%E4%B8%AD%E6%96%87.png',
    quoted: 'https://img.example.com/images/it%27s.png',
    encoded: 'https://img.example.com/images/%E8%8C%B6.png'
  }
})
