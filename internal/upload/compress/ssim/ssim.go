// Package ssim measures how alike two pictures look: the structural
// similarity of Wang, Bovik, Sheikh and Simoncelli (2004) over windows of 8
// by 8 pixels, every 4 pixels. It never scales or aligns what it compares.
package ssim

import (
	"context"
	"errors"
	"image"
)

// ErrSize is returned for pictures of different sizes.
var ErrSize = errors.New("the pictures differ in size")

// The measure counts luma and the two colour differences of JFIF with these
// weights: the eye sees little of the structure of the latter.
var planeWeights = [planes]float64{0.8, 0.1, 0.1}

const (
	planes = 3
	cell   = 4 // a window is two by two cells
	c1     = (0.01 * 255) * (0.01 * 255)
	c2     = (0.03 * 255) * (0.03 * 255)
)

// Compare returns the mean similarity of two pictures: 1 for equal ones, less
// the more they differ. Pictures with transparency are laid on black and on
// white, and the lesser result counts. Sums are of whole numbers, so that the
// result does not depend on the machine.
func Compare(ctx context.Context, a, b *image.NRGBA) (float64, error) {
	if a.Rect.Size() != b.Rect.Size() {
		return 0, ErrSize
	}
	if a.Rect.Empty() {
		return 1, nil
	}
	result, err := compareOn(ctx, a, b, 0)
	if err != nil || a.Opaque() && b.Opaque() {
		return result, err
	}
	white, err := compareOn(ctx, a, b, 255)
	return min(result, white), err
}

// sums are those of a cell, over both pictures' values x and y.
type sums struct{ x, y, xx, yy, xy int64 }

func (s *sums) add(o *sums) {
	s.x += o.x
	s.y += o.y
	s.xx += o.xx
	s.yy += o.yy
	s.xy += o.xy
}

type cellSums struct {
	n int64
	p [planes]sums
}

func compareOn(ctx context.Context, a, b *image.NRGBA, background int32) (float64, error) {
	w, h := a.Rect.Dx(), a.Rect.Dy()
	columns, lines := (w+cell-1)/cell, (h+cell-1)/cell
	above, below := make([]cellSums, columns), make([]cellSums, columns)
	var total float64
	windows := 0
	for line := range lines {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		above, below = below, above
		clear(below)
		for y := line * cell; y < min(h, (line+1)*cell); y++ {
			rowSums(below, a.Pix[y*a.Stride:][:4*w], b.Pix[y*b.Stride:][:4*w], background)
		}
		if line == 0 && lines > 1 {
			continue
		}
		for i := range max(1, columns-1) {
			window := below[i]
			for _, more := range neighbours(above, below, i, line > 0) {
				window.n += more.n
				for p := range window.p {
					window.p[p].add(&more.p[p])
				}
			}
			total += window.similarity()
			windows++
		}
	}
	return total / float64(windows), nil
}

// neighbours are the other cells of a window.
func neighbours(above, below []cellSums, i int, up bool) []*cellSums {
	var all [3]*cellSums
	n := 0
	if i+1 < len(below) {
		all[n] = &below[i+1]
		n++
	}
	if up {
		all[n] = &above[i]
		n++
		if i+1 < len(above) {
			all[n] = &above[i+1]
			n++
		}
	}
	return all[:n]
}

func rowSums(cells []cellSums, a, b []byte, background int32) {
	for x := 0; x < len(a)/4; x++ {
		c := &cells[x/cell]
		c.n++
		pa, pb := yCbCr(a[4*x:4*x+4], background), yCbCr(b[4*x:4*x+4], background)
		for p := range planes {
			s, x, y := &c.p[p], int64(pa[p]), int64(pb[p])
			s.x += x
			s.y += y
			s.xx += x * x
			s.yy += y * y
			s.xy += x * y
		}
	}
}

// yCbCr lays a pixel on the background and converts it as JFIF does, the
// colour differences without their offset.
func yCbCr(p []byte, background int32) [planes]int32 {
	alpha := int32(p[3])
	rest := background * (255 - alpha)
	r := (int32(p[0])*alpha + rest + 127) / 255
	g := (int32(p[1])*alpha + rest + 127) / 255
	b := (int32(p[2])*alpha + rest + 127) / 255
	return [planes]int32{
		(19595*r + 38470*g + 7471*b + 1<<15) >> 16,
		(-11056*r - 21712*g + 32768*b + 1<<15) >> 16,
		(32768*r - 27440*g - 5328*b + 1<<15) >> 16,
	}
}

func (w *cellSums) similarity() float64 {
	var result float64
	n := float64(w.n)
	for p := range w.p {
		s := &w.p[p]
		mx, my := float64(s.x)/n, float64(s.y)/n
		// n² times the variances, exactly.
		vx := float64(w.n*s.xx-s.x*s.x) / (n * n)
		vy := float64(w.n*s.yy-s.y*s.y) / (n * n)
		vxy := float64(w.n*s.xy-s.x*s.y) / (n * n)
		// The conversions keep a compiler from fusing the operations, which
		// would round otherwise.
		mean := (float64(2*mx*my) + c1) / (float64(mx*mx) + float64(my*my) + c1)
		structure := (float64(2*vxy) + c2) / (vx + vy + c2)
		result += float64(planeWeights[p] * float64(mean*structure))
	}
	return result
}
