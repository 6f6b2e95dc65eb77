Component({
  properties: {
    img: { type: String, value: 'https://img.example.com/components/card/assets/default.png' },
    cover: { type: String, value: 'https://img.example.com/images/cover.png' }
  }
})
