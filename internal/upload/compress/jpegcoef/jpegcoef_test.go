package jpegcoef

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"slices"
	"testing"
)

// scene is a picture with flat parts, edges, gradients and noise.
func scene(w, h int) *image.RGBA {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255}
			switch {
			case (x-w/2)*(x-w/2)+(y-h/2)*(y-h/2) < w*h/16:
				c = color.RGBA{220, 30, uint8(x), 255}
			case x > w/2 && y > h/2:
				n := uint8(rng.IntN(256))
				c = color.RGBA{n, n / 2, 255 - n, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// decodedPixels are those of the picture; decoders also keep some beyond its
// edges, which nobody sees.
func decodedPixels(t testing.TB, data []byte) []byte {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return visible(m)
}

func visible(m image.Image) []byte {
	var all []byte
	r := m.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			switch m := m.(type) {
			case *image.YCbCr:
				c := m.YCbCrAt(x, y)
				all = append(all, c.Y, c.Cb, c.Cr)
			default:
				r, g, b, _ := m.At(x, y).RGBA()
				all = append(all, byte(r), byte(g), byte(b))
			}
		}
	}
	return all
}

func gray(m *image.RGBA) *image.Gray {
	g := image.NewGray(m.Rect)
	for i := range g.Pix {
		g.Pix[i] = m.Pix[4*i+1]
	}
	return g
}

// What is written decodes to the same pixels and is smaller, in both
// processes and for each kind of picture.
func TestLossless(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {7, 9}, {16, 16}, {33, 70}, {300, 211}} {
		for _, quality := range []int{5, 50, 85, 100} {
			picture := scene(size[0], size[1])
			for name, source := range map[string]image.Image{"colour": picture, "grey": gray(picture)} {
				data := encoded(t, source, quality)
				m, err := Decode(t.Context(), data)
				if err != nil {
					t.Fatal(err)
				}
				want := decodedPixels(t, data)
				for script, progressive := range map[string]bool{"baseline": false, "progressive": true} {
					spec := m.baselineScript()
					if progressive {
						spec = m.progressiveScript()
					}
					out, err := m.encode(t.Context(), spec, progressive)
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(decodedPixels(t, out), want) {
						t.Errorf("%s %v quality %d %s: other pixels", name, size, quality, script)
					}
					again, err := Decode(t.Context(), out)
					if err != nil {
						t.Fatalf("%s %v quality %d %s: %v", name, size, quality, script, err)
					}
					for i := range m.Components {
						// Blocks beyond the picture are not coded in all scans.
						a, b := &m.Components[i], &again.Components[i]
						for y := range a.Lines {
							for x := range a.Cols {
								if !slices.Equal(a.block(x, y), b.block(x, y)) {
									t.Fatalf("%s %v quality %d %s: block %d, %d of %d differs", name, size, quality, script, x, y, i)
								}
							}
						}
					}
				}
				best, err := m.Encode(t.Context())
				if err != nil || len(best) >= len(data) {
					t.Errorf("%s %v quality %d: %d of %d bytes, %v", name, size, quality, len(best), len(data), err)
				}
			}
		}
	}
}

// Real encoders restart, subsample in other ways and send several tables.
func TestHandMade(t *testing.T) {
	data := encoded(t, scene(100, 60), 80)
	m, err := Decode(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	m.JFIF, m.Adobe, m.ICC = true, &AdobeMarker{1}, bytes.Repeat([]byte("profile"), 20000)
	out, err := m.Encode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h, err := Header(out)
	if err != nil {
		t.Fatal(err)
	}
	if !h.JFIF || h.Adobe == nil || h.Adobe.Transform != 1 || !bytes.Equal(h.ICC, m.ICC) {
		t.Errorf("JFIF %v, Adobe %v, %d bytes of profile", h.JFIF, h.Adobe, len(h.ICC))
	}
	if !bytes.Equal(decodedPixels(t, out), decodedPixels(t, data)) {
		t.Error("other pixels")
	}
}

func TestRefused(t *testing.T) {
	whole := encoded(t, scene(40, 40), 80)
	sof := bytes.Index(whole, []byte{0xff, markSOF0})
	with := func(at int, b byte) []byte {
		c := bytes.Clone(whole)
		c[at] = b
		return c
	}
	for name, c := range map[string]struct {
		data        []byte
		unsupported bool
	}{
		"empty":       {nil, false},
		"not a JPEG":  {[]byte("\x89PNG\r\n\x1a\n"), false},
		"marker only": {whole[:2], false},
		"no scan":     {append(bytes.Clone(whole[:sof]), 0xff, markEOI), false},
		"cut":         {whole[:len(whole)*2/3], false},
		"cut at end":  {whole[:len(whole)-2], false},
		"arithmetic":  {with(sof+1, 0xc9), true},
		"lossless":    {with(sof+1, 0xc3), true},
		"12 bits":     {with(sof+4, 12), true},
		"no height":   {with(sof+6, 0), true},
		"sampling":    {with(sof+11, 0x50), false},
	} {
		_, err := Decode(t.Context(), c.data)
		var syntax *SyntaxError
		if c.unsupported && !errors.Is(err, ErrUnsupported) || !c.unsupported && !errors.As(err, &syntax) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Decode(ctx, whole); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	m, err := Decode(f.Context(), encoded(f, scene(50, 40), 60))
	if err != nil {
		f.Fatal(err)
	}
	progressive, err := m.encode(f.Context(), m.progressiveScript(), true)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encoded(f, scene(20, 20), 90))
	f.Add(encoded(f, gray(scene(20, 20)), 90))
	f.Add(progressive)
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := Header(data)
		if err != nil || h.Width*h.Height > 1<<16 || h.Width > 1<<12 || h.Height > 1<<12 {
			return
		}
		m, err := Decode(t.Context(), data)
		if err != nil {
			return
		}
		out, err := m.Encode(t.Context())
		if err != nil {
			return
		}
		if _, err := Decode(t.Context(), out); err != nil {
			t.Fatalf("what was written does not read: %v", err)
		}
		want, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			return
		}
		if !bytes.Equal(decodedPixels(t, out), visible(want)) {
			t.Fatal("other pixels")
		}
	})
}
