const app = getApp()

Page({
  data: {
    avatar: app.globalData.defaultAvatar,
    nickname: '茶友',
    links: [
      { text: '茶园故事', url: '/packages/story/pages/list/list' },
      { text: '去选茶', url: '/pages/category/category', tab: true }
    ]
  },

  onChooseAvatar(e) {
    this.setData({ avatar: e.detail.avatarUrl })
  },

  go(e) {
    const { url, tab } = this.data.links[e.currentTarget.dataset.index]
    tab ? wx.switchTab({ url }) : wx.navigateTo({ url })
  }
})
