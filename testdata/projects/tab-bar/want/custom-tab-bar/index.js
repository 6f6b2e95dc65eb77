Component({
  data: {
    list: [
      { path: '/pages/index/index', icon: '/images/tab/home.png', selected: '/images/tab/home-on.png' },
      { path: '/pages/mine/mine', icon: '../images/tab/mine-light.png', selected: '/images/tab/mine-on.png' }
    ],
    background: 'https://img.example.com/images/tab/background.png'
  }
})
