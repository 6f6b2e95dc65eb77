const strokes = require('../../utils/strokes.js')
const words = require('../../utils/words.js')

const COLORS = ['#2b2622', '#c23b20', '#e8912d', '#3c8d40', '#2a6fdb', '#7b4bb3', '#d5568f', '#8a6a4a']

Page({
  data: { colors: COLORS, color: COLORS[0], width: 12, empty: true, saving: false },

  onLoad() {
    this.session = getApp().session
    this.list = []
    this.id = ''
    this.getOpenerEventChannel().on('open', ({ id, actions }) => {
      const list = strokes.read(actions)
      if (list.length === 0) {
        wx.showToast({ title: '这张画是别的程序画的', icon: 'none' })
        return // saving makes a new one, and the old one stays
      }
      this.id = id
      this.list = list
      this.paint()
    })
  },

  onReady() {
    this.createSelectorQuery()
      .select('#paper')
      .fields({ node: true, size: true })
      .exec(found => {
        const { node, width } = found[0]
        this.canvas = node
        this.scale = strokes.SIDE / width
        node.width = node.height = Math.round(width * wx.getWindowInfo().pixelRatio)
        this.paint()
      })
  },

  paint() {
    this.setData({ empty: this.list.length === 0 })
    if (this.canvas) strokes.paint(this.canvas.getContext('2d'), this.list, this.canvas.width)
  },

  begin(e) {
    if (this.now) return // a second finger
    this.now = { color: this.data.color, width: this.data.width, points: [] }
    this.list.push(this.now)
    this.move(e)
  },

  move(e) {
    const touch = e.touches[0]
    if (!this.now || !touch) return
    if (strokes.extend(this.now, touch.x * this.scale, touch.y * this.scale)) {
      strokes.paint(this.canvas.getContext('2d'), this.list, this.canvas.width)
    }
  },

  end() {
    this.now = null
    this.paint()
  },

  undo() {
    this.list.pop()
    this.paint()
  },

  choose(e) {
    this.setData({ color: e.currentTarget.dataset.color })
  },

  widen(e) {
    this.setData({ width: e.detail.value })
  },

  async save() {
    const actions = strokes.write(this.list)
    if (!strokes.fits(actions)) {
      wx.showToast({ title: '这张画太大了', icon: 'none' })
      return
    }
    this.setData({ saving: true })
    try {
      const id = this.id || strokes.newID()
      await this.session.save({ id, actions })
      this.id = id
      wx.showToast({ title: '已保存' })
    } catch (e) {
      wx.showToast({ title: words(e), icon: 'none' })
    }
    this.setData({ saving: false })
  },
})
