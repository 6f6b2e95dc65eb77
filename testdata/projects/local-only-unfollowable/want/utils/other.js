module.exports = { other: 'https://img.example.com/images/other.png' }
