// Package palette reduces a picture to few colours: it cuts the colours into
// boxes of little variance, moves the boxes' means to where they serve best
// (k-means), and lays them out with diffused errors. It computes in whole
// numbers, or in floating point that is rounded the same way everywhere, so
// that equal pictures give equal results on every machine. It never decides
// whether the result is good enough.
package palette

import (
	"context"
	"errors"
	"image"
	"image/color"
)

// MaxColors is what a PNG palette holds.
const MaxColors = 256

// ErrColors is returned for a number of colours outside of 2 to MaxColors.
var ErrColors = errors.New("the number of colours is out of range")

// Picture holds the colours of a picture, ready to be reduced more than once.
type Picture struct {
	image      *image.NRGBA
	importance *importance
	colors     []entry
}

// entry is a colour of the picture and what it counts.
type entry struct {
	rgba   uint32 // r<<24 | g<<16 | b<<8 | a, not premultiplied
	weight int64
	at     point
	chosen int // index into the palette, a first guess for the next search
}

// point is a colour as it is seen: its luma laid on black and laid on white,
// and its colour differences. Distances between such points are close to what
// a viewer notices on any background.
type point [4]int32

// The scales of the axes: a step of luma counts lumaScale twice, on black and
// on white; a step of a colour difference counts less.
const (
	lumaScale   = 11
	chromaScale = 9
)

func pointOf(r, g, b, a int32) point {
	r, g, b = r*a, g*a, b*a // premultiplied, times 255
	luma := 77*r + 150*g + 29*b
	return point{
		int32(int64(luma) * lumaScale / (256 * 255)),
		int32((int64(luma) + 256*255*int64(255-a)) * lumaScale / (256 * 255)),
		int32(int64(-43*r-85*g+128*b) * chromaScale / (256 * 255)),
		int32(int64(128*r-107*g-21*b) * chromaScale / (256 * 255)),
	}
}

func (p *point) distance(q *point) int32 {
	a, b, c, d := p[0]-q[0], p[1]-q[1], p[2]-q[2], p[3]-q[3]
	return a*a + b*b + c*c + d*d
}

// Reduced is a picture of few colours, those with transparency first.
type Reduced struct {
	Colors []color.NRGBA
	Pix    []uint8 // width × height indices, row by row
}

// New gathers the colours of a picture; all transparent ones count as one.
func New(ctx context.Context, m *image.NRGBA) (*Picture, error) {
	visible, err := newImportance(ctx, m)
	if err != nil {
		return nil, err
	}
	p := &Picture{image: m, importance: visible}
	p.colors, err = p.histogram(ctx)
	return p, err
}

// Reduce lays the picture out in at most n colours. Dither says which part of
// the error of a pixel, in 1/256, goes to its neighbours.
func (p *Picture) Reduce(ctx context.Context, n, dither int) (*Reduced, error) {
	if n < 2 || n > MaxColors {
		return nil, ErrColors
	}
	colors := p.cut(n)
	colors, err := p.refine(ctx, colors)
	if err != nil {
		return nil, err
	}
	pix, err := p.layOut(ctx, newIndex(colors), dither)
	if err != nil {
		return nil, err
	}
	return tidy(colors, pix), nil
}

// tidy drops colours that no pixel has, and sorts transparent ones to the
// front, where a PNG wants them, and by luma otherwise.
func tidy(colors []color.NRGBA, pix []uint8) *Reduced {
	var used [MaxColors]bool
	for _, i := range pix {
		used[i] = true
	}
	var order []int
	for i := range colors {
		if used[i] {
			order = append(order, i)
		}
	}
	sortColors(colors, order)
	result := &Reduced{Pix: pix}
	var place [MaxColors]uint8
	for to, from := range order {
		place[from] = uint8(to)
		result.Colors = append(result.Colors, colors[from])
	}
	for i := range pix {
		pix[i] = place[pix[i]]
	}
	return result
}

// Image returns the picture as pixels, of the size it was gathered from.
func (r *Reduced) Image(bounds image.Rectangle) *image.NRGBA {
	m := image.NewNRGBA(bounds)
	for i, index := range r.Pix {
		c := r.Colors[index]
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = c.R, c.G, c.B, c.A
	}
	return m
}
