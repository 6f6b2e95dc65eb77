package pngpack

import (
	"context"
	"math"
)

// The filter types of the PNG specification, 9.2.
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
	filters
)

// strategy chooses the filter of each row: always one type, or by a measure
// of the filtered row.
type strategy struct {
	fixed   int
	measure func(row []byte) float64
}

// strategies lists what is worth trying. Indices and packed pixels seldom
// gain from prediction.
func (r *raster) strategies() []strategy {
	list := []strategy{{fixed: filterNone}, {measure: absolutes}}
	if r.colorType == typePalette || r.depth < 8 {
		return append(list, strategy{measure: entropy})
	}
	return append(list, strategy{measure: entropy},
		strategy{fixed: filterSub}, strategy{fixed: filterUp}, strategy{fixed: filterAverage}, strategy{fixed: filterPaeth})
}

// filter returns the rows, each behind its filter type.
func (r *raster) filter(ctx context.Context, s strategy) ([]byte, error) {
	out := make([]byte, 0, (r.stride+1)*r.height)
	above := make([]byte, r.stride)
	var candidates [filters][]byte
	for i := range candidates {
		candidates[i] = make([]byte, r.stride)
	}
	for y := range r.height {
		if y%64 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		row := r.data[y*r.stride:][:r.stride]
		chosen := s.fixed
		if s.measure == nil {
			filterRow(candidates[chosen], row, above, chosen, r.pixel)
		} else {
			least := math.Inf(1)
			for f := range filters {
				filterRow(candidates[f], row, above, f, r.pixel)
				if v := s.measure(candidates[f]); v < least {
					chosen, least = f, v
				}
			}
		}
		out = append(append(out, byte(chosen)), candidates[chosen]...)
		above = row
	}
	return out, nil
}

// absolutes sums the bytes as signed numbers, the heuristic of the PNG
// specification (12.7).
func absolutes(row []byte) float64 {
	sum := 0
	for _, b := range row {
		v := int(int8(b))
		sum += max(v, -v)
	}
	return float64(sum)
}

// entropy is how many bits the bytes would take by their frequencies.
func entropy(row []byte) float64 {
	var counts [256]int
	for _, b := range row {
		counts[b]++
	}
	var sum float64
	for _, n := range counts {
		if n > 1 {
			sum += float64(float64(n) * math.Log2(float64(n)))
		}
	}
	return -sum
}

func filterRow(to, row, above []byte, filter, pixel int) {
	switch filter {
	case filterNone:
		copy(to, row)
	case filterSub:
		copy(to, row[:min(pixel, len(row))])
		for i := pixel; i < len(row); i++ {
			to[i] = row[i] - row[i-pixel]
		}
	case filterUp:
		for i := range row {
			to[i] = row[i] - above[i]
		}
	case filterAverage:
		for i := range row {
			left := 0
			if i >= pixel {
				left = int(row[i-pixel])
			}
			to[i] = row[i] - byte((left+int(above[i]))/2)
		}
	case filterPaeth:
		for i := range row {
			if i < pixel {
				to[i] = row[i] - above[i]
				continue
			}
			to[i] = row[i] - paeth(row[i-pixel], above[i], above[i-pixel])
		}
	}
}

func paeth(left, above, corner byte) byte {
	a, b, c := int(left), int(above), int(corner)
	da, db, dc := b-c, a-c, a+b-2*c
	da, db, dc = max(da, -da), max(db, -db), max(dc, -dc)
	switch {
	case da <= db && da <= dc:
		return left
	case db <= dc:
		return above
	}
	return corner
}
