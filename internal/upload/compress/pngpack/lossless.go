package pngpack

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"slices"
)

// Lossless writes a picture without loss. The smallest file of those formats
// that hold it exactly is returned; nil when opt.Worth is out of reach.
func Lossless(ctx context.Context, m image.Image, opt Options) ([]byte, error) {
	var rasters []*raster
	if wide, ok := asWide(m); ok {
		rasters = []*raster{wide.raster(opt)}
	} else {
		rasters = formats(NRGBA(m), opt)
	}
	var best []byte
	for _, r := range rasters {
		data, err := r.encode(ctx, opt)
		if err != nil {
			return nil, err
		}
		if data != nil && (best == nil || len(data) < len(best)) {
			best = data
		}
	}
	return best, nil
}

// NRGBA returns the pixels of a decoded picture at 8 bits a channel; m itself
// when it has that form.
func NRGBA(m image.Image) *image.NRGBA {
	if n, ok := m.(*image.NRGBA); ok {
		return n
	}
	r := m.Bounds()
	n := image.NewNRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	if rgba, ok := m.(*image.RGBA); ok && rgba.Opaque() {
		for y := range r.Dy() {
			copy(n.Pix[y*n.Stride:][:n.Stride], rgba.Pix[y*rgba.Stride:])
		}
		return n
	}
	if p, ok := m.(*image.Paletted); ok {
		colors := make([]color.NRGBA, 256) // an index beyond the palette is black
		for i, c := range p.Palette {
			colors[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
		}
		for y := range r.Dy() {
			for x, i := range p.Pix[y*p.Stride:][:r.Dx()] {
				n.SetNRGBA(x, y, colors[i])
			}
		}
		return n
	}
	for y := range r.Dy() {
		for x := range r.Dx() {
			n.SetNRGBA(x, y, color.NRGBAModel.Convert(m.At(r.Min.X+x, r.Min.Y+y)).(color.NRGBA))
		}
	}
	return n
}

// traits are what decides which formats hold a picture.
type traits struct {
	opaque, gray bool
	binary       bool           // every pixel is opaque or fully transparent
	grayDepth    int            // bits that hold the greys
	colors       []color.NRGBA  // nil when they are more than 256
	counts       map[uint32]int // index+1 into colors
	hidden       color.NRGBA    // of the fully transparent pixels
	hiddenSame   bool           // they have one colour
}

func key(p []byte) uint32 {
	return uint32(p[0])<<24 | uint32(p[1])<<16 | uint32(p[2])<<8 | uint32(p[3])
}

func look(m *image.NRGBA) traits {
	t := traits{opaque: true, gray: true, binary: true, grayDepth: 1, counts: map[uint32]int{}, hiddenSame: true}
	anyHidden, many := false, false
	w := m.Rect.Dx()
	var last uint32
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:4*w]
		for x := 0; x < len(row); x += 4 {
			p := row[x : x+4]
			k := key(p)
			if k == last && (x > 0 || y > 0) {
				continue
			}
			last = k
			t.opaque = t.opaque && p[3] == 255
			t.binary = t.binary && (p[3] == 255 || p[3] == 0)
			t.gray = t.gray && p[0] == p[1] && p[1] == p[2]
			for t.grayDepth < 8 && p[0]%(255/(1<<t.grayDepth-1)) != 0 {
				t.grayDepth *= 2
			}
			if p[3] == 0 {
				c := color.NRGBA{p[0], p[1], p[2], 0}
				t.hiddenSame = t.hiddenSame && (!anyHidden || c == t.hidden)
				t.hidden, anyHidden = c, true
			}
			if many || t.counts[k] > 0 {
				continue
			}
			if len(t.colors) == 256 {
				many, t.colors = true, nil
				continue
			}
			t.colors = append(t.colors, color.NRGBA{p[0], p[1], p[2], p[3]})
			t.counts[k] = len(t.colors)
		}
	}
	return t
}

// formats lists the rasters worth trying.
func formats(m *image.NRGBA, opt Options) []*raster {
	if !opt.KeepHidden {
		m = withoutHidden(m)
	}
	t := look(m)
	switch opt.Model {
	case GrayModel:
		t.colors = nil // a palette has colours
	case ColorModel:
		t.gray = false
	}
	var list []*raster
	if t.gray && t.opaque {
		list = append(list, grayRaster(m, t.grayDepth))
	}
	if t.colors != nil {
		list = append(list, exactPalette(m, t))
		// Few colours are seldom better off otherwise, but a palette costs
		// three bytes a colour.
		if len(t.colors) <= 16 || m.Rect.Dx()*m.Rect.Dy() > 1<<16 || t.gray && t.opaque {
			return list
		}
	}
	switch {
	case t.gray && t.opaque:
	case t.gray:
		list = append(list, wideOf(m).as(typeGrayAlpha, 8))
	case t.opaque:
		list = append(list, wideOf(m).as(typeRGB, 8))
	default:
		list = append(list, wideOf(m).as(typeRGBA, 8))
		if r := keyed(m, t); r != nil {
			list = append(list, r)
		}
	}
	return list
}

// withoutHidden makes all fully transparent pixels black.
func withoutHidden(m *image.NRGBA) *image.NRGBA {
	var c *image.NRGBA
	w := m.Rect.Dx()
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:4*w]
		for x := 0; x < len(row); x += 4 {
			if row[x+3] != 0 || row[x]|row[x+1]|row[x+2] == 0 {
				continue
			}
			if c == nil {
				c = &image.NRGBA{Pix: slices.Clone(m.Pix), Stride: m.Stride, Rect: m.Rect}
			}
			clear(c.Pix[y*m.Stride+x:][:3])
		}
	}
	if c == nil {
		return m
	}
	return c
}

func grayRaster(m *image.NRGBA, depth int) *raster {
	r := newRaster(m.Rect.Dx(), m.Rect.Dy(), typeGray, depth)
	r.pack(func(x, y int) uint8 { return m.Pix[y*m.Stride+4*x] >> (8 - depth) })
	return r
}

// exactPalette holds the colours themselves, transparent ones first.
func exactPalette(m *image.NRGBA, t traits) *raster {
	order := slices.Clone(t.colors)
	slices.SortFunc(order, func(a, b color.NRGBA) int {
		if (a.A < 255) != (b.A < 255) {
			return cmp.Compare(a.A/255, b.A/255)
		}
		luma := func(c color.NRGBA) int { return 77*int(c.R) + 150*int(c.G) + 29*int(c.B) }
		return cmp.Or(cmp.Compare(luma(a), luma(b)), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.A, b.A))
	})
	place := make(map[uint32]uint8, len(order))
	for i, c := range order {
		place[key([]byte{c.R, c.G, c.B, c.A})] = uint8(i)
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	pix := make([]uint8, 0, w*h)
	for y := range h {
		row := m.Pix[y*m.Stride:][:4*w]
		for x := 0; x < len(row); x += 4 {
			pix = append(pix, place[key(row[x:x+4])])
		}
	}
	return indexedRaster(w, h, order, pix)
}

// keyed is RGB with one colour that means transparent, when the transparency
// is all or nothing and such a colour can be had.
func keyed(m *image.NRGBA, t traits) *raster {
	if !t.binary || t.opaque || !t.hiddenSame {
		return nil
	}
	h := t.hidden
	w := m.Rect.Dx()
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:4*w]
		for x := 0; x < len(row); x += 4 {
			if row[x+3] == 255 && row[x] == h.R && row[x+1] == h.G && row[x+2] == h.B {
				return nil
			}
		}
	}
	r := wideOf(m).as(typeRGB, 8)
	r.trans = []byte{0, h.R, 0, h.G, 0, h.B}
	return r
}
