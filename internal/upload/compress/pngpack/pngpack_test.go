package pngpack

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"
)

// drawn makes a picture of the model with random pixels from at.
func drawn(m interface {
	image.Image
	Set(x, y int, c color.Color)
}, at func(i int) color.Color) image.Image {
	w := m.Bounds().Dx()
	for i := range w * m.Bounds().Dy() {
		m.Set(i%w, i/w, at(i))
	}
	return m
}

func nrgba(at func(i int) color.NRGBA) image.Image {
	return drawn(image.NewNRGBA(image.Rect(0, 0, 37, 29)), func(i int) color.Color { return at(i) })
}

// Each picture is written in the smallest format that holds it, and reads
// back as it was.
func TestLossless(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := func() uint8 { return uint8(rng.IntN(256)) }
	size := image.Rect(0, 0, 37, 29)
	for _, c := range []struct {
		name      string
		m         image.Image
		opt       Options
		colorType byte
		depth     byte
	}{
		{"black and white", nrgba(func(i int) color.NRGBA { v := uint8(rng.IntN(2) * 255); return color.NRGBA{v, v, v, 255} }), Options{}, typeGray, 1},
		{"four greys", nrgba(func(i int) color.NRGBA { v := uint8(rng.IntN(4) * 85); return color.NRGBA{v, v, v, 255} }), Options{}, typeGray, 2},
		{"16 greys", nrgba(func(i int) color.NRGBA { v := uint8(rng.IntN(16) * 17); return color.NRGBA{v, v, v, 255} }), Options{}, typeGray, 4},
		{"greys", nrgba(func(i int) color.NRGBA { v := b(); return color.NRGBA{v, v, v, 255} }), Options{}, typeGray, 8},
		{"two colours", nrgba(func(i int) color.NRGBA { return color.NRGBA{9, uint8(rng.IntN(2)), 0, 255} }), Options{}, typePalette, 1},
		{"20 colours with alpha", nrgba(func(i int) color.NRGBA { return color.NRGBA{9, 80, 0, uint8(1 + rng.IntN(20))} }), Options{}, typePalette, 8},
		{"colours", nrgba(func(i int) color.NRGBA { return color.NRGBA{b(), b(), b(), 255} }), Options{}, typeRGB, 8},
		{"grey with alpha", nrgba(func(i int) color.NRGBA { v := b(); return color.NRGBA{v, v, v, 1 + b()/2} }), Options{}, typeGrayAlpha, 8},
		{"colours with alpha", nrgba(func(i int) color.NRGBA { return color.NRGBA{b(), b(), b(), 1 + b()/2} }), Options{}, typeRGBA, 8},
		{"colours with holes", nrgba(func(i int) color.NRGBA {
			if i%3 == 0 {
				return color.NRGBA{b(), b(), b(), 0}
			}
			return color.NRGBA{b(), b(), 1 + b()/2, 255}
		}), Options{}, typeRGB, 8},
		{"hidden colours", nrgba(func(i int) color.NRGBA { return color.NRGBA{b(), b(), b(), uint8(i % 2 * 255)} }), Options{KeepHidden: true}, typeRGBA, 8},
		{"grey with a profile of colours", nrgba(func(i int) color.NRGBA { v := b() / 64; return color.NRGBA{v, v, v, 255} }), Options{Model: ColorModel}, typePalette, 2},
		{"two greys with a grey profile", nrgba(func(i int) color.NRGBA { v := uint8(rng.IntN(2)); return color.NRGBA{v, v, v, 255} }), Options{Model: GrayModel}, typeGray, 8},
		{"16-bit greys", drawn(image.NewGray16(size), func(i int) color.Color { return color.Gray16{uint16(rng.IntN(1 << 16))} }), Options{}, typeGray, 16},
		{"16-bit greys of 8", drawn(image.NewGray16(size), func(i int) color.Color { return color.Gray16{257 * uint16(b())} }), Options{}, typeGray, 8},
		{"16-bit alpha", drawn(image.NewNRGBA64(size), func(i int) color.Color {
			return color.NRGBA64{uint16(rng.IntN(1 << 16)), 5, 6, uint16(1 + rng.IntN(1<<16-1))}
		}), Options{}, typeRGBA, 16},
		{"16-bit colours", drawn(image.NewNRGBA64(size), func(i int) color.Color {
			return color.NRGBA64{uint16(rng.IntN(1 << 16)), 5, 6, 0xffff}
		}), Options{}, typeRGB, 16},
	} {
		data, err := Lossless(t.Context(), c.m, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		if depth, colorType := data[24], data[25]; colorType != c.colorType || depth != c.depth {
			t.Errorf("%s: colour type %d at %d bits, want %d at %d", c.name, colorType, depth, c.colorType, c.depth)
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		for i := range 37 * 29 {
			a := color.NRGBA64Model.Convert(c.m.At(i%37, i/37)).(color.NRGBA64)
			b := color.NRGBA64Model.Convert(got.At(i%37, i/37)).(color.NRGBA64)
			if a != b && (a.A > 0 || b.A > 0 || c.opt.KeepHidden) {
				t.Fatalf("%s: %v became %v", c.name, a, b)
			}
		}
	}
}

// Every filter reads back.
func TestFilters(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, colorType := range []byte{typeGray, typeGrayAlpha, typeRGB, typeRGBA} {
		for _, width := range []int{1, 2, 19} {
			r := newRaster(width, 13, colorType, 8)
			for i := range r.data {
				r.data[i] = byte(rng.IntN(256))
			}
			for _, s := range append(r.strategies(), strategy{fixed: filterPaeth}) {
				filtered, err := r.filter(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				packed, err := deflate(t.Context(), filtered)
				if err != nil {
					t.Fatal(err)
				}
				header := []byte{0, 0, 0, byte(width), 0, 0, 0, 13, 8, colorType, 0, 0, 0}
				file := appendChunk([]byte(Signature), Chunk{"IHDR", header})
				file = appendChunk(appendChunk(file, Chunk{"IDAT", packed}), Chunk{"IEND", nil})
				m, err := png.Decode(bytes.NewReader(file))
				if err != nil {
					t.Fatal(err)
				}
				i := 0
				for y := range 13 {
					for x := range width {
						c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
						want := [][]byte{typeGray: {c.R}, typeGrayAlpha: {c.R, c.A}, typeRGB: {c.R, c.G, c.B}, typeRGBA: {c.R, c.G, c.B, c.A}}[colorType]
						if !bytes.Equal(r.data[i:i+len(want)], want) {
							t.Fatalf("colour type %d, width %d: %v became %v", colorType, width, r.data[i:i+len(want)], want)
						}
						i += len(want)
					}
				}
			}
		}
	}
}

func TestWorthAndCancel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	m := nrgba(func(i int) color.NRGBA { return color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), 7, 255} })
	if data, err := Lossless(t.Context(), m, Options{Worth: 100}); err != nil || data != nil {
		t.Errorf("%d bytes where 100 were wanted, %v", len(data), err)
	}
	if data, err := Lossless(t.Context(), m, Options{Worth: 4000}); err != nil || data == nil {
		t.Errorf("%d bytes where 4000 were wanted, %v", len(data), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Lossless(ctx, m, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
