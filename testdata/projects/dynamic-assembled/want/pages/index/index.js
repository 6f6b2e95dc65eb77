Page({
  data: { kinds: ['hot', 'cold'], hero: 'https://img.example.com/images/hero.png' },

  level(n) {
    let path = '/images/levels/'
    path += n
    return path + '.png'
  },

  joined: (name) => ['/images/joined', name + '.png'].join('/')
})
