const words = require('../../utils/words.js')
const { thumbnail } = require('../../utils/thumbnail.js')

const SIDE = 240

Page({
  data: { profile: {}, drawings: [], loaded: false },

  onLoad() {
    this.session = getApp().session
    this.setData({ profile: this.session.profile() })
  },

  onReady() {
    this.createSelectorQuery()
      .select('#thumb')
      .fields({ node: true })
      .exec(found => {
        this.canvas = found[0].node
        this.refresh()
      })
  },

  onShow() {
    if (this.canvas) this.refresh()
  },

  onPullDownRefresh() {
    this.refresh().then(wx.stopPullDownRefresh)
  },

  async refresh() {
    try {
      const list = await this.session.list()
      const drawings = list.map(({ id, actions }) => ({ id, picture: thumbnail(this.canvas, actions, SIDE) }))
      this.all = new Map(list.map(d => [d.id, d.actions]))
      this.setData({ drawings, loaded: true })
    } catch (e) {
      this.say(e)
    }
  },

  say(error) {
    wx.showToast({ title: words(error), icon: 'none' })
  },

  // The picture stays on this phone: its address is temporary, so it is copied.
  chooseAvatar(e) {
    wx.getFileSystemManager().saveFile({
      tempFilePath: e.detail.avatarUrl,
      success: res => this.setProfile({ avatar: res.savedFilePath }),
      fail: error => this.say(error),
    })
  },

  chooseName(e) {
    this.setProfile({ nickName: e.detail.value.trim() })
  },

  setProfile(change) {
    this.session.setProfile(change)
    this.setData({ profile: this.session.profile() })
  },

  draw() {
    wx.navigateTo({ url: '/pages/draw/draw' })
  },

  open(e) {
    const { id } = e.currentTarget.dataset
    wx.navigateTo({
      url: '/pages/draw/draw',
      success: page => page.eventChannel.emit('open', { id, actions: this.all.get(id) }),
    })
  },

  async remove(e) {
    const { confirm } = await wx.showModal({ title: '删除', content: '确定删除这张画？', confirmColor: '#c23b20' })
    if (!confirm) return
    try {
      await this.session.remove(e.currentTarget.dataset.id)
      await this.refresh()
    } catch (error) {
      this.say(error)
    }
  },
})
