// Package pngpack writes PNG files as small as it can: in the smallest of the
// pixel formats that hold the picture exactly, with the row filters that suit
// it. It never changes a pixel that can be seen.
package pngpack

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image/color"
	"slices"
)

// Signature begins every PNG file.
const Signature = "\x89PNG\r\n\x1a\n"

// Chunk is a piece of a PNG file.
type Chunk struct {
	Type string // four letters
	Data []byte
}

// Options of a file.
type Options struct {
	// Extra chunks stand behind the header, such as those that define the
	// colour space.
	Extra []Chunk
	// Model restricts the pixel formats, as an embedded profile asks for.
	Model Model
	// KeepHidden keeps the colours of fully transparent pixels.
	KeepHidden bool
	// Worth, when not 0, is the size that a file must come near to be wanted:
	// Lossless gives up what is clearly far from it.
	Worth int
}

// farFrom is how many times the wanted size a quick trial must be above for
// the best result to be out of reach.
const farFrom = 2

// Model is a kind of pixel format.
type Model int

// The models.
const (
	AnyModel   Model = iota
	GrayModel        // grey, with or without alpha
	ColorModel       // RGB or palette
)

// Color types of the header.
const (
	typeGray      = 0
	typeRGB       = 2
	typePalette   = 3
	typeGrayAlpha = 4
	typeRGBA      = 6
)

// raster is a picture in one pixel format, rows unfiltered and packed.
type raster struct {
	width, height int
	colorType     byte
	depth         int
	palette       []byte // PLTE
	trans         []byte // tRNS
	stride        int    // bytes a row
	pixel         int    // bytes a pixel, at least 1, for the filters
	data          []byte
}

var channels = map[byte]int{typeGray: 1, typeRGB: 3, typePalette: 1, typeGrayAlpha: 2, typeRGBA: 4}

func newRaster(width, height int, colorType byte, depth int) *raster {
	bits := channels[colorType] * depth
	stride := (width*bits + 7) / 8
	return &raster{
		width: width, height: height, colorType: colorType, depth: depth,
		stride: stride, pixel: max(1, bits/8), data: make([]byte, stride*height),
	}
}

// Indexed writes a picture of at most 256 colours, given as one index a
// pixel. Colours with transparency should come first.
func Indexed(ctx context.Context, width, height int, colors []color.NRGBA, pix []uint8, opt Options) ([]byte, error) {
	return indexedRaster(width, height, colors, pix).encode(ctx, opt)
}

func indexedRaster(width, height int, colors []color.NRGBA, pix []uint8) *raster {
	depth := 8
	for _, d := range []int{4, 2, 1} {
		if len(colors) <= 1<<d {
			depth = d
		}
	}
	r := newRaster(width, height, typePalette, depth)
	for i, c := range colors {
		r.palette = append(r.palette, c.R, c.G, c.B)
		if c.A < 255 {
			for len(r.trans) < i {
				r.trans = append(r.trans, 255)
			}
			r.trans = append(r.trans, c.A)
		}
	}
	r.pack(func(x, y int) uint8 { return pix[y*width+x] })
	return r
}

// pack fills rows of one channel of at most 8 bits.
func (r *raster) pack(at func(x, y int) uint8) {
	for y := range r.height {
		row := r.data[y*r.stride:][:r.stride]
		for x := range r.width {
			bit := x * r.depth
			row[bit/8] |= at(x, y) << (8 - r.depth - bit%8)
		}
	}
}

// encode tries the row filters and writes the file with the best; nil when it
// is not worth it.
func (r *raster) encode(ctx context.Context, opt Options) ([]byte, error) {
	packed, err := r.compress(ctx, opt.Worth)
	if err != nil || packed == nil {
		return nil, err
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(r.width))
	header = binary.BigEndian.AppendUint32(header, uint32(r.height))
	header = append(header, byte(r.depth), r.colorType, 0, 0, 0)
	out := appendChunk([]byte(Signature), Chunk{"IHDR", header})
	for _, c := range opt.Extra {
		out = appendChunk(out, c)
	}
	if len(r.palette) > 0 {
		out = appendChunk(out, Chunk{"PLTE", r.palette})
	}
	if len(r.trans) > 0 {
		out = appendChunk(out, Chunk{"tRNS", r.trans})
	}
	out = appendChunk(out, Chunk{"IDAT", packed})
	return appendChunk(out, Chunk{"IEND", nil}), nil
}

func appendChunk(out []byte, c Chunk) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(c.Data)))
	begin := len(out)
	out = append(append(out, c.Type...), c.Data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[begin:]))
}

// trial is one way to filter the rows.
type trial struct {
	filtered []byte
	size     int
}

// finalists are filtered ways that are compressed as well as can be; which is
// the best of all often shows only then.
const finalists = 2

// compress returns the data of the IDAT chunk; nil when it is not worth it.
func (r *raster) compress(ctx context.Context, worth int) ([]byte, error) {
	var trials []trial
	for _, s := range r.strategies() {
		filtered, err := r.filter(ctx, s)
		if err != nil {
			return nil, err
		}
		n, err := deflatedSize(ctx, filtered)
		if err != nil {
			return nil, err
		}
		trials = append(trials, trial{filtered, n})
		slices.SortStableFunc(trials, func(a, b trial) int { return cmp.Compare(a.size, b.size) })
		trials = trials[:min(len(trials), finalists)]
	}
	if worth > 0 && trials[0].size > farFrom*worth {
		return nil, nil
	}
	var best []byte
	for i, t := range trials {
		if i > 0 && t.size > trials[0].size+trials[0].size/20 {
			break
		}
		packed, err := deflate(ctx, t.filtered)
		if err != nil {
			return nil, err
		}
		if best == nil || len(packed) < len(best) {
			best = packed
		}
	}
	return best, nil
}
