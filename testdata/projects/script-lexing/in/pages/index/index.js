/* '/images/block.png' */
const half = 10 / 2 /* '/images/inline-block.png' */ / 1 // '/images/line.png'
const quote = /["'`]/g, slash = /[/'"]/, ok = half / 2
const url = 'https://www.example.org//not-a-comment' + '/x'
const pick = (x) => x.k || x
const nested = `a ${[1].map((n) => `b ${n} ${pick('/images/nested.png')} ${pick({ k: '/images/in-object.png' })}`)} c`
const plain = `/images/template.png`
const escaped = '\/images\/escaped.png'
const joined = '/images/' +
  'joined' + // half a name
  '.png'
const continued = '/images/conti\
nued.png'
if (half) /'images/.test(quote) && (x => x)(slash)
const a = ok ? '/images/a.png' : '/images/b.png', b = { '/images/key.png': 1, method() { return /=>"/.test('') } }
let i = 1; i++ / 2; const c = '/images/after-division.png'

Page({ data: { nested, plain, escaped, joined, continued, a, b, c, url } })
