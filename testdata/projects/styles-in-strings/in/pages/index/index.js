Page({
  data: { style: 'background-image: url(/images/in-string.png)', open: false }
})
