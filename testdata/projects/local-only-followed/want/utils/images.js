const SEAL = '/images/seal.png'
const BANNER = 'https://img.example.com/images/banner.png'

module.exports = { SEAL, BANNER }
