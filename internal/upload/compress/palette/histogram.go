package palette

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"slices"
)

const (
	// maxEntries bounds the work of finding a palette; a picture of more colours
	// is reduced from merged ones.
	maxEntries = 1 << 15
	// roomEntries is how many are gathered before they are merged, so that a
	// picture in which every pixel has a colour of its own takes no more memory
	// than others.
	roomEntries = 1 << 18
	// groupBits are the high bits of a channel by which pixels are grouped.
	groupBits = 4
)

// histogram lists the colours of the picture with their weights, in order.
func (p *Picture) histogram(ctx context.Context) ([]entry, error) {
	pixels, ends, err := p.grouped(ctx)
	if err != nil {
		return nil, err
	}
	var entries []entry
	dropped := 0
	merge := func(most int) {
		for len(entries) > most {
			dropped++
			entries = merged(entries, dropped)
		}
	}
	// In a group colours differ in the low bits of their channels only.
	weights := make([]int64, 1<<(4*(8-groupBits)))
	begin := 0
	for _, end := range ends {
		group := pixels[begin:end]
		begin = end
		for _, pixel := range group {
			weights[lowBits(pixel)] += int64(uint32(pixel))
		}
		first := len(entries)
		for i, pixel := range group {
			if i%(1<<18) == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if w := &weights[lowBits(pixel)]; *w > 0 {
				entries = append(entries, entry{rgba: uint32(pixel >> 32), weight: *w})
				*w = 0
			}
		}
		// Colours that differ in the bits dropped so far are in one group:
		// without groupBits low bits fewer than roomEntries are left.
		for drop := 1; drop <= dropped; drop++ {
			entries = append(entries[:first], merged(entries[first:], drop)...)
		}
		merge(roomEntries)
	}
	merge(maxEntries)
	for i := range entries {
		r, g, b, a := channels(entries[i].rgba)
		entries[i].at = pointOf(r, g, b, a)
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.rgba, b.rgba) })
	return entries, nil
}

// grouped returns every pixel as colour<<32 | weight, group by group, and where
// each group ends.
func (p *Picture) grouped(ctx context.Context) (pixels []uint64, ends []int, err error) {
	ends = make([]int, 1<<(4*groupBits))
	err = p.each(ctx, func(pixel uint64) { ends[highBits(pixel)]++ })
	if err != nil {
		return nil, nil, err
	}
	total := 0
	for i, n := range ends {
		ends[i] = total // where it begins, until its pixels are in place
		total += n
	}
	pixels = make([]uint64, total)
	err = p.each(ctx, func(pixel uint64) {
		at := &ends[highBits(pixel)]
		pixels[*at] = pixel
		*at++
	})
	return pixels, ends, err
}

// each calls f for every pixel, given as colour<<32 | weight.
func (p *Picture) each(ctx context.Context, f func(pixel uint64)) error {
	m := p.image
	w := m.Rect.Dx()
	for y := range m.Rect.Dy() {
		if err := ctx.Err(); err != nil {
			return err
		}
		row := m.Pix[y*m.Stride:][:4*w]
		line := p.importance.line(y)
		for x := range w {
			v := row[4*x : 4*x+4]
			c := uint64(v[0])<<24 | uint64(v[1])<<16 | uint64(v[2])<<8 | uint64(v[3])
			if v[3] == 0 {
				c = 0
			}
			f(c<<32 | uint64(line[x/importanceCell]))
		}
	}
	return nil
}

// highBits and lowBits are those of the four channels of a pixel.
func highBits(pixel uint64) uint32 {
	c := uint32(pixel >> 32)
	return c>>16&0xf000 | c>>12&0xf00 | c>>8&0xf0 | c>>4&0xf
}

func lowBits(pixel uint64) uint32 {
	c := uint32(pixel >> 32)
	return c>>12&0xf000 | c>>8&0xf00 | c>>4&0xf0 | c&0xf
}

func channels(rgba uint32) (r, g, b, a int32) {
	return int32(rgba >> 24), int32(rgba >> 16 & 255), int32(rgba >> 8 & 255), int32(rgba & 255)
}

// merged joins the colours that are equal but for the lowest bits of each
// channel into the one of them that weighs most.
func merged(entries []entry, bits int) []entry {
	low := uint32(1<<bits - 1)
	mask := ^(low * 0x01010101)
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.rgba&mask, b.rgba&mask), cmp.Compare(b.weight, a.weight), cmp.Compare(a.rgba, b.rgba))
	})
	joined := entries[:0]
	for _, e := range entries {
		if n := len(joined); n > 0 && joined[n-1].rgba&mask == e.rgba&mask {
			joined[n-1].weight += e.weight
			continue
		}
		joined = append(joined, e)
	}
	return joined
}

// importance says how much an error shows at a place: most where the picture
// is smooth, less in the midst of texture. It is the way in which structural
// similarity weighs errors.
type importance struct {
	columns int
	cells   []uint16
}

const (
	importanceCell = 4
	mostImportant  = 256
)

func newImportance(ctx context.Context, m *image.NRGBA) (*importance, error) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	n := importanceCell
	columns, lines := (w+n-1)/n, (h+n-1)/n
	result := &importance{columns: columns, cells: make([]uint16, columns*lines)}
	for j := range lines {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range columns {
			var sum, squares, count int64
			// A window of two by two cells, as far as it lies in the picture.
			for y := max(0, j*n-n/2); y < min(h, j*n+n+n/2); y++ {
				for x := max(0, i*n-n/2); x < min(w, i*n+n+n/2); x++ {
					p := m.Pix[y*m.Stride+4*x:]
					v := (77*int64(p[0]) + 150*int64(p[1]) + 29*int64(p[2])) * int64(p[3]) / (256 * 255)
					sum += v
					squares += v * v
					count++
				}
			}
			variance := (squares*count - sum*sum) / (count * count)
			const flat = 29 // half of the constant that structural similarity adds to variances
			result.cells[j*columns+i] = uint16(max(2, mostImportant*flat/(flat+variance)))
		}
	}
	return result, nil
}

func (m *importance) line(y int) []uint16 {
	return m.cells[y/importanceCell*m.columns:][:m.columns]
}

// sortColors orders indices: translucent colours first, then by luma.
func sortColors(colors []color.NRGBA, order []int) {
	slices.SortFunc(order, func(i, j int) int {
		a, b := colors[i], colors[j]
		if (a.A < 255) != (b.A < 255) {
			if a.A < 255 {
				return -1
			}
			return 1
		}
		luma := func(c color.NRGBA) int { return 77*int(c.R) + 150*int(c.G) + 29*int(c.B) }
		return cmp.Or(cmp.Compare(luma(a), luma(b)), cmp.Compare(a.A, b.A), cmp.Compare(i, j))
	})
}
