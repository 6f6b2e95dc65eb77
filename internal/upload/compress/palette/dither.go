package palette

import (
	"cmp"
	"context"
	"image/color"
	"math"
	"slices"
)

// index finds the nearest colour of a palette.
type index struct {
	points []point // as in the palette
	order  []int   // by luma on black
	rank   []int   // the inverse of order
	lumas  []int32 // in that order
	// lone is how near a point must be to a colour for no other to be nearer:
	// a quarter of the squared distance to the next colour.
	lone []int32
}

func newIndex(colors []color.NRGBA) *index {
	n := len(colors)
	x := &index{points: make([]point, n), order: make([]int, n), rank: make([]int, n), lumas: make([]int32, n), lone: make([]int32, n)}
	for i, c := range colors {
		x.points[i] = pointOf(int32(c.R), int32(c.G), int32(c.B), int32(c.A))
		x.order[i] = i
	}
	slices.SortFunc(x.order, func(i, j int) int {
		return cmp.Or(cmp.Compare(x.points[i][0], x.points[j][0]), cmp.Compare(i, j))
	})
	for r, i := range x.order {
		x.rank[i] = r
		x.lumas[r] = x.points[i][0]
		x.lone[i] = math.MaxInt32
		for j := range x.points {
			if d := x.points[i].distance(&x.points[j]); j != i && d/4 < x.lone[i] {
				x.lone[i] = d / 4
			}
		}
	}
	return x
}

// nearest returns the colour nearest to p, the darkest among equals, looking
// around guess first.
func (x *index) nearest(p *point, guess int) (best int, distance int32) {
	best, distance = guess, p.distance(&x.points[guess])
	if distance < x.lone[guess] {
		return best, distance
	}
	// Outwards in luma, each way until luma alone is farther than the best.
	start, _ := slices.BinarySearch(x.lumas, p[0])
	for r := start; r < len(x.order); r++ {
		if d := x.lumas[r] - p[0]; d*d > distance {
			break
		}
		best, distance = x.nearer(p, x.order[r], best, distance)
	}
	for r := start - 1; r >= 0; r-- {
		if d := x.lumas[r] - p[0]; d*d > distance {
			break
		}
		best, distance = x.nearer(p, x.order[r], best, distance)
	}
	return best, distance
}

func (x *index) nearer(p *point, other, best int, distance int32) (int, int32) {
	d := p.distance(&x.points[other])
	if d < distance || d == distance && x.rank[other] < x.rank[best] {
		return other, d
	}
	return best, distance
}

// maxError keeps diffused errors from running away where the palette has
// nothing near: a sixteenth of the range.
const maxError = 255 * lumaScale / 16

// smooth is the importance from which on errors are passed on in full. In
// texture and at edges nobody sees a step between two colours, and passing it
// on would only add noise.
const smooth = 96

// layOut gives each pixel its colour, row by row in alternating direction, and
// passes errors on as Floyd and Steinberg did.
func (p *Picture) layOut(ctx context.Context, x *index, dither int) ([]uint8, error) {
	m := p.image
	w, h := m.Rect.Dx(), m.Rect.Dy()
	pix := make([]uint8, w*h)
	// Errors for this row and the next, in 1/16, with a margin at both ends.
	now, next := make([]point, w+2), make([]point, w+2)
	guess := 0
	for y := range h {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row := m.Pix[y*m.Stride:][:4*w]
		smoothness := p.importance.line(y)
		begin, end, step := 0, w, 1
		if y%2 == 1 {
			begin, end, step = w-1, -1, -1
		}
		for i := begin; i != end; i += step {
			c := row[4*i : 4*i+4]
			exact := pointOf(int32(c[0]), int32(c[1]), int32(c[2]), int32(c[3]))
			want := exact
			if dither > 0 && c[3] > 0 {
				e := now[i+1]
				if c[3] == 255 {
					// What is opaque stays so: its error is the same on black and
					// on white.
					e[0] = (e[0] + e[1]) / 2
					e[1] = e[0]
				}
				for k := range want {
					want[k] += max(-maxError, min(maxError, e[k]/16))
				}
			}
			guess, _ = x.nearest(&want, guess)
			pix[y*w+i] = uint8(guess)
			if dither == 0 || c[3] == 0 {
				continue
			}
			strength := int32(dither) * min(smooth, int32(smoothness[i/importanceCell])) / smooth
			got := &x.points[guess]
			for k := range want {
				e := (want[k] - got[k]) * strength / 256
				now[i+1+step][k] += 7 * e
				next[i+1-step][k] += 3 * e
				next[i+1][k] += 5 * e
				next[i+1+step][k] += e
			}
		}
		now, next = next, now
		clear(next)
	}
	return pix, nil
}
