package ssim

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

func filled(w, h int, at func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, at(x, y))
		}
	}
	return m
}

func compare(t *testing.T, a, b *image.NRGBA) float64 {
	t.Helper()
	s, err := Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stripes(x, y int) color.NRGBA {
	return color.NRGBA{uint8(x * 16), uint8(y * 16), 90, 255}
}

func TestCompare(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	noisy := func(amount int) *image.NRGBA {
		return filled(64, 48, func(x, y int) color.NRGBA {
			c := stripes(x, y)
			c.G = uint8(max(0, min(255, int(c.G)+rng.IntN(2*amount+1)-amount)))
			return c
		})
	}
	clean := filled(64, 48, stripes)
	if s := compare(t, clean, clean); math.Abs(s-1) > 1e-12 {
		t.Errorf("a picture is %v like itself", s)
	}
	little, much := compare(t, clean, noisy(4)), compare(t, clean, noisy(60))
	if little > 0.9999 || little < much || much > 0.95 || much < 0 {
		t.Errorf("little noise %v, much %v", little, much)
	}
	// By hand: flat grey 100 beside 110 differ in their means only.
	grey := func(v uint8) *image.NRGBA {
		return filled(8, 8, func(int, int) color.NRGBA { return color.NRGBA{v, v, v, 255} })
	}
	want := 0.8*(2*100*110+c1)/(100*100+110*110+c1) + 0.2
	if s := compare(t, grey(100), grey(110)); math.Abs(s-want) > 1e-9 {
		t.Errorf("greys: %v, want %v", s, want)
	}
}

func TestTransparency(t *testing.T) {
	of := func(c color.NRGBA) *image.NRGBA {
		return filled(20, 20, func(int, int) color.NRGBA { return c })
	}
	if s := compare(t, of(color.NRGBA{255, 0, 0, 0}), of(color.NRGBA{0, 9, 99, 0})); math.Abs(s-1) > 1e-12 {
		t.Errorf("colours nobody sees count: %v", s)
	}
	if s := compare(t, of(color.NRGBA{255, 255, 255, 255}), of(color.NRGBA{255, 255, 255, 0})); s > 0.5 {
		t.Errorf("white and nothing look alike on black: %v", s)
	}
	if s := compare(t, of(color.NRGBA{0, 0, 0, 255}), of(color.NRGBA{0, 0, 0, 0})); s > 0.5 {
		t.Errorf("black and nothing look alike on white: %v", s)
	}
}

func TestSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {3, 1}, {1, 9}, {5, 5}, {8, 4}, {9, 13}} {
		a := filled(size[0], size[1], stripes)
		if s := compare(t, a, a); math.Abs(s-1) > 1e-12 {
			t.Errorf("%v: %v", size, s)
		}
	}
	if _, err := Compare(t.Context(), filled(2, 2, stripes), filled(2, 3, stripes)); !errors.Is(err, ErrSize) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compare(ctx, filled(2, 2, stripes), filled(2, 2, stripes)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
