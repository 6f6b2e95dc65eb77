package jpegcoef

import (
	"context"
	"math/bits"
)

// scanWriter turns the coefficients of one scan into tokens.
type scanWriter struct {
	m *Image
	scanSpec
	progressive bool

	tokens  []token
	pred    []int
	eobRun  int
	table   int     // of the only component, in AC scans
	pending []token // correction bits that follow the end-of-block run
	own     []token // those of the current block
	err     error
}

// maxEOBRun is the longest run of ended blocks that has a symbol (G.1.2.2).
const maxEOBRun = 0x7fff

func (w *scanWriter) run(ctx context.Context) error {
	w.pred = make([]int, len(w.m.Components))
	width, height := w.m.mcus()
	alone := len(w.components) == 1
	if alone {
		c := &w.m.Components[w.components[0]]
		width, height = c.Cols, c.Lines
		w.table = tableOf(w.components[0])
	}
	for y := range height {
		if err := ctx.Err(); err != nil {
			return err
		}
		for x := range width {
			for _, i := range w.components {
				c := &w.m.Components[i]
				h, v := c.H, c.V
				if alone {
					h, v = 1, 1
				}
				for by := range v {
					for bx := range h {
						w.block(i, c, x*h+bx, y*v+by)
					}
				}
			}
		}
		if w.err != nil {
			return w.err
		}
	}
	w.flush()
	return w.err
}

// zeros stands for the blocks of a component that no scan has coded.
var zeros [64]int16

func (w *scanWriter) block(i int, c *Component, x, y int) {
	b := zeros[:]
	if c.Coef != nil {
		b = c.block(x, y)
	}
	switch {
	case !w.progressive:
		w.dc(i, b)
		w.sequential(tableOf(i), b)
	case w.ss == 0 && w.ah == 0:
		w.dc(i, b)
	case w.ss == 0:
		w.tokens = append(w.tokens, plainToken(1, uint32(b[0]>>w.al)&1))
	case w.ah == 0:
		w.first(b)
	default:
		w.refine(b)
	}
}

func (w *scanWriter) dc(i int, b []int16) {
	v := int(b[0] >> w.al)
	n, plain := magnitude(v - w.pred[i])
	if n > maxDCBits {
		w.err = errRange
		return
	}
	w.pred[i] = v
	w.tokens = append(w.tokens, symbolToken(dcTable+tableOf(i), byte(n), n, plain))
}

// coefficient adds a nonzero AC coefficient that follows run zeros.
func (w *scanWriter) coefficient(table, run, v int) {
	for ; run > 15; run -= 16 {
		w.tokens = append(w.tokens, symbolToken(acTable+table, 0xf0, 0, 0))
	}
	n, plain := magnitude(v)
	if n > maxACBits {
		w.err = errRange
		return
	}
	w.tokens = append(w.tokens, symbolToken(acTable+table, byte(run<<4|n), n, plain))
}

func (w *scanWriter) sequential(table int, b []int16) {
	run := 0
	for _, v := range b[1:] {
		if v == 0 {
			run++
			continue
		}
		w.coefficient(table, run, int(v))
		run = 0
	}
	if run > 0 {
		w.tokens = append(w.tokens, symbolToken(acTable+table, 0, 0, 0))
	}
}

// shifted is v without its lowest bits, rounded to zero (G.1.2.2).
func shifted(v int16, al int) int {
	if v < 0 {
		return -(-int(v) >> al)
	}
	return int(v) >> al
}

func (w *scanWriter) first(b []int16) {
	run := 0
	for k := w.ss; k <= w.se; k++ {
		v := shifted(b[k], w.al)
		if v == 0 {
			run++
			continue
		}
		w.flush()
		w.coefficient(w.table, run, v)
		run = 0
	}
	if run > 0 {
		w.endBlock()
	}
}

// refine sends the next bit of the coefficients (G.1.2.3): new ones as
// symbols, one bit more of the others between them.
func (w *scanWriter) refine(b []int16) {
	last := 0 // the last coefficient that becomes nonzero
	for k := w.ss; k <= w.se; k++ {
		if v := shifted(b[k], w.al); v == 1 || v == -1 {
			last = k
		}
	}
	run := 0
	w.own = w.own[:0]
	for k := w.ss; k <= w.se; k++ {
		v := shifted(b[k], w.al)
		if v == 0 {
			run++
			continue
		}
		for run > 15 && k <= last {
			w.flush()
			w.symbolWithBits(0xf0, 0, 0)
			run -= 16
		}
		if v > 1 || v < -1 {
			w.own = append(w.own, plainToken(1, uint32(max(v, -v))&1))
			continue
		}
		w.flush()
		w.symbolWithBits(byte(run<<4|1), 1, uint32(v+1)/2)
		run = 0
	}
	if run > 0 || len(w.own) > 0 {
		w.pending = append(w.pending, w.own...)
		w.endBlock()
	}
}

// symbolWithBits sends a symbol and the correction bits gathered before it.
func (w *scanWriter) symbolWithBits(symbol byte, n int, plain uint32) {
	w.tokens = append(w.tokens, symbolToken(acTable+w.table, symbol, n, plain))
	w.tokens = append(w.tokens, w.own...)
	w.own = w.own[:0]
}

func (w *scanWriter) endBlock() {
	w.eobRun++
	if w.eobRun == maxEOBRun {
		w.flush()
	}
}

// flush sends the run of ended blocks.
func (w *scanWriter) flush() {
	if w.eobRun > 0 {
		n := bits.Len(uint(w.eobRun)) - 1
		w.tokens = append(w.tokens, symbolToken(acTable+w.table, byte(n<<4), n, uint32(w.eobRun)&(1<<n-1)))
	}
	w.tokens = append(w.tokens, w.pending...)
	w.eobRun, w.pending = 0, w.pending[:0]
}
