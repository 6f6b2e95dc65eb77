Page({
  data: {
    stories: [
      { id: 'garden', title: '清晨五点的茶园', cover: 'https://img.example.com/packages/story/images/garden.jpg' },
      { id: 'roasting', title: '炭焙房的一夜', cover: 'https://img.example.com/packages/story/images/roasting.jpg' },
      { id: 'tasting', title: '三个人，一泡茶', cover: 'https://img.example.com/packages/story/images/tasting.jpg' }
    ]
  }
})
