// no page renders this file; every page sees ../shared/far.png as the same file
module.exports = { far: '../shared/far.png' }
