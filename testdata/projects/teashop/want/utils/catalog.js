// 商品目录。正式版由接口返回，离线时用这一份。
const PRODUCTS = [
  { id: 'longjing', kind: 'green', name: '明前龙井', origin: '浙江 · 狮峰', price: 168, score: 5, image: 'https://img.example.com/images/products/longjing.jpg' },
  { id: 'tieguanyin', kind: 'oolong', name: '清香铁观音', origin: '福建 · 安溪', price: 98, score: 4, image: 'https://img.example.com/images/products/tieguanyin.jpg' },
  { id: 'dahongpao', kind: 'oolong', name: '武夷大红袍', origin: '福建 · 武夷山', price: 238, score: 5, image: 'https://img.example.com/images/products/dahongpao.jpg' },
  { id: 'puer', kind: 'black', name: '勐海熟普', origin: '云南 · 勐海', price: 128, score: 4, image: 'https://img.example.com/images/products/puer.jpg' },
  { id: 'jasmine', kind: 'green', name: '茉莉银针', origin: '广西 · 横州', price: 76, score: 4, image: 'https://img.example.com/images/products/jasmine.jpg' },
  { id: 'gaiwan', kind: 'teaware', name: '青白釉盖碗', origin: '江西 · 景德镇', price: 199, score: 5, image: 'https://img.example.com/images/products/gaiwan.jpg' }
]

const KINDS = [
  { key: 'green', name: '绿茶' },
  { key: 'oolong', name: '乌龙' },
  { key: 'black', name: '黑茶' },
  { key: 'teaware', name: '茶器' }
]

function find(id) {
  return PRODUCTS.find((p) => p.id === id)
}

function byKind(kind) {
  return PRODUCTS.filter((p) => p.kind === kind)
}

module.exports = { PRODUCTS, KINDS, find, byKind }
