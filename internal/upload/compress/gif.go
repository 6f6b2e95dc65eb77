package compress

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
)

// gifPixelBytes is what a pixel of a GIF takes: three indices.
const gifPixelBytes = 4

// gifFile is what the blocks of a GIF say.
type gifFile struct {
	width, height int
	frames        int
	frame         image.Rectangle // of the first
	plainText     bool
}

var errGIFEnd = errors.New("it ends within a block")

func readGIF(data []byte) (*gifFile, error) {
	if len(data) < 13 {
		return nil, errGIFEnd
	}
	word := func(at int) int { return int(binary.LittleEndian.Uint16(data[at:])) }
	table := func(flags byte) int { // bytes of a colour table
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	f := &gifFile{width: word(6), height: word(8)}
	at := 13 + table(data[10])
	for at < len(data) {
		kind := data[at]
		at++
		switch kind {
		case 0x3b: // trailer
			return f, nil
		case 0x21: // extension: a label, then blocks
			if at >= len(data) {
				return nil, errGIFEnd
			}
			f.plainText = f.plainText || data[at] == 0x01
			at++
		case 0x2c: // image: place and size, flags, table, code size, blocks
			if at+9 > len(data) {
				return nil, errGIFEnd
			}
			if f.frames++; f.frames == 1 {
				f.frame = image.Rect(0, 0, word(at+4), word(at+6)).Add(image.Pt(word(at), word(at+2)))
			}
			at += 9 + table(data[at+8]) + 1
		default:
			return nil, errors.New("an unknown block")
		}
		for { // blocks, the last one empty
			if at >= len(data) {
				return nil, errGIFEnd
			}
			n := int(data[at])
			at += 1 + n
			if n == 0 {
				break
			}
		}
	}
	return nil, errGIFEnd
}

func (e *Engine) gif(ctx context.Context, data []byte) (outcome, error) {
	f, err := readGIF(data)
	if err != nil {
		return outcome{}, err
	}
	result := untouched(f.width, f.height)
	if f.frames != 1 || f.plainText || f.frame != image.Rect(0, 0, f.width, f.height) {
		return result, nil
	}
	m, done, err := e.decode(ctx, f.width, f.height, gifPixelBytes, data)
	if err != nil {
		return outcome{}, err
	}
	defer done()
	p, ok := m.(*image.Paletted)
	if !ok || ctx.Err() != nil {
		return result, ctx.Err()
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, &gif.GIF{Image: []*image.Paletted{trimmed(p)}, Delay: []int{0}}); err != nil {
		return outcome{}, err
	}
	result.Data, result.Width, result.Height = out.Bytes(), f.width, f.height
	return result, nil
}

// trimmed drops the colours that no pixel has.
func trimmed(p *image.Paletted) *image.Paletted {
	var used [256]bool
	for _, i := range p.Pix {
		used[i] = true
	}
	var place [256]uint8
	q := image.NewPaletted(p.Rect, nil)
	for i, c := range p.Palette {
		if used[i] {
			place[i] = uint8(len(q.Palette))
			q.Palette = append(q.Palette, c)
		}
	}
	for len(q.Palette) < 2 {
		q.Palette = append(q.Palette, color.RGBA{A: 255})
	}
	for i, v := range p.Pix {
		q.Pix[i] = place[v]
	}
	return q
}
