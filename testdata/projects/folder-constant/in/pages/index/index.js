const { IMAGES } = require('../../utils/const')
const ICONS = '/images/icons/'

Page({
  data: {
    logo: IMAGES + 'logo.png',
    heart: ICONS + 'heart.png',
    star: `${ICONS}star.png`,
    hero: IMAGES + 'home/' + 'hero.jpg'
  }
})
