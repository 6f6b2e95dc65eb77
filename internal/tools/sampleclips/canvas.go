package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// canvas is a picture that shapes are drawn on, with soft edges. Coordinates
// are pixels.
type canvas struct{ picture *image.RGBA }

func newCanvas() *canvas { return &canvas{image.NewRGBA(image.Rect(0, 0, width, height))} }

// point is a place.
type point struct{ x, y float64 }

// rgb is a colour from 0xRRGGBB.
func rgb(v uint32) color.NRGBA { return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

// faded is a colour that lets through what lies below: 1 is nothing of it.
func faded(v uint32, opacity float64) color.NRGBA {
	c := rgb(v)
	c.A = uint8(255 * max(0, min(1, opacity)))
	return c
}

// sky fills the picture from one colour at the top to another at the bottom.
func (c *canvas) sky(top, bottom uint32) {
	a, b := rgb(top), rgb(bottom)
	for y := range height {
		t := float64(y) / (height - 1)
		mix := func(p, q uint8) uint8 { return uint8(float64(p)*(1-t) + float64(q)*t) }
		row := image.Rect(0, y, width, y+1)
		draw.Draw(c.picture, row, image.NewUniform(color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}), image.Point{}, draw.Src)
	}
}

// fill draws a shape with these corners.
func (c *canvas) fill(ink color.NRGBA, corners ...point) {
	r := vector.NewRasterizer(width, height)
	for i, p := range corners {
		if i == 0 {
			r.MoveTo(float32(p.x), float32(p.y))
			continue
		}
		r.LineTo(float32(p.x), float32(p.y))
	}
	r.ClosePath()
	r.Draw(c.picture, c.picture.Bounds(), image.NewUniform(ink), image.Point{})
}

// ellipse draws one that is turned by an angle.
func (c *canvas) ellipse(ink color.NRGBA, at point, rx, ry, angle float64) {
	const corners = 64
	around := make([]point, corners)
	sin, cos := math.Sincos(angle)
	for i := range around {
		s, k := math.Sincos(2 * math.Pi * float64(i) / corners)
		around[i] = point{at.x + rx*k*cos - ry*s*sin, at.y + rx*k*sin + ry*s*cos}
	}
	c.fill(ink, around...)
}

func (c *canvas) circle(ink color.NRGBA, at point, radius float64) {
	c.ellipse(ink, at, radius, radius, 0)
}

// box draws a rectangle.
func (c *canvas) box(ink color.NRGBA, x, y, w, h float64) {
	c.fill(ink, point{x, y}, point{x + w, y}, point{x + w, y + h}, point{x, y + h})
}

// stroke draws a line through points.
func (c *canvas) stroke(ink color.NRGBA, thick float64, through ...point) {
	for i := 1; i < len(through); i++ {
		a, b := through[i-1], through[i]
		dx, dy := b.x-a.x, b.y-a.y
		length := math.Hypot(dx, dy)
		if length == 0 {
			continue
		}
		nx, ny := -dy/length*thick/2, dx/length*thick/2
		c.fill(ink, point{a.x + nx, a.y + ny}, point{b.x + nx, b.y + ny}, point{b.x - nx, b.y - ny}, point{a.x - nx, a.y - ny})
	}
}

// below fills what lies under the curve y(x).
func (c *canvas) below(ink color.NRGBA, y func(x float64) float64) {
	corners := []point{{0, height}}
	for x := 0.0; x <= width; x += 4 {
		corners = append(corners, point{x, y(x)})
	}
	c.fill(ink, append(corners, point{width, height})...)
}
