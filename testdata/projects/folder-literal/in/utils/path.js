const list = (dir) => ['a', 'b'].map((name) => dir.concat(name, '.png'))

module.exports = { list }
