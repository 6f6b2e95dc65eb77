Page({
  data: { names: ['heart', 'star'], only: '/images/icons/star.png' },
  icon: (name) => '/images/icons/' + name + '.png'
})
