// a merge went wrong here
const a = '/images/in-broken-js.png'
const t = `never closed ${a}
module.exports = { a, shared: '/images/shared.png' }
