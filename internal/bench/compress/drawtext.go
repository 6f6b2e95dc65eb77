package main

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

var words = strings.Fields(`order pay cart home coupon ticket member points
address receipt search share favourite delivery today total new sale free
settings message service about history wallet card balance gift detail`)

func phrase(rng *rand.Rand, n int) string {
	picked := make([]string, n)
	for i := range picked {
		picked[i] = words[rng.IntN(len(words))]
	}
	return strings.Join(picked, " ")
}

// regular is the font; it is read once and not changed.
var regular = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(goregular.TTF) })

// write sets a line of text; a font that does not load leaves it out.
func write(m draw.Image, x, y int, size float64, c color.Color, line string) {
	f, err := regular()
	if err != nil {
		return
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return
	}
	d := font.Drawer{Dst: m, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(line)
}

func box(m draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// text is a page of lines in several sizes.
func text(rng *rand.Rand, i int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 320+30*(i%4), 200+30*i))
	paper, ink := color.NRGBA{255, 255, 255, 255}, color.NRGBA{40, 40, 40, 255}
	if i%3 == 1 {
		paper, ink = color.NRGBA{24, 28, 36, 255}, color.NRGBA{230, 230, 220, 255}
	}
	box(m, m.Rect, paper)
	for y := 24; y < m.Rect.Dy(); {
		size := 12 + 6*float64(rng.IntN(3))
		c := ink
		if rng.IntN(4) == 0 {
			c = hue(rng)
		}
		write(m, 12, y, size, c, phrase(rng, 2+rng.IntN(5)))
		y += int(size * 1.6)
	}
	return m
}

// screenshot is a list of cards below a coloured bar, each with a thumbnail.
func screenshot(rng *rand.Rand, i int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 375, 400+40*(i%6)))
	box(m, m.Rect, color.NRGBA{245, 245, 247, 255})
	bar := hue(rng)
	box(m, image.Rect(0, 0, 375, 64), bar)
	write(m, 20, 42, 20, color.White, phrase(rng, 2))
	for y := 80; y+90 < m.Rect.Dy(); y += 100 {
		box(m, image.Rect(12, y, 363, y+88), color.White)
		box(m, image.Rect(12, y+88, 363, y+89), color.NRGBA{225, 225, 228, 255})
		thumb := photo(rng, 0)
		if i%2 == 1 {
			thumb = gradient(rng, 0)
		}
		draw.Draw(m, image.Rect(20, y+8, 92, y+80), thumb, image.Pt(60, 20), draw.Over)
		write(m, 104, y+30, 16, color.NRGBA{30, 30, 30, 255}, phrase(rng, 3))
		write(m, 104, y+54, 12, color.NRGBA{140, 140, 140, 255}, phrase(rng, 5))
		write(m, 104, y+76, 15, bar, "¥ "+words[rng.IntN(len(words))])
	}
	return m
}
