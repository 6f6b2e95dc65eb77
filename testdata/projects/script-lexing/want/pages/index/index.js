/* '/images/block.png' */
const half = 10 / 2 /* '/images/inline-block.png' */ / 1 // '/images/line.png'
const quote = /["'`]/g, slash = /[/'"]/, ok = half / 2
const url = 'https://www.example.org//not-a-comment' + '/x'
const pick = (x) => x.k || x
const nested = `a ${[1].map((n) => `b ${n} ${pick('https://img.example.com/images/nested.png')} ${pick({ k: 'https://img.example.com/images/in-object.png' })}`)} c`
const plain = `https://img.example.com/images/template.png`
const escaped = 'https://img.example.com/images/escaped.png'
const joined = 'https://img.example.com/images/joined.png'
const continued = 'https://img.example.com/images/continued.png'
if (half) /'images/.test(quote) && (x => x)(slash)
const a = ok ? 'https://img.example.com/images/a.png' : 'https://img.example.com/images/b.png', b = { 'https://img.example.com/images/key.png': 1, method() { return /=>"/.test('') } }
let i = 1; i++ / 2; const c = 'https://img.example.com/images/after-division.png'

Page({ data: { nested, plain, escaped, joined, continued, a, b, c, url } })
