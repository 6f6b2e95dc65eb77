package pngpack

import (
	"image"
	"image/color"
)

// wide reads pixels at 16 bits a channel, not premultiplied.
type wide struct {
	width, height int
	at            func(x, y int) color.NRGBA64
}

func wideOf(m *image.NRGBA) wide {
	return wide{width: m.Rect.Dx(), height: m.Rect.Dy(), at: func(x, y int) color.NRGBA64 {
		p := m.Pix[y*m.Stride+4*x:][:4]
		return color.NRGBA64{uint16(p[0]) * 257, uint16(p[1]) * 257, uint16(p[2]) * 257, uint16(p[3]) * 257}
	}}
}

// asWide returns the pixels of a picture that 8 bits a channel do not hold.
func asWide(m image.Image) (wide, bool) {
	r := m.Bounds()
	v := wide{width: r.Dx(), height: r.Dy()}
	switch m := m.(type) {
	case *image.Gray16:
		v.at = func(x, y int) color.NRGBA64 {
			g := m.Gray16At(r.Min.X+x, r.Min.Y+y).Y
			return color.NRGBA64{g, g, g, 0xffff}
		}
	case *image.NRGBA64:
		v.at = func(x, y int) color.NRGBA64 { return m.NRGBA64At(r.Min.X+x, r.Min.Y+y) }
	case *image.RGBA64: // opaque: what has transparency decodes to NRGBA64
		v.at = func(x, y int) color.NRGBA64 {
			return color.NRGBA64(m.RGBA64At(r.Min.X+x, r.Min.Y+y))
		}
	default:
		return wide{}, false
	}
	exact := func(v uint16) bool { return v>>8 == v&255 }
	for y := range v.height {
		for x := range v.width {
			if c := v.at(x, y); !exact(c.R) || !exact(c.G) || !exact(c.B) || !exact(c.A) {
				return v, true
			}
		}
	}
	return wide{}, false
}

// raster is the smallest 16-bit format.
func (v wide) raster(opt Options) *raster {
	opaque, gray := true, true
	for y := range v.height {
		for x := range v.width {
			c := v.at(x, y)
			opaque = opaque && c.A == 0xffff
			gray = gray && c.R == c.G && c.G == c.B
		}
	}
	gray = gray && opt.Model != ColorModel
	switch {
	case gray && opaque:
		return v.as(typeGray, 16)
	case gray:
		return v.as(typeGrayAlpha, 16)
	case opaque:
		return v.as(typeRGB, 16)
	}
	return v.as(typeRGBA, 16)
}

// as writes the channels that a format has, at 8 or 16 bits.
func (v wide) as(colorType byte, depth int) *raster {
	r := newRaster(v.width, v.height, colorType, depth)
	i := 0
	put := func(value uint16) {
		r.data[i] = byte(value >> 8)
		i++
		if depth == 16 {
			r.data[i] = byte(value)
			i++
		}
	}
	for y := range v.height {
		for x := range v.width {
			c := v.at(x, y)
			put(c.R)
			if colorType == typeRGB || colorType == typeRGBA {
				put(c.G)
				put(c.B)
			}
			if colorType == typeGrayAlpha || colorType == typeRGBA {
				put(c.A)
			}
		}
	}
	return r
}
