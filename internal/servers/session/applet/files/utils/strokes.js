// What a drawing is: a list of strokes, each with a colour, a width and its
// points as x, y, x, y, …, in a square of 1000 × 1000. The server keeps it as a
// JSON string and does not look into it. The mini-program and the web page share
// this file; it touches neither wx nor the document.

const SIDE = 1000;
const MAX_BYTES = 1 << 20; // what the server takes
const NEAR = 3; // points closer than this say nothing new

function isNumber(n) {
  return typeof n === 'number' && isFinite(n);
}

function readStroke(s) {
  const points = [];
  const given = Array.isArray(s.points) ? s.points : [];
  for (let i = 0; i + 1 < given.length; i += 2) {
    if (isNumber(given[i]) && isNumber(given[i + 1])) points.push(given[i], given[i + 1]);
  }
  return {
    color: typeof s.color === 'string' ? s.color : '#222222',
    width: isNumber(s.width) && s.width > 0 ? Math.min(s.width, SIDE) : 8,
    points,
  };
}

function colorOf(data) {
  if (!Array.isArray(data)) return '#222222';
  if (typeof data[0] === 'string' && data[0] !== 'normal') return data[0];
  const c = Array.isArray(data[1]) ? data[1] : [];
  const part = i => (isNumber(c[i]) ? Math.max(0, Math.min(255, Math.round(c[i]))) : 0);
  return `rgb(${part(0)}, ${part(1)}, ${part(2)})`;
}

// The old client kept the calls of a canvas, in pixels of its phone.
function readCalls(calls) {
  const list = [];
  let color = '#222222';
  let width = 5;
  let largest = 1;
  for (const call of calls) {
    if (!call || !Array.isArray(call.data)) continue;
    if (call.method === 'setStrokeStyle' || call.method === 'setFillStyle') color = colorOf(call.data);
    if (call.method === 'setLineWidth' && isNumber(call.data[0])) width = call.data[0];
    if (call.method !== 'stroke' && call.method !== 'fill') continue;
    let points = [];
    for (const step of call.data) {
      if (!step || !Array.isArray(step.data)) continue;
      const end = step.data.slice(-2);
      if (step.method === 'moveTo') {
        if (points.length > 0) list.push({ color, width, points });
        points = [];
      } else if (!/To$/.test(step.method)) {
        continue;
      }
      if (!isNumber(end[0]) || !isNumber(end[1])) continue;
      points.push(end[0], end[1]);
      largest = Math.max(largest, end[0], end[1]);
    }
    if (points.length > 0) list.push({ color, width, points });
  }
  const scale = SIDE / (largest * 1.05);
  return list.map(s => ({ color: s.color, width: s.width * scale, points: s.points.map(n => n * scale) }));
}

// read returns the strokes of a drawing. What it does not understand is no stroke;
// it never throws.
function read(actions) {
  let list;
  try {
    list = JSON.parse(actions);
  } catch (e) {
    return [];
  }
  if (!Array.isArray(list)) return [];
  list = list.filter(s => s !== null && typeof s === 'object');
  const own = list.filter(s => Array.isArray(s.points)).map(readStroke);
  return (own.length > 0 ? own : readCalls(list)).filter(s => s.points.length > 0);
}

// write is the text of a drawing, in whole units.
function write(list) {
  return JSON.stringify(list.map(s => ({ color: s.color, width: Math.round(s.width), points: s.points.map(Math.round) })));
}

// fits says whether the server takes a text, all of whose characters are ASCII.
function fits(text) {
  return text.length <= MAX_BYTES;
}

// extend adds a point to a stroke unless it is next to the last one; it says
// whether it did.
function extend(stroke, x, y) {
  const p = stroke.points;
  const n = p.length;
  x = Math.max(0, Math.min(SIDE, x));
  y = Math.max(0, Math.min(SIDE, y));
  if (n > 0 && Math.hypot(x - p[n - 2], y - p[n - 1]) < NEAR) return false;
  p.push(x, y);
  return true;
}

// paintStroke draws one stroke on a 2D context whose square has that side, as
// curves through the middles between points.
function paintStroke(ctx, stroke, side) {
  const k = side / SIDE;
  const p = stroke.points;
  ctx.strokeStyle = ctx.fillStyle = stroke.color;
  const width = Math.max(stroke.width * k, 0.5);
  ctx.lineWidth = width;
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.beginPath();
  if (p.length === 2) {
    ctx.arc(p[0] * k, p[1] * k, width / 2, 0, 2 * Math.PI);
    ctx.fill();
    return;
  }
  ctx.moveTo(p[0] * k, p[1] * k);
  for (let i = 2; i + 3 < p.length; i += 2) {
    ctx.quadraticCurveTo(p[i] * k, p[i + 1] * k, ((p[i] + p[i + 2]) / 2) * k, ((p[i + 1] + p[i + 3]) / 2) * k);
  }
  ctx.lineTo(p[p.length - 2] * k, p[p.length - 1] * k);
  ctx.stroke();
}

// paint draws strokes on white.
function paint(ctx, list, side) {
  ctx.fillStyle = '#ffffff';
  ctx.fillRect(0, 0, side, side);
  for (const stroke of list) paintStroke(ctx, stroke, side);
}

// newID is an id that no other drawing of the user has.
function newID() {
  return Date.now().toString(36) + '-' + Math.random().toString(36).slice(2, 8);
}

const strokes = { SIDE, read, write, fits, extend, paint, paintStroke, newID };
if (typeof module === 'object') {
  module.exports = strokes;
} else {
  globalThis.strokes = strokes;
}
