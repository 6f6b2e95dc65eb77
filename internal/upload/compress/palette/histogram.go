package palette

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"slices"
)

// maxEntries bounds the work of finding a palette; a picture of more colours
// is reduced from merged ones.
const maxEntries = 1 << 15

// histogram lists the colours of the picture with their weights.
func (p *Picture) histogram(ctx context.Context) ([]entry, error) {
	m := p.image
	w, h := m.Rect.Dx(), m.Rect.Dy()
	all := make([]uint64, 0, w*h) // colour<<32 | weight
	for y := range h {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row := m.Pix[y*m.Stride:][:4*w]
		line := p.importance.line(y)
		for x := range w {
			v := row[4*x : 4*x+4]
			c := uint64(v[0])<<24 | uint64(v[1])<<16 | uint64(v[2])<<8 | uint64(v[3])
			if v[3] == 0 {
				c = 0
			}
			all = append(all, c<<32|uint64(line[x/importanceCell]))
		}
	}
	slices.Sort(all)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var entries []entry
	for i := 0; i < len(all); {
		e := entry{rgba: uint32(all[i] >> 32)}
		for ; i < len(all) && uint32(all[i]>>32) == e.rgba; i++ {
			e.weight += int64(uint32(all[i]))
		}
		entries = append(entries, e)
	}
	for drop := 1; len(entries) > maxEntries; drop++ {
		entries = merged(entries, drop)
	}
	for i := range entries {
		r, g, b, a := channels(entries[i].rgba)
		entries[i].at = pointOf(r, g, b, a)
	}
	return entries, nil
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

func newImportance(m *image.NRGBA) *importance {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	n := importanceCell
	columns, lines := (w+n-1)/n, (h+n-1)/n
	result := &importance{columns: columns, cells: make([]uint16, columns*lines)}
	for j := range lines {
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
	return result
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
