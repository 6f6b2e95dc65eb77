package palette

import (
	"cmp"
	"context"
	"image/color"
	"slices"
)

// box is a part of the histogram, with the error that remains when one colour
// stands for all of it.
type box struct {
	entries []entry
	axis    int
	err     float64 // the weighted sum of squares along the widest axis
	total   float64 // along all axes
}

// cut splits the colours, always where most error remains, until there are n
// boxes, and returns the mean of each.
func (p *Picture) cut(n int) []color.NRGBA {
	boxes := []box{newBox(slices.Clone(p.colors))}
	for len(boxes) < n {
		worst := 0
		for i := range boxes {
			if boxes[i].total > boxes[worst].total {
				worst = i
			}
		}
		if len(boxes[worst].entries) < 2 {
			break
		}
		a, b := boxes[worst].split()
		boxes[worst] = a
		boxes = append(boxes, b)
	}
	colors := make([]color.NRGBA, len(boxes))
	for i := range boxes {
		var m mean
		for j := range boxes[i].entries {
			m.add(&boxes[i].entries[j])
		}
		colors[i] = m.color()
	}
	return colors
}

func newBox(entries []entry) box {
	b := box{entries: entries}
	if len(entries) < 2 {
		return b
	}
	var weight int64
	var sum, squares [4]int64
	for i := range entries {
		e := &entries[i]
		weight += e.weight
		for k, v := range e.at {
			sum[k] += e.weight * int64(v)
		}
	}
	for i := range entries {
		e := &entries[i]
		for k, v := range e.at {
			d := int64(v) - sum[k]/weight
			squares[k] += e.weight * d * d
		}
	}
	for k, s := range squares {
		b.total += float64(s)
		if float64(s) > b.err {
			b.axis, b.err = k, float64(s)
		}
	}
	return b
}

// split parts a box at the mean of its widest axis.
func (b *box) split() (lower, upper box) {
	k := b.axis
	slices.SortFunc(b.entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.at[k], y.at[k]), cmp.Compare(x.rgba, y.rgba))
	})
	var weight, sum int64
	for i := range b.entries {
		weight += b.entries[i].weight
		sum += b.entries[i].weight * int64(b.entries[i].at[k])
	}
	middle, _ := slices.BinarySearchFunc(b.entries, sum/weight+1, func(e entry, v int64) int {
		return cmp.Compare(int64(e.at[k]), v)
	})
	middle = max(1, min(middle, len(b.entries)-1))
	return newBox(b.entries[:middle:middle]), newBox(b.entries[middle:])
}

// mean sums premultiplied colours.
type mean struct{ weight, r, g, b, a int64 }

func (m *mean) add(e *entry) {
	r, g, b, a := channels(e.rgba)
	m.weight += e.weight
	m.r += e.weight * int64(r*a)
	m.g += e.weight * int64(g*a)
	m.b += e.weight * int64(b*a)
	m.a += e.weight * int64(a)
}

func (m *mean) color() color.NRGBA {
	if m.a == 0 || m.weight == 0 {
		return color.NRGBA{}
	}
	alpha := (m.a + m.weight/2) / m.weight
	if alpha == 0 {
		return color.NRGBA{}
	}
	channel := func(sum int64) uint8 { return uint8((sum + m.a/2) / m.a) }
	return color.NRGBA{channel(m.r), channel(m.g), channel(m.b), uint8(alpha)}
}

// maxRounds is after how many rounds k-means has settled for this purpose.
const maxRounds = 8

// refine moves the colours to the means of what they stand for, again and
// again (Lloyd's algorithm).
func (p *Picture) refine(ctx context.Context, colors []color.NRGBA) ([]color.NRGBA, error) {
	for i := range p.colors {
		p.colors[i].chosen = 0 // an earlier call left its own
	}
	last := int64(-1)
	for range maxRounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		index := newIndex(colors)
		means := make([]mean, len(colors))
		var total int64
		worst, worstErr := -1, int64(0)
		for i := range p.colors {
			e := &p.colors[i]
			chosen, distance := index.nearest(&e.at, e.chosen)
			e.chosen = chosen
			means[chosen].add(e)
			miss := e.weight * int64(distance)
			total += miss
			if miss > worstErr {
				worst, worstErr = i, miss
			}
		}
		for i := range means {
			switch {
			case means[i].weight > 0:
				colors[i] = means[i].color()
			case worst >= 0:
				// A colour that stands for nothing serves the worst miss.
				r, g, b, a := channels(p.colors[worst].rgba)
				colors[i] = color.NRGBA{uint8(r), uint8(g), uint8(b), uint8(a)}
				worst = -1
			}
		}
		if last >= 0 && total > last-last/256 {
			break
		}
		last = total
	}
	return colors, nil
}
