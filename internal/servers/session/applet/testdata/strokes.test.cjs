// What a drawing is, without a canvas.

const test = require('node:test')
const assert = require('node:assert/strict')
const path = require('node:path')

const strokes = require(path.join(process.env.FILES, 'utils/strokes.js'))
const { thumbnail } = require(path.join(process.env.FILES, 'utils/thumbnail.js'))

test('what is written is read', () => {
  const list = [{ color: '#c23b20', width: 12, points: [0, 0, 500.4, 999.6] }]
  const text = strokes.write(list)
  assert.equal(text, '[{"color":"#c23b20","width":12,"points":[0,0,500,1000]}]')
  assert.deepEqual(strokes.read(text), [{ color: '#c23b20', width: 12, points: [0, 0, 500, 1000] }])
})

test('nothing that is read throws', () => {
  for (const text of ['', 'x', 'null', '{}', '1', '[]', '[null]', '[1,"x"]', '[[]]', '[{"points":"x"}]', '[{"points":[null,1]}]', '[{"method":"stroke"}]', '[{"method":"stroke","data":[null,{"method":"lineTo"}]}]', undefined, null, 7]) {
    assert.deepEqual(strokes.read(text), [], String(text))
  }
  const odd = strokes.read('[{"points":[1,2,"x",4,5],"color":7,"width":-1}]')
  assert.deepEqual(odd, [{ color: '#222222', width: 8, points: [1, 2] }])
})

test('drawings of the old client are read', () => {
  const list = strokes.read(JSON.stringify([
    { method: 'setStrokeStyle', data: ['normal', [255, 0, 10, 255]] },
    { method: 'setLineWidth', data: [4] },
    { method: 'stroke', data: [{ method: 'moveTo', data: [0, 0] }, { method: 'lineTo', data: [100, 50] }, { method: 'moveTo', data: [5, 5] }, { method: 'quadraticCurveTo', data: [1, 1, 20, 20] }] },
    { method: 'setStrokeStyle', data: ['#00ff00'] },
    { method: 'stroke', data: [{ method: 'moveTo', data: [10, 10] }, { method: 'lineTo', data: [20, 10] }] },
  ]))
  assert.equal(list.length, 3)
  assert.equal(list[0].color, 'rgb(255, 0, 10)')
  assert.equal(list[2].color, '#00ff00')
  assert.equal(list[0].points.length, 4)
  assert.ok(Math.max(...list.flatMap(s => s.points)) <= strokes.SIDE)
})

test('points stay on the paper and are not repeated', () => {
  const s = { points: [] }
  assert.ok(strokes.extend(s, -5, 2000))
  assert.deepEqual(s.points, [0, 1000])
  assert.ok(!strokes.extend(s, 1, 1000))
  assert.ok(strokes.extend(s, 10, 1000))
})

test('the server takes what fits', () => {
  assert.ok(strokes.fits('x'.repeat(1 << 20)))
  assert.ok(!strokes.fits('x'.repeat((1 << 20) + 1)))
})

test('ids differ', () => {
  const ids = new Set(Array.from({ length: 1000 }, strokes.newID))
  assert.equal(ids.size, 1000)
  for (const id of ids) assert.match(id, /^[a-z0-9-]{1,40}$/)
})

test('painting draws every stroke in its colour', () => {
  const calls = []
  const ctx = new Proxy({}, {
    get: (_, name) => (...args) => calls.push([name, ...args]),
    set: (_, name, value) => calls.push([name, value]),
  })
  strokes.paint(ctx, [{ color: 'red', width: 10, points: [0, 0, 100, 100, 200, 0] }, { color: 'blue', width: 10, points: [500, 500] }], 100)
  assert.deepEqual(calls.filter(c => c[0] === 'strokeStyle').map(c => c[1]), ['red', 'blue'])
  assert.equal(calls.filter(c => c[0] === 'stroke').length, 1)
  assert.deepEqual(calls.find(c => c[0] === 'arc').slice(1, 4), [50, 50, 0.5])
  const canvas = { getContext: () => ctx, toDataURL: type => 'data:' + type }
  assert.equal(thumbnail(canvas, '[]', 240), 'data:image/png')
  assert.equal(canvas.width, 240)
})
