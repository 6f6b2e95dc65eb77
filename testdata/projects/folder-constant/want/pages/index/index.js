const { IMAGES } = require('../../utils/const')
const ICONS = '/images/icons/'

Page({
  data: {
    logo: 'https://img.example.com/images/logo.png',
    heart: 'https://img.example.com/images/icons/heart.png',
    star: `https://img.example.com/images/icons/star.png`,
    hero: 'https://img.example.com/images/home/hero.jpg'
  }
})
