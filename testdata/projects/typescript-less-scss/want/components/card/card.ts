Component({
  properties: { cover: { type: String, value: 'https://img.example.com/images/cover.png' } },
})
