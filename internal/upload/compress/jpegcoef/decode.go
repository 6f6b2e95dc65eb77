package jpegcoef

import (
	"bytes"
	"context"
	"encoding/binary"
)

// maxScans bounds the work that a small file can ask for; encoders write a
// dozen.
const maxScans = 64

// Header reads a file up to its first scan: everything but the coefficients,
// whose memory is not taken.
func Header(data []byte) (*Image, error) {
	d := &decoder{data: data}
	if err := d.run(context.Background(), true); err != nil {
		return nil, err
	}
	return &d.image, nil
}

// Decode reads a whole file. The caller has bounded the size of the picture
// by its Header; about two bytes a sample are taken.
func Decode(ctx context.Context, data []byte) (*Image, error) {
	d := &decoder{data: data}
	if err := d.run(ctx, false); err != nil {
		return nil, err
	}
	return &d.image, nil
}

type decoder struct {
	data  []byte
	at    int
	image Image
	icc   iccChunks

	framed  bool
	restart int // MCUs between restart markers, 0 for none
	tables  [2][4]*decodeTable
	scans   int
	// quantUsed pins the tables that a component met at its first scan: a
	// later redefinition would need two tables for one component.
	quantUsed [4]bool
	scanned   [4]bool
}

func (d *decoder) run(ctx context.Context, headerOnly bool) error {
	if !bytes.HasPrefix(d.data, []byte{0xff, markSOI}) {
		return malformed("no SOI marker")
	}
	d.at = 2
	for {
		mark, err := d.marker()
		if err != nil {
			return err
		}
		if mark == markEOI {
			return d.end()
		}
		segment, err := d.segment()
		if err != nil {
			return err
		}
		switch mark {
		case markSOF0, markSOF1, markSOF2:
			err = d.frame(mark, segment)
		case markDHT:
			err = d.huffman(segment)
		case markDQT:
			err = d.quant(segment)
		case markDRI:
			if len(segment) != 2 {
				return malformed("DRI of %d bytes", len(segment))
			}
			d.restart = int(binary.BigEndian.Uint16(segment))
		case markSOS:
			if headerOnly {
				return d.headerEnd()
			}
			err = d.scan(ctx, segment)
		case markDNL, markDAC:
			return ErrUnsupported
		default:
			if mark > markSOF2 && mark < markRST0 && mark != markJPG {
				return ErrUnsupported // the other SOF kinds
			}
			d.app(mark, segment)
		}
		if err != nil {
			return err
		}
	}
}

func (d *decoder) headerEnd() error {
	if !d.framed {
		return malformed("a scan before the frame")
	}
	d.image.ICC = d.icc.join()
	return nil
}

func (d *decoder) end() error {
	if d.scans == 0 {
		return malformed("no scan")
	}
	return d.headerEnd()
}

// marker skips fill bytes and finds the next marker.
func (d *decoder) marker() (byte, error) {
	if d.at >= len(d.data) || d.data[d.at] != 0xff {
		return 0, malformed("no marker at byte %d", d.at)
	}
	for d.at < len(d.data) && d.data[d.at] == 0xff {
		d.at++
	}
	if d.at >= len(d.data) || d.data[d.at] == 0 {
		return 0, malformed("no marker at byte %d", d.at)
	}
	d.at++
	return d.data[d.at-1], nil
}

// segment is what follows a marker, without its length.
func (d *decoder) segment() ([]byte, error) {
	if d.at+2 > len(d.data) {
		return nil, malformed("it ends within a segment")
	}
	n := int(binary.BigEndian.Uint16(d.data[d.at:]))
	if n < 2 || d.at+n > len(d.data) {
		return nil, malformed("a segment of %d bytes at byte %d", n, d.at)
	}
	body := d.data[d.at+2 : d.at+n]
	d.at += n
	return body, nil
}

// frame reads a frame header (B.2.2).
func (d *decoder) frame(mark byte, s []byte) error {
	if d.framed {
		return malformed("a second frame")
	}
	if len(s) < 6 || len(s) != 6+3*int(s[5]) {
		return malformed("a frame header of %d bytes", len(s))
	}
	if s[0] != 8 {
		return ErrUnsupported
	}
	m := &d.image
	m.Height, m.Width = int(binary.BigEndian.Uint16(s[1:])), int(binary.BigEndian.Uint16(s[3:]))
	m.Progressive = mark == markSOF2
	if m.Width == 0 || m.Height == 0 {
		return ErrUnsupported // the height comes in a DNL segment
	}
	n := int(s[5])
	if n < 1 || n > 4 {
		return malformed("%d components", n)
	}
	for i := range n {
		f := s[6+3*i:]
		c := Component{ID: f[0], H: int(f[1] >> 4), V: int(f[1] & 15), Quant: f[2]}
		if c.H < 1 || c.H > 4 || c.V < 1 || c.V > 4 || c.Quant > 3 {
			return malformed("component %d", i)
		}
		for _, other := range m.Components {
			if other.ID == c.ID {
				return malformed("two components %d", c.ID)
			}
		}
		m.Components = append(m.Components, c)
	}
	if n == 1 {
		m.Components[0].H, m.Components[0].V = 1, 1
	}
	h, v := m.sampling()
	mx, my := m.mcus()
	for i := range m.Components {
		c := &m.Components[i]
		c.Stride, c.Rows = mx*c.H, my*c.V
		c.Cols = ceilDiv(ceilDiv(m.Width*c.H, h), 8)
		c.Lines = ceilDiv(ceilDiv(m.Height*c.V, v), 8)
	}
	d.framed = true
	return nil
}

// quant reads quantisation tables (B.2.4.1).
func (d *decoder) quant(s []byte) error {
	for len(s) > 0 {
		precision, id := s[0]>>4, s[0]&15
		size := 64 * (1 + int(precision))
		if precision > 1 || id > 3 || len(s) < 1+size {
			return malformed("a quantisation table")
		}
		var table [64]uint16
		for i := range table {
			if precision == 0 {
				table[i] = uint16(s[1+i])
			} else {
				table[i] = binary.BigEndian.Uint16(s[1+2*i:])
			}
			if table[i] == 0 {
				return malformed("a quantisation table with a zero")
			}
		}
		if d.quantUsed[id] && *d.image.Quant[id] != table {
			return ErrUnsupported
		}
		d.image.Quant[id] = &table
		s = s[1+size:]
	}
	return nil
}

// huffman reads Huffman tables (B.2.4.2).
func (d *decoder) huffman(s []byte) error {
	for len(s) > 0 {
		if len(s) < 17 {
			return malformed("a Huffman table")
		}
		class, id := s[0]>>4, s[0]&15
		if class > 1 || id > 3 {
			return malformed("Huffman table %d.%d", class, id)
		}
		total := 0
		for _, n := range s[1:17] {
			total += int(n)
		}
		if total == 0 || total > 256 || len(s) < 17+total {
			return malformed("a Huffman table of %d codes", total)
		}
		t, err := newDecodeTable([16]byte(s[1:17]), s[17:17+total])
		if err != nil {
			return err
		}
		d.tables[class][id] = t
		s = s[17+total:]
	}
	return nil
}

// app notes the segments that bear on colour and orientation.
func (d *decoder) app(mark byte, s []byte) {
	m := &d.image
	switch {
	case mark == markAPP0 && bytes.HasPrefix(s, []byte("JFIF\x00")):
		m.JFIF = true
	case mark == markAPP1 && bytes.HasPrefix(s, []byte("Exif\x00\x00")) && m.Exif == nil:
		m.Exif = s[6:]
	case mark == markAPP2:
		d.icc.add(s)
	case mark == markAPP14 && len(s) >= 12 && bytes.HasPrefix(s, []byte("Adobe")):
		m.Adobe = &AdobeMarker{Transform: s[11]}
	}
}
