const SEAL = '/images/seal.png'
const BANNER = '/images/banner.png'

module.exports = { SEAL, BANNER }
