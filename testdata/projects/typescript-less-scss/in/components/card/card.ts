Component({
  properties: { cover: { type: String, value: '/images/cover.png' } },
})
