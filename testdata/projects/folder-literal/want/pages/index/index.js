const path = require('../../utils/path')
const DIR = '/images/cards/'

Page({
  data: { cards: path.list(DIR), hero: 'https://img.example.com/images/hero.png' }
})
