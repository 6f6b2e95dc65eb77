Page({
  data: { host: '', vip: true, query: '', season: 'spring' }
})
