package treemap

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(a, b, of float64) bool { return math.Abs(a-b) <= 1e-6*of }

// check looks at everything that a layout must be: areas in proportion, nothing
// outside, no overlaps.
func check(t *testing.T, weights []float64, area Rect, got []Rect) {
	t.Helper()
	sum := 0.0
	for _, w := range weights {
		if w > 0 && !math.IsInf(w, 0) {
			sum += w
		}
	}
	whole := area.Area()
	for i, r := range got {
		want := 0.0
		if weights[i] > 0 && !math.IsInf(weights[i], 0) {
			want = weights[i] / sum * whole
		}
		if !near(r.Area(), want, whole) {
			t.Errorf("%v: rectangle %d has area %g, want %g", weights, i, r.Area(), want)
		}
		if r.X < area.X-1e-6 || r.Y < area.Y-1e-6 || r.X+r.W > area.X+area.W+1e-6 || r.Y+r.H > area.Y+area.H+1e-6 || r.W < 0 || r.H < 0 {
			t.Errorf("%v: rectangle %d %+v lies outside", weights, i, r)
		}
		for j, o := range got[:i] {
			w := min(r.X+r.W, o.X+o.W) - max(r.X, o.X)
			h := min(r.Y+r.H, o.Y+o.H) - max(r.Y, o.Y)
			if w > 1e-6 && h > 1e-6 {
				t.Errorf("%v: %d %+v and %d %+v overlap", weights, i, r, j, o)
			}
		}
	}
}

// The example of the paper: a rectangle of 6 by 4.
func TestPaper(t *testing.T) {
	weights := []float64{6, 6, 4, 3, 2, 2, 1}
	got := Layout(weights, Rect{0, 0, 6, 4})
	check(t, weights, Rect{0, 0, 6, 4}, got)
	if got[0] != (Rect{0, 0, 3, 2}) || got[1] != (Rect{0, 2, 3, 2}) {
		t.Errorf("the first two are %+v and %+v", got[0], got[1])
	}
	for i, r := range got {
		if ratio := max(r.W/r.H, r.H/r.W); ratio > 3.1 {
			t.Errorf("rectangle %d is %.1f times as long as wide", i, ratio)
		}
	}
}

func TestLayout(t *testing.T) {
	wide := Rect{10, 20, 300, 100}
	for _, weights := range [][]float64{
		nil, {1}, {1, 1}, {5, 0, 5}, {-1, 2}, {math.NaN(), 1}, {math.Inf(1), 1}, {1e-12, 1e12}, {1e300, 1}, {3, 1, 2},
	} {
		got := Layout(weights, wide)
		if len(got) != len(weights) {
			t.Fatalf("%v: %d rectangles", weights, len(got))
		}
		check(t, weights, wide, got)
	}
	for _, area := range []Rect{{}, {W: 1}, {W: -1, H: 5}, {W: math.NaN(), H: 1}} {
		if got := Layout([]float64{1, 2}, area); got[0].Area() != 0 || got[1].Area() != 0 {
			t.Errorf("%+v: %+v", area, got)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		weights := make([]float64, rnd.IntN(60))
		for i := range weights {
			weights[i] = math.Exp(rnd.Float64() * 12)
		}
		check(t, weights, wide, Layout(weights, wide))
	}
}
