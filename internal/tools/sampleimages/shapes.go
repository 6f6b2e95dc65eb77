package main

import (
	"image/color"
	"math"
	"math/rand/v2"
)

// rgb is a colour with parts from 0 to 1.
type rgb struct{ r, g, b float64 }

// hex reads a colour such as 0x6b8e4e.
func hex(v uint32) rgb {
	return rgb{float64(v>>16&255) / 255, float64(v>>8&255) / 255, float64(v&255) / 255}
}

func (c rgb) mix(o rgb, t float64) rgb {
	return rgb{c.r + (o.r-c.r)*t, c.g + (o.g-c.g)*t, c.b + (o.b-c.b)*t}
}

func (c rgb) nrgba(alpha float64) color.NRGBA {
	b := func(v float64) uint8 { return uint8(math.Round(255 * min(1, max(0, v)))) }
	return color.NRGBA{b(c.r), b(c.g), b(c.b), b(alpha)}
}

// A shape is a signed distance: negative inside, in units of the picture's
// shorter side, at a point whose centre is 0,0.
type shape func(x, y float64) float64

func circle(cx, cy, r float64) shape {
	return func(x, y float64) float64 { return math.Hypot(x-cx, y-cy) - r }
}

// box is a rectangle with half-sizes w and h and rounded corners.
func box(cx, cy, w, h, round float64) shape {
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-w+round, math.Abs(y-cy)-h+round
		return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - round
	}
}

// leaf is the lens between two circles, turned by angle.
func leaf(cx, cy, length, width, angle float64) shape {
	sin, cos := math.Sincos(angle)
	off := (length*length - width*width) / (2 * width)
	r := off + width
	return func(x, y float64) float64 {
		u, v := (x-cx)*cos+(y-cy)*sin, -(x-cx)*sin+(y-cy)*cos
		return max(math.Hypot(u, v-off), math.Hypot(u, v+off)) - r
	}
}

// star has n points between the radii outer and inner.
func star(n int, outer, inner float64) shape {
	return func(x, y float64) float64 {
		a := math.Mod(math.Atan2(x, -y)+2*math.Pi, 2*math.Pi/float64(n)) * float64(n) / (2 * math.Pi)
		edge := outer + (inner-outer)*(1-math.Abs(2*a-1))
		return (math.Hypot(x, y) - edge) * 0.8
	}
}

func union(s ...shape) shape {
	return func(x, y float64) float64 {
		d := math.Inf(1)
		for _, f := range s {
			d = min(d, f(x, y))
		}
		return d
	}
}

func minus(a, b shape) shape {
	return func(x, y float64) float64 { return max(a(x, y), -b(x, y)) }
}

// ring keeps a line of the given width around the edge of s.
func ring(s shape, width float64) shape {
	return func(x, y float64) float64 { return math.Abs(s(x, y)) - width/2 }
}

// heart is two circles and a turned square.
func heart() shape {
	return func(x, y float64) float64 {
		u, v := (x-(y-0.02))*math.Sqrt2/2, (x+(y-0.02))*math.Sqrt2/2
		square := max(math.Abs(u), math.Abs(v)) - 0.21
		return min(square, math.Hypot(x-0.148, y+0.128)-0.21, math.Hypot(x+0.148, y+0.128)-0.21)
	}
}

// cup is a bowl with a handle and a saucer.
func cup(cx, cy, s float64) shape {
	bowl := minus(circle(cx, cy-0.05*s, 0.34*s), box(cx, cy-0.35*s, 0.5*s, 0.3*s, 0))
	handle := ring(circle(cx+0.36*s, cy+0.06*s, 0.11*s), 0.06*s)
	saucer := box(cx, cy+0.36*s, 0.42*s, 0.035*s, 0.03*s)
	return union(bowl, handle, saucer)
}

// grain is film-like noise: what makes a photograph hard to compress.
type grain struct {
	rnd    *rand.Rand
	amount float64
}

func (g grain) apply(c rgb) rgb {
	n := (g.rnd.Float64() + g.rnd.Float64() - 1) * g.amount
	return rgb{c.r + n, c.g + n, c.b + n}
}
