package palette

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"
)

func picture(w, h int, at func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, at(x, y))
		}
	}
	return m
}

func reduced(t *testing.T, m *image.NRGBA, n, dither int) *Reduced {
	t.Helper()
	p, err := New(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Reduce(t.Context(), n, dither)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Colors) > n || len(r.Pix) != m.Rect.Dx()*m.Rect.Dy() {
		t.Fatalf("%d colours, %d pixels", len(r.Colors), len(r.Pix))
	}
	return r
}

// Colours that all fit are kept exactly, those with transparency first, and
// what is fully transparent is one colour.
func TestFewColors(t *testing.T) {
	all := []color.NRGBA{{250, 10, 10, 255}, {10, 250, 10, 255}, {0, 0, 0, 0}, {9, 9, 200, 128}}
	m := picture(16, 16, func(x, y int) color.NRGBA { return all[(x/4+y/4)%4] })
	m.SetNRGBA(8, 0, color.NRGBA{77, 0, 0, 0})
	r := reduced(t, m, 8, 256)
	if len(r.Colors) != 4 || r.Colors[0].A == 255 || r.Colors[1].A == 255 {
		t.Fatalf("%v", r.Colors)
	}
	back := r.Image(m.Rect)
	for y := range 16 {
		for x := range 16 {
			got, want := back.NRGBAAt(x, y), m.NRGBAAt(x, y)
			if got != want && want.A > 0 || got.A != want.A {
				t.Fatalf("%v became %v", want, got)
			}
		}
	}
}

// Diffused errors keep the mean where few colours cannot keep the values, and
// without diffusion a smooth area stays smooth.
func TestDither(t *testing.T) {
	ramp := picture(256, 64, func(x, _ int) color.NRGBA { return color.NRGBA{uint8(x), uint8(x), uint8(x), 255} })
	// The worst sum of errors of a block, but for the ends, beyond which the
	// palette has nothing to mix.
	deviation := func(r *Reduced) (worst int) {
		for block := 16; block < 240; block += 8 {
			sum := 0
			for y := range 64 {
				for x := block; x < block+8; x++ {
					sum += int(r.Colors[r.Pix[y*256+x]].G) - x
				}
			}
			worst = max(worst, sum, -sum)
		}
		return worst
	}
	plain, dithered := deviation(reduced(t, ramp, 16, 0)), deviation(reduced(t, ramp, 16, 256))
	if dithered*2 > plain {
		t.Errorf("sums are off by %d with diffusion, %d without", dithered, plain)
	}
	flat := reduced(t, ramp, 4, 0).Pix
	if !slices.Equal(flat[:256], flat[256:512]) {
		t.Error("equal rows differ without diffusion")
	}
}

// The nearest colour is found whatever the guess.
func TestNearest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	colors := make([]color.NRGBA, 200)
	for i := range colors {
		colors[i] = color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256))}
	}
	x := newIndex(colors)
	for range 5000 {
		p := pointOf(rng.Int32N(256), rng.Int32N(256), rng.Int32N(256), rng.Int32N(256))
		want := p.distance(&x.points[0])
		for i := range x.points {
			want = min(want, p.distance(&x.points[i]))
		}
		if _, d := x.nearest(&p, rng.IntN(len(colors))); d != want {
			t.Fatalf("distance %d, want %d", d, want)
		}
	}
}

func noise() *image.NRGBA {
	rng := rand.New(rand.NewPCG(3, 4))
	return picture(300, 300, func(int, int) color.NRGBA {
		return color.NRGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256))}
	})
}

// More colours than the histogram holds are merged; calls do not disturb each
// other.
func TestManyColors(t *testing.T) {
	p, err := New(t.Context(), noise())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.colors) > maxEntries {
		t.Errorf("%d entries", len(p.colors))
	}
	var results []*Reduced
	for _, n := range []int{64, 256, 64} {
		r, err := p.Reduce(t.Context(), n, 128)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, r)
	}
	if !slices.Equal(results[0].Pix, results[2].Pix) || !slices.Equal(results[0].Colors, results[2].Colors) {
		t.Error("another result the second time")
	}
}

func TestRefused(t *testing.T) {
	p, err := New(t.Context(), noise())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{-1, 0, 1, 257} {
		if _, err := p.Reduce(t.Context(), n, 0); !errors.Is(err, ErrColors) {
			t.Errorf("%d colours: %v", n, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(ctx, noise()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := p.Reduce(ctx, 8, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A picture of very many colours has them merged on the way: the result is that
// of counting them all first.
func TestHistogram(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for name, mask := range map[string]uint32{"all": 0xffffffff, "opaque": 0xffffff00, "few": 0x07030103} {
		m := image.NewNRGBA(image.Rect(0, 0, 200, 200))
		if name == "all" {
			m = image.NewNRGBA(image.Rect(0, 0, 540, 500))
		}
		for i := 0; i < len(m.Pix); i += 4 {
			binary.BigEndian.PutUint32(m.Pix[i:], dice.Uint32()&mask|^mask&0x000000ff)
		}
		p, err := New(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		counts := map[uint32]int64{}
		if err := p.each(t.Context(), func(pixel uint64) { counts[uint32(pixel>>32)] += int64(uint32(pixel)) }); err != nil {
			t.Fatal(err)
		}
		if name == "all" && len(counts) <= roomEntries {
			t.Fatalf("%s: only %d colours", name, len(counts))
		}
		var want []entry
		for rgba, weight := range counts {
			want = append(want, entry{rgba: rgba, weight: weight})
		}
		for drop := 1; len(want) > maxEntries; drop++ {
			want = merged(want, drop)
		}
		got := map[uint32]int64{}
		for _, e := range p.colors {
			got[e.rgba] = e.weight
		}
		for _, e := range want {
			if got[e.rgba] != e.weight {
				t.Fatalf("%s: the colour %08x weighs %d, want %d", name, e.rgba, got[e.rgba], e.weight)
			}
		}
		if len(p.colors) != len(want) || cap(p.colors) > 2*roomEntries {
			t.Errorf("%s: %d entries in room for %d, want %d", name, len(p.colors), cap(p.colors), len(want))
		}
	}
}
