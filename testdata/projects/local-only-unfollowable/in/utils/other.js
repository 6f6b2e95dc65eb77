module.exports = { other: '/images/other.png' }
