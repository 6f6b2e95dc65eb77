package main

import (
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

// shape reports whether a point belongs to it. Coordinates are in pixels.
type shape func(x, y float64) bool

// layer is a shape in a colour, over those before it.
type layer struct {
	in    shape
	color color.NRGBA
}

type icon struct {
	name          string
	width, height int
	layers        []layer
}

func circle(cx, cy, r float64) shape {
	return func(x, y float64) bool { return math.Hypot(x-cx, y-cy) <= r }
}

// box has round corners of radius r.
func box(left, top, w, h, r float64) shape {
	return func(x, y float64) bool {
		dx := math.Max(math.Max(left+r-x, x-(left+w-r)), 0)
		dy := math.Max(math.Max(top+r-y, y-(top+h-r)), 0)
		if r == 0 {
			return dx == 0 && dy == 0
		}
		return math.Hypot(dx, dy) <= r
	}
}

// hill has its round top at (cx, top) and slopes down on both sides.
func hill(cx, top, half float64) shape {
	return func(x, y float64) bool {
		d := math.Abs(x-cx) / half
		return y >= top+half*0.9*(math.Sqrt(d*d+0.02)-math.Sqrt(0.02))
	}
}

// band is a stroke from one point to another.
func band(x1, y1, x2, y2, half float64) shape {
	length := math.Hypot(x2-x1, y2-y1)
	return func(x, y float64) bool {
		along := ((x-x1)*(x2-x1) + (y-y1)*(y2-y1)) / length
		across := ((x-x1)*(y2-y1) - (y-y1)*(x2-x1)) / length
		return along >= 0 && along <= length && math.Abs(across) <= half
	}
}

func within(a, b shape) shape {
	return func(x, y float64) bool { return a(x, y) && b(x, y) }
}

// draw looks at several points of every pixel.
func (i icon) draw() *image.NRGBA {
	const side = 4
	m := image.NewNRGBA(image.Rect(0, 0, i.width, i.height))
	for y := range i.height {
		for x := range i.width {
			var r, g, b, a float64
			for sample := range side * side {
				px := float64(x) + (float64(sample%side)+0.5)/side
				py := float64(y) + (float64(sample/side)+0.5)/side
				for n := len(i.layers) - 1; n >= 0; n-- {
					if c := i.layers[n].color; i.layers[n].in(px, py) {
						r, g, b, a = r+float64(c.R), g+float64(c.G), b+float64(c.B), a+1
						break
					}
				}
			}
			if a > 0 {
				m.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(255 * a / (side * side))})
			}
		}
	}
	return m
}

func (i icon) write(dir string) error {
	f, err := os.Create(filepath.Join(dir, i.name+".png"))
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(f, i.draw()), f.Close())
}
