// Small pictures of drawings, painted one after the other on one canvas.

const strokes = require('./strokes.js')

// thumbnail paints a drawing on a canvas of type 2d and returns its picture.
function thumbnail(canvas, actions, side) {
  canvas.width = canvas.height = side
  strokes.paint(canvas.getContext('2d'), strokes.read(actions), side)
  return canvas.toDataURL('image/png')
}

module.exports = { thumbnail }
