package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
)

// shader gives the colour at a place, both coordinates from 0 to 1.
type shader func(x, y float64) color.NRGBA

// drawn lists 120 pictures of the kinds that mini-programs ship, the same at
// every run.
func drawn() ([]picture, error) {
	var all []picture
	add := func(kind string, n int, quality int, draw func(rng *rand.Rand, i int) *image.NRGBA) error {
		for i := range n {
			m := draw(newRand(uint64(len(all))), i)
			data, err := encode(m, quality)
			if err != nil {
				return err
			}
			all = append(all, picture{kind, fmt.Sprintf("%s %d", kind, i), data})
		}
		return nil
	}
	for _, k := range []struct {
		kind       string
		n, quality int // quality 0: PNG
		draw       func(*rand.Rand, int) *image.NRGBA
	}{
		{"icon", 24, 0, icon},
		{"shadow", 10, 0, shadow},
		{"gradient", 14, 0, gradient},
		{"screenshot", 14, 0, screenshot},
		{"text", 10, 0, text},
		{"photo PNG", 10, 0, photo},
		{"photo 95", 14, 95, photo},
		{"photo 90", 10, 90, photo},
		{"photo 80", 6, 80, photo},
		{"text JPEG", 8, 92, text},
	} {
		if err := add(k.kind, k.n, k.quality, k.draw); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func encode(m *image.NRGBA, quality int) ([]byte, error) {
	var out bytes.Buffer
	if quality == 0 {
		err := png.Encode(&out, m)
		return out.Bytes(), err
	}
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

// smoothEdges is how many samples a pixel has each way.
const smoothEdges = 4

// render draws with n by n samples a pixel.
func render(w, h, n int, s shader) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var r, g, b, a int
			for i := range n * n {
				c := s((float64(x)+(float64(i%n)+0.5)/float64(n))/float64(w), (float64(y)+(float64(i/n)+0.5)/float64(n))/float64(h))
				r, g, b, a = r+int(c.R)*int(c.A), g+int(c.G)*int(c.A), b+int(c.B)*int(c.A), a+int(c.A)
			}
			if a > 0 {
				m.SetNRGBA(x, y, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a / (n * n))})
			}
		}
	}
	return m
}

func hue(rng *rand.Rand) color.NRGBA {
	return color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), 255}
}

func mix(a, b color.NRGBA, t float64) color.NRGBA {
	t = max(0, min(1, t))
	f := func(a, b uint8) uint8 { return uint8(float64(a)*(1-t) + float64(b)*t) }
	return color.NRGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), f(a.A, b.A)}
}

// icon is a shape with lobes around a disc, in one colour or two.
func icon(rng *rand.Rand, i int) *image.NRGBA {
	size := []int{48, 64, 81, 120, 162, 200}[i%6]
	fill, inner := hue(rng), hue(rng)
	lobes, depth := float64(2+rng.IntN(7)), 0.1+0.2*rng.Float64()
	shaded := i%3 == 0
	return render(size, size, smoothEdges, func(x, y float64) color.NRGBA {
		dx, dy := x-0.5, y-0.5
		d := math.Hypot(dx, dy)
		edge := 0.45 - depth*(0.5+0.5*math.Cos(lobes*math.Atan2(dy, dx)))
		switch {
		case d > edge:
			return color.NRGBA{}
		case d < 0.12:
			return inner
		case shaded:
			return mix(fill, inner, y)
		}
		return fill
	})
}

// shadow is a card whose soft shadow fades into nothing.
func shadow(rng *rand.Rand, i int) *image.NRGBA {
	face, other := hue(rng), hue(rng)
	return render(160+40*i, 120+20*i, smoothEdges, func(x, y float64) color.NRGBA {
		dx, dy := max(0, math.Abs(x-0.5)-0.33), max(0, math.Abs(y-0.5)-0.33)
		d := math.Hypot(dx, dy)
		if d == 0 {
			return mix(face, other, x)
		}
		return color.NRGBA{A: uint8(140 * math.Exp(-d*d*250))}
	})
}

// gradient is a banner: linear or round, of two colours, some fading out.
func gradient(rng *rand.Rand, i int) *image.NRGBA {
	a, b := hue(rng), hue(rng)
	if i%4 == 3 {
		b.A = 0
	}
	angle := rng.Float64() * math.Pi
	return render(375, 120+20*i, 1, func(x, y float64) color.NRGBA {
		if i%2 == 0 {
			return mix(a, b, 0.5+(x-0.5)*math.Cos(angle)+(y-0.5)*math.Sin(angle))
		}
		return mix(a, b, 1.4*math.Hypot(x-0.4, y-0.5))
	})
}

// noise is fractal: octaves of smoothed random values.
func noise(rng *rand.Rand, octaves int) func(x, y float64) float64 {
	const n = 64
	var lattice [n][n]float64
	for i := range lattice {
		for j := range lattice[i] {
			lattice[i][j] = rng.Float64()
		}
	}
	smooth := func(t float64) float64 { return t * t * (3 - 2*t) }
	return func(x, y float64) (v float64) {
		scale, amount := 4.0, 0.5
		for range octaves {
			fx, fy := x*scale, y*scale
			i, j := int(fx), int(fy)
			u, w := smooth(fx-float64(i)), smooth(fy-float64(j))
			top := lattice[i%n][j%n]*(1-u) + lattice[(i+1)%n][j%n]*u
			bottom := lattice[i%n][(j+1)%n]*(1-u) + lattice[(i+1)%n][(j+1)%n]*u
			v += amount * (top*(1-w) + bottom*w)
			scale, amount = scale*2, amount/2
		}
		return v
	}
}

// photo is a landscape of fractal ground below a sky, with a sun.
func photo(rng *rand.Rand, i int) *image.NRGBA {
	land, sky, grain := noise(rng, 7), noise(rng, 4), noise(rng, 8)
	low, high, blue := hue(rng), hue(rng), color.NRGBA{90, 140, 220, 255}
	w, h := 300+40*(i%6), 240+30*(i%5)
	return render(w, h, 1, func(x, y float64) color.NRGBA {
		ridge := 0.25 + 0.5*land(x, 0.3)
		if y > ridge {
			return mix(mix(low, high, 2*land(x, y)-0.4), color.NRGBA{A: 255}, 0.6*grain(y, x))
		}
		c := mix(blue, color.NRGBA{255, 255, 255, 255}, 1.6*sky(x, y)-0.5)
		if math.Hypot(x-0.7, y-0.2) < 0.07 {
			return color.NRGBA{255, 240, 190, 255}
		}
		return c
	})
}

// newRand makes the same numbers at every run.
func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }
