Component({
  properties: {
    image: String,
    text: { type: String, value: '这里还空着' }
  }
})
