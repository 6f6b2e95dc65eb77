package album

import (
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// The limits of a picture: a side as large as the service's processing takes
// (document 436/36366), and pixels that phones can show.
const (
	maxSide   = 30_000
	maxPixels = 64 << 20
)

var errDimensions = errors.New("the picture has too many pixels")

// kind is a type of pictures.
type kind struct {
	suffix, mime, mark string
	scan               func() sizer
}

var kinds = []kind{
	{"jpg", "image/jpeg", "\xff\xd8\xff", func() sizer { return &jpegSize{skip: 2} }},
	{"png", "image/png", "\x89PNG\r\n\x1a\n", func() sizer { return new(pngSize) }},
}

// kindOf tells the type by the first bytes, and nothing else.
func kindOf(head []byte) (kind, bool) {
	for _, k := range kinds {
		if strings.HasPrefix(string(head[:min(len(head), 8)]), k.mark) {
			return k, true
		}
	}
	return kind{}, false
}

// isPicture reports whether the listing has a place for key.
func isPicture(key string) bool {
	return strings.HasSuffix(key, ".jpg") || strings.HasSuffix(key, ".png")
}

// sizer finds the dimensions of a picture that is fed to it in pieces.
type sizer interface {
	// feed takes the next bytes. Once it has found width and height it returns
	// them, and it may be called on; 0 is not yet, or never.
	feed(p []byte) (width, height int)
}

// bounded passes on what r holds, and fails when it is a picture with too many
// pixels. What has no dimensions passes: nobody can decode it either.
type bounded struct {
	r    io.Reader
	size sizer
	err  error // why it ended, unless that was io.EOF
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if tooMany(b.size.feed(p[:n])) {
		n, err = 0, errDimensions
	}
	if err != io.EOF {
		b.err = err
	}
	return n, err
}

func tooMany(width, height int) bool {
	return width > maxSide || height > maxSide || width*height > maxPixels
}

// pngSize reads the header that every PNG begins with (PNG specification, 11.2.1).
type pngSize struct{ head []byte }

func (s *pngSize) feed(p []byte) (width, height int) {
	const length = 24 // mark, length and name of the chunk, width, height
	s.head = append(s.head, p[:min(len(p), length-len(s.head))]...)
	if len(s.head) < length || string(s.head[12:16]) != "IHDR" {
		return 0, 0
	}
	// What does not fit into 31 bits is too large as well.
	w, h := binary.BigEndian.Uint32(s.head[16:]), binary.BigEndian.Uint32(s.head[20:])
	return int(min(w, maxSide+1)), int(min(h, maxSide+1))
}

// jpegSize walks over the segments of a JPEG until the frame header (ITU-T T.81,
// B.1.1), which thumbnails and colour profiles may put far from the beginning.
type jpegSize struct {
	skip          int // bytes that do not matter
	segment       []byte
	width, height int
	done          bool
}

func (s *jpegSize) feed(p []byte) (width, height int) {
	for len(p) > 0 && !s.done {
		if s.skip > 0 {
			n := min(s.skip, len(p))
			s.skip -= n
			p = p[n:]
			continue
		}
		s.segment = append(s.segment, p[0])
		p = p[1:]
		s.step()
	}
	return s.width, s.height
}

// step looks at a segment as far as it has come.
func (s *jpegSize) step() {
	b := s.segment
	switch {
	case b[0] != 0xff:
		s.done = true // no marker: this is no JPEG
	case len(b) == 1:
	case b[1] == 0xff: // filling
		s.segment = b[:1]
	case b[1] == 0x01, b[1] >= 0xd0 && b[1] <= 0xd8: // without a body
		s.segment = b[:0]
	case b[1] == 0xda, b[1] == 0xd9: // pixels or the end
		s.done = true
	case len(b) < 4:
	case isFrame(b[1]):
		if len(b) == 9 {
			s.height, s.width = int(binary.BigEndian.Uint16(b[5:])), int(binary.BigEndian.Uint16(b[7:]))
			s.done = true
		}
	default:
		if s.skip = int(binary.BigEndian.Uint16(b[2:])) - 2; s.skip < 0 {
			s.done = true
		}
		s.segment = b[:0]
	}
}

// isFrame reports whether a marker begins a frame: all of 0xC0 to 0xCF but
// tables and what is reserved.
func isFrame(marker byte) bool {
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
}
