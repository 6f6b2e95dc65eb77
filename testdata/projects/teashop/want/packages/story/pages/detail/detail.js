const TEXT = {
  garden: '雾还没散，采茶人已经上山。一芽一叶，竹篓到中午才装满一半。',
  roasting: '炭火用的是荔枝木。师傅守着一夜，只为那一点点焦糖香。',
  tasting: '第一泡洗茶，第二泡闻香，第三泡才开始说话。'
}

Page({
  data: { id: 'garden', text: '' },

  onLoad({ id = 'garden' }) {
    this.setData({ id, text: TEXT[id] })
  }
})
