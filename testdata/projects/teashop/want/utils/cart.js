const KEY = 'cart-v1'
let items = {}

function load() {
  items = wx.getStorageSync(KEY) || {}
}

function add(id, n = 1) {
  items[id] = Math.max(0, (items[id] || 0) + n)
  if (items[id] === 0) delete items[id]
  wx.setStorage({ key: KEY, data: items })
}

function entries() {
  return Object.keys(items).map((id) => ({ id, count: items[id] }))
}

module.exports = { load, add, entries }
