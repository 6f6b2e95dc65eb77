const IMAGES = '/images/'

module.exports = { IMAGES }
