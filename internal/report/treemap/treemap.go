// Package treemap lays out weighted items as rectangles whose areas are in
// proportion to the weights and whose sides are as equal as that allows:
// squarified treemaps, after Bruls, Huizing and van Wijk (2000).
//
// It never draws anything and knows nothing of files.
package treemap

import (
	"math"
	"slices"
)

// Rect is a rectangle; X and Y are those of its upper left corner.
type Rect struct{ X, Y, W, H float64 }

// Area is the area of r.
func (r Rect) Area() float64 { return r.W * r.H }

// Layout divides area among items with these weights, the heaviest first in the
// upper left corner. The result has one rectangle for each weight, in the order
// given. A weight that is not positive and finite gets an empty one, as do all
// when area is empty.
func Layout(weights []float64, area Rect) []Rect {
	out := make([]Rect, len(weights))
	var order []int
	sum := 0.0
	for i, w := range weights {
		out[i] = Rect{X: area.X, Y: area.Y}
		if w > 0 && !math.IsInf(w, 1) {
			order = append(order, i)
			sum += w
		}
	}
	if !(area.W > 0) || !(area.H > 0) || math.IsInf(sum, 1) {
		return out
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case weights[a] > weights[b]:
			return -1
		case weights[a] < weights[b]:
			return 1
		}
		return 0
	})
	scale := area.Area() / sum
	for free := area; len(order) > 0; {
		n := row(order, weights, scale, min(free.W, free.H))
		free = place(out, order[:n], weights, scale, free, n == len(order))
		order = order[n:]
	}
	return out
}

// row is how many of the items belong into a row along a side: as many as make
// its worst rectangle no worse.
func row(order []int, weights []float64, scale, side float64) int {
	sum, worst := 0.0, math.Inf(1)
	heaviest := weights[order[0]] * scale
	for n, i := range order {
		a := weights[i] * scale
		sum += a
		// The worst of a row is its heaviest or its lightest.
		now := max(side*side*heaviest/(sum*sum), sum*sum/(side*side*a))
		if now > worst {
			return n
		}
		worst = now
	}
	return len(order)
}

// place puts a row along the shorter side of free and returns what is left. The
// last row takes all there is, whatever rounding says.
func place(out []Rect, items []int, weights []float64, scale float64, free Rect, last bool) Rect {
	sum := 0.0
	for _, i := range items {
		sum += weights[i] * scale
	}
	wide := free.W >= free.H // the row is a column at the left
	thick := min(sum/min(free.W, free.H), max(free.W, free.H))
	if last {
		thick = max(free.W, free.H)
	}
	at, long := 0.0, min(free.W, free.H)
	for k, i := range items {
		side := long * (weights[i] * scale / sum)
		if k == len(items)-1 {
			side = max(long-at, 0)
		}
		if wide {
			out[i] = Rect{free.X, free.Y + at, thick, side}
		} else {
			out[i] = Rect{free.X + at, free.Y, side, thick}
		}
		at += side
	}
	if wide {
		return Rect{free.X + thick, free.Y, free.W - thick, free.H}
	}
	return Rect{free.X, free.Y + thick, free.W, free.H - thick}
}
