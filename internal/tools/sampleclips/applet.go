package main

import (
	"errors"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"

	"image"
)

// icon is a picture of the mini-program, drawn in the middle of a canvas.
type icon struct {
	name string
	w, h int
	draw func(c *canvas, middle point)
}

var icons = []icon{
	{"play", 96, 96, func(c *canvas, m point) {
		c.circle(faded(0x000000, 0.55), m, 47)
		c.fill(rgb(0xFFFFFF), point{m.x - 13, m.y - 22}, point{m.x + 25, m.y}, point{m.x - 13, m.y + 22})
	}},
	{"person", 80, 80, func(c *canvas, m point) {
		c.box(rgb(0xE2DDD2), m.x-40, m.y-40, 80, 80)
		c.circle(rgb(0xA8A090), point{m.x, m.y - 8}, 15)
		c.ellipse(rgb(0xA8A090), point{m.x, m.y + 36}, 29, 25, 0)
	}},
	{"empty", 320, 240, func(c *canvas, m point) {
		c.ellipse(rgb(0xEAE5DA), point{m.x, m.y + 78}, 120, 14, 0)
		reel(c, point{m.x - 52, m.y - 42}, 44)
		reel(c, point{m.x + 44, m.y - 32}, 34)
		c.box(rgb(0x5C2A4A), m.x-98, m.y+6, 168, 74)
		c.fill(rgb(0x7A3B63), point{m.x + 70, m.y + 32}, point{m.x + 112, m.y + 12}, point{m.x + 112, m.y + 74}, point{m.x + 70, m.y + 54})
		c.circle(rgb(0xF2C14E), point{m.x - 70, m.y + 30}, 8)
	}},
	{"offline", 320, 240, func(c *canvas, m point) {
		c.ellipse(rgb(0xEAE5DA), point{m.x, m.y + 84}, 120, 14, 0)
		for i, r := range []float64{44, 62, 50} {
			c.circle(rgb(0xC9D6DF), point{m.x - 62 + 60*float64(i), m.y + 6 - 16*float64(i%2)}, r)
		}
		c.box(rgb(0xC9D6DF), m.x-70, m.y+10, 140, 46)
		for _, way := range []float64{-1, 1} {
			c.stroke(rgb(0xC21D34), 14, point{m.x - 34, m.y + 4 - 34*way}, point{m.x + 34, m.y + 4 + 34*way})
		}
	}},
	{"curtain", 240, 135, func(c *canvas, m point) {
		c.box(rgb(0x1B1B3A), m.x-120, m.y-68, 240, 136)
		for n := range 12 {
			ink := rgb(0x8C2036)
			if n%2 == 1 {
				ink = rgb(0xA62C44)
			}
			x := m.x - 120 + 20*float64(n)
			c.fill(ink, point{x, m.y - 68}, point{x + 21, m.y - 68}, point{x + 21, m.y + 58 - 6*float64(n%3)}, point{x, m.y + 58 - 6*float64((n+2)%3)})
		}
		c.box(rgb(0xE8B84B), m.x-120, m.y-68, 240, 8)
	}},
}

// reel is one of a projector.
func reel(c *canvas, at point, radius float64) {
	c.circle(rgb(0x3B2F3F), at, radius)
	for _, hole := range []point{{0, -0.5}, {0.48, -0.1}, {0.3, 0.45}, {-0.3, 0.45}, {-0.48, -0.1}} {
		c.circle(rgb(0xEAE5DA), point{at.x + hole.x*radius, at.y + hole.y*radius}, radius*0.2)
	}
	c.circle(rgb(0xF2C14E), at, radius*0.13)
}

// write draws the picture into the folder.
func (i icon) write(dir string) error {
	c := newCanvas()
	i.draw(c, point{width / 2, height / 2})
	part := image.NewNRGBA(image.Rect(0, 0, i.w, i.h))
	draw.Draw(part, part.Bounds(), c.picture, image.Pt((width-i.w)/2, (height-i.h)/2), draw.Src)
	f, err := os.Create(filepath.Join(dir, i.name+".png"))
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(encoder.Encode(f, part), f.Close())
}
