// Package jpegcoef reads a JPEG file down to its quantised DCT coefficients
// and writes them again with Huffman tables made for them, baseline or
// progressive, whichever is smaller. What a decoder shows does not change by
// one bit. It never computes a pixel.
//
// Rules and names are those of ITU-T T.81 (the JPEG standard); numbers in
// comments are its sections.
package jpegcoef

import (
	"errors"
	"fmt"
)

// ErrUnsupported is returned for files that are JPEGs of a kind this package
// does not read: arithmetic coding, hierarchical, lossless, 12 bits a sample.
var ErrUnsupported = errors.New("unsupported kind of JPEG")

// SyntaxError says what is wrong with a file.
type SyntaxError struct{ Problem string }

func (e *SyntaxError) Error() string { return "malformed JPEG: " + e.Problem }

func malformed(format string, args ...any) error {
	return &SyntaxError{fmt.Sprintf(format, args...)}
}

// Image is a JPEG file without its entropy coding.
type Image struct {
	Width, Height int
	Components    []Component
	Quant         [4]*[64]uint16 // in zigzag order; nil where none is defined
	Progressive   bool

	// Decoders choose the colour space by these two: both are kept as they
	// were.
	JFIF  bool
	Adobe *AdobeMarker

	Exif []byte // TIFF data of the first Exif segment
	ICC  []byte // the joined profile; empty when there is none or it is torn
}

// AdobeMarker is what matters in an APP14 segment.
type AdobeMarker struct{ Transform byte } // 0 RGB or CMYK, 1 YCbCr, 2 YCCK

// Component is one colour plane.
type Component struct {
	ID    byte
	H, V  int  // sampling factors; 1, 1 when there is only one component
	Quant byte // index into Image.Quant

	// Stride and Rows are the blocks held, whole MCUs; Cols and Lines those
	// that a scan of this component alone codes (A.2.2).
	Stride, Rows, Cols, Lines int
	Coef                      []int16 // 64 a block, zigzag order
}

func (c *Component) block(x, y int) []int16 {
	i := 64 * (y*c.Stride + x)
	return c.Coef[i : i+64 : i+64]
}

// sampling returns the largest sampling factors.
func (m *Image) sampling() (h, v int) {
	h, v = 1, 1
	for _, c := range m.Components {
		h, v = max(h, c.H), max(v, c.V)
	}
	return h, v
}

// mcus returns the size of the picture in MCUs.
func (m *Image) mcus() (x, y int) {
	h, v := m.sampling()
	return ceilDiv(m.Width, 8*h), ceilDiv(m.Height, 8*v)
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

const (
	markSOF0  = 0xc0
	markSOF1  = 0xc1
	markSOF2  = 0xc2
	markDHT   = 0xc4
	markJPG   = 0xc8
	markDAC   = 0xcc
	markRST0  = 0xd0
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markDQT   = 0xdb
	markDNL   = 0xdc
	markDRI   = 0xdd
	markAPP0  = 0xe0
	markAPP1  = 0xe1
	markAPP2  = 0xe2
	markAPP14 = 0xee
)
