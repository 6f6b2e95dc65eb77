package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"path"
)

// layer is one shape filled with a vertical gradient.
type layer struct {
	shape    shape
	from, to rgb
}

// picture describes one file: a background, which may be transparent, and
// layers painted over it.
type picture struct {
	path          string // its suffix picks the format
	width, height int
	top, bottom   rgb
	transparent   bool
	layers        []layer
	noise         float64 // amplitude of the grain, 0 to 1
	quality       int     // JPEG only
	frames        int     // GIF only
}

func (p picture) encode() ([]byte, error) {
	var buf bytes.Buffer
	var err error
	switch ext := path.Ext(p.path); ext {
	case ".png":
		err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, p.paint(0))
	case ".jpg":
		err = jpeg.Encode(&buf, p.paint(0), &jpeg.Options{Quality: p.quality})
	case ".gif":
		err = gif.EncodeAll(&buf, p.animate())
	default:
		err = fmt.Errorf("no encoder for %q", ext)
	}
	return buf.Bytes(), err
}

// paint renders the picture with its layers turned by the given angle.
func (p picture) paint(turn float64) *image.NRGBA {
	h := fnv.New64a()
	h.Write([]byte(p.path))
	g := grain{rand.New(rand.NewPCG(h.Sum64(), 1)), p.noise}

	img := image.NewNRGBA(image.Rect(0, 0, p.width, p.height))
	unit := float64(min(p.width, p.height))
	sin, cos := math.Sincos(turn)
	for py := range p.height {
		down := float64(py) / float64(p.height)
		for px := range p.width {
			x0, y0 := (float64(px)+0.5-float64(p.width)/2)/unit, (float64(py)+0.5-float64(p.height)/2)/unit
			x, y := x0*cos+y0*sin, -x0*sin+y0*cos
			c, alpha := p.top.mix(p.bottom, down), 1.0
			if p.transparent {
				alpha = 0
			}
			for _, l := range p.layers {
				cover := min(1, max(0, 0.5-l.shape(x, y)*unit))
				if cover > 0 {
					fill := l.from.mix(l.to, min(1, max(0, y+0.5)))
					if alpha == 0 {
						c = fill
					}
					c, alpha = c.mix(fill, cover), alpha+(1-alpha)*cover
				}
			}
			if p.noise > 0 {
				c = g.apply(c)
			}
			img.SetNRGBA(px, py, c.nrgba(alpha))
		}
	}
	return img
}

// animate turns the picture once around.
func (p picture) animate() *gif.GIF {
	palette := color.Palette{color.Transparent}
	for i := range 15 {
		palette = append(palette, p.layers[0].from.mix(p.layers[0].to, float64(i)/14).nrgba(1))
	}
	out := &gif.GIF{}
	for f := range p.frames {
		src := p.paint(2 * math.Pi * float64(f) / float64(p.frames))
		frame := image.NewPaletted(src.Rect, palette)
		for i := 0; i < len(src.Pix); i += 4 {
			if src.Pix[i+3] > 127 {
				c := color.NRGBA{src.Pix[i], src.Pix[i+1], src.Pix[i+2], 255}
				frame.Pix[i/4] = uint8(1 + palette[1:].Index(c))
			}
		}
		out.Image = append(out.Image, frame)
		out.Delay = append(out.Delay, 8)
		out.Disposal = append(out.Disposal, gif.DisposalBackground)
	}
	return out
}
