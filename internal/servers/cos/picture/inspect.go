package picture

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// exifHead begins a segment of Exif data.
const exifHead = "Exif\x00\x00"

// segments calls each with the marker and the body of every segment of a JPEG
// before its pixels, until it returns false.
func segments(data []byte, each func(marker byte, body []byte) bool) {
	for i := 2; i+4 <= len(data); {
		if data[i] != 0xff {
			return
		}
		marker := data[i+1]
		switch {
		case marker == 0xff: // a filling byte
			i++
			continue
		case marker == 0xda, marker == 0xd9: // pixels, the end
			return
		case marker == 0x01, marker >= 0xd0 && marker <= 0xd8: // without a body
			i += 2
			continue
		}
		length := int(binary.BigEndian.Uint16(data[i+2:]))
		if length < 2 || i+2+length > len(data) || !each(marker, data[i+4:i+2+length]) {
			return
		}
		i += 2 + length
	}
}

func inspectJPEG(data []byte) (quality, orientation int) {
	segments(data, func(marker byte, body []byte) bool {
		switch marker {
		case 0xdb: // quantization tables
			if quality == 0 {
				quality = estimate(body)
			}
		case 0xe1: // EXIF
			if orientation == 0 {
				orientation = exifOrientation(body)
			}
		}
		return true
	})
	return quality, orientation
}

// withMetadata gives a JPEG the metadata of the one that it was made from, which
// stays unless it is stripped: a picture that lies on its side needs it. A
// picture that was turned upright has no use for its Exif any more.
func withMetadata(made, original []byte, exif bool) []byte {
	var kept []byte
	rgb := true
	segments(original, func(marker byte, body []byte) bool {
		frame := marker >= 0xc0 && marker <= 0xc2
		rgb = rgb && !(frame && len(body) > 5 && body[5] > 3) // what was CMYK is no more
		return !frame
	})
	segments(original, func(marker byte, body []byte) bool {
		if exif && marker == 0xe1 && bytes.HasPrefix(body, []byte(exifHead)) ||
			rgb && marker == 0xe2 && bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) {
			kept = binary.BigEndian.AppendUint16(append(kept, 0xff, marker), uint16(len(body)+2))
			kept = append(kept, body...)
		}
		return true
	})
	return slices.Concat(made[:2], kept, made[2:])
}

// luminance is the table of the JPEG standard (annex K.1) in zigzag order; the
// usual encoders scale it.
var luminance = [64]int{
	16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40,
	26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51,
	56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87,
	95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
}

// estimate finds the quality whose scaled table is nearest to the first one in
// a segment of tables, or 0.
func estimate(body []byte) int {
	if len(body) < 65 || body[0] != 0 { // eight bits, table 0
		return 0
	}
	best, nearest := 0, -1
	for quality := 1; quality <= 100; quality++ {
		scale := 200 - 2*quality
		if quality < 50 {
			scale = 5000 / quality
		}
		sum := 0
		for i, std := range luminance {
			want := min(255, max(1, (std*scale+50)/100))
			d := int(body[1+i]) - want
			sum += d * d
		}
		if nearest < 0 || sum < nearest {
			best, nearest = quality, sum
		}
	}
	return best
}

// exifOrientation finds tag 0x0112 in the first directory, or 0.
func exifOrientation(body []byte) int {
	if len(body) < len(exifHead)+8 || string(body[:len(exifHead)]) != exifHead {
		return 0
	}
	tiff := body[len(exifHead):]
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:2]) {
	case "II":
	case "MM":
		order = binary.BigEndian
	default:
		return 0
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	for i := range uint64(order.Uint16(tiff[at:])) {
		entry := at + 2 + 12*i
		if entry+12 > uint64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) != 0x0112 {
			continue
		}
		if v := order.Uint16(tiff[entry+8:]); v >= 1 && v <= 8 {
			return int(v)
		}
		return 0
	}
	return 0
}

// countFrames counts the frames of a GIF by walking over its blocks. What is
// cut off counts as far as it goes.
func countFrames(data []byte) int {
	if len(data) < 13 {
		return 0
	}
	table := func(flags byte) int {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	frames := 0
	i := 13 + table(data[10])
	for i < len(data) {
		switch data[i] {
		case 0x21: // extension: label, blocks
			i += 2
		case 0x2c: // frame: place, local colours, code size, blocks
			frames++
			if i+10 > len(data) {
				return frames
			}
			i += 11 + table(data[i+9])
		default:
			return frames
		}
		for i < len(data) && data[i] != 0 {
			i += 1 + int(data[i])
		}
		i++
	}
	return frames
}
