Page({
  data: { on: true, item: {}, kind: 'hot', bg: '', lang: 'zh' }
})
