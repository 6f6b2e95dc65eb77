// A canvas to draw on, with mouse, finger, pen or keys.

const { strokes } = globalThis;
const STEP = 20; // of an arrow key

export class Paper extends EventTarget {
  list = [];
  color = '#2b2622';
  width = 12;
  #canvas;
  #ctx;
  #now = null; // the stroke that is being drawn
  #pen = { x: strokes.SIDE / 2, y: strokes.SIDE / 2, down: false, seen: false }; // of the keys

  constructor(canvas) {
    super();
    this.#canvas = canvas;
    this.#ctx = canvas.getContext('2d');
    canvas.addEventListener('pointerdown', e => this.#begin(e));
    canvas.addEventListener('pointermove', e => this.#move(e));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      canvas.addEventListener(end, () => this.#end());
    }
    canvas.addEventListener('keydown', e => this.#key(e));
    canvas.addEventListener('blur', () => {
      this.#pen.seen = this.#pen.down = false;
      this.#end();
      this.draw();
    });
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  /** show replaces what is drawn. */
  show(list) {
    this.list = list;
    this.#now = null;
    this.#pen.down = false;
    this.draw();
  }

  undo() {
    this.#end();
    this.list.pop();
    this.draw();
    this.#changed();
  }

  draw() {
    const side = this.#canvas.width;
    strokes.paint(this.#ctx, this.list, side);
    if (!this.#pen.seen) return;
    const k = side / strokes.SIDE;
    this.#ctx.strokeStyle = '#2a6fdb';
    this.#ctx.lineWidth = 2;
    this.#ctx.beginPath();
    this.#ctx.arc(this.#pen.x * k, this.#pen.y * k, this.#pen.down ? 5 : 10, 0, 2 * Math.PI);
    this.#ctx.stroke();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }

  #resize() {
    const side = Math.max(1, Math.round(this.#canvas.clientWidth * devicePixelRatio));
    if (this.#canvas.width === side) return;
    this.#canvas.width = this.#canvas.height = side;
    this.draw();
  }

  #start(x, y) {
    this.#now = { color: this.color, width: this.width, points: [] };
    strokes.extend(this.#now, x, y);
    this.list.push(this.#now);
  }

  #at(e) {
    const box = this.#canvas.getBoundingClientRect();
    return [((e.clientX - box.left) / box.width) * strokes.SIDE, ((e.clientY - box.top) / box.height) * strokes.SIDE];
  }

  #begin(e) {
    if (this.#now || e.button !== 0) return;
    this.#canvas.setPointerCapture(e.pointerId);
    this.#now = null;
    this.#start(...this.#at(e));
    this.draw();
  }

  #move(e) {
    if (!this.#now || this.#pen.down) return;
    const passed = e.getCoalescedEvents?.() ?? [];
    for (const one of passed.length > 0 ? passed : [e]) strokes.extend(this.#now, ...this.#at(one));
    this.draw();
  }

  #end() {
    if (!this.#now) return;
    this.#now = null;
    this.#changed();
  }

  #key(e) {
    const pen = this.#pen;
    const way = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[e.key];
    if (way) {
      pen.x = Math.max(0, Math.min(strokes.SIDE, pen.x + way[0]));
      pen.y = Math.max(0, Math.min(strokes.SIDE, pen.y + way[1]));
      if (pen.down) strokes.extend(this.#now, pen.x, pen.y);
    } else if (e.key === ' ') {
      pen.down = !pen.down;
      if (pen.down) this.#start(pen.x, pen.y);
      else this.#end();
      this.dispatchEvent(new Event(pen.down ? 'pendown' : 'penup'));
    } else {
      return;
    }
    e.preventDefault();
    pen.seen = true;
    this.draw();
  }
}
