const path = require('../../utils/path')
const DIR = '/images/cards/'

Page({
  data: { cards: path.list(DIR), hero: '/images/hero.png' }
})
