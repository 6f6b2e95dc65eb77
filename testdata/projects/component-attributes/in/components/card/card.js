Component({
  properties: {
    img: { type: String, value: './assets/default.png' },
    cover: { type: String, value: '/images/cover.png' }
  }
})
