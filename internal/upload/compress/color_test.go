package compress

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/wecos-go/wecos/internal/upload/compress/jpegcoef"
	"github.com/wecos-go/wecos/internal/upload/compress/pngpack"
)

func chunk(name string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// tiffWith is an IFD with one tag, the orientation.
func tiffWith(turn byte) []byte {
	return []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{turn}) + "\x00\x00\x00\x00\x00\x00")
}

func withSegment(data []byte, mark byte, body string) []byte {
	segment := append([]byte{0xff, mark, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
	return slices.Insert(bytes.Clone(data), 2, segment...)
}

// corners is 48 × 32 with a colour of its own in each corner.
func corners() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 48, 32))
	colors := [4]color.NRGBA{{250, 0, 0, 255}, {0, 250, 0, 255}, {0, 0, 250, 255}, {250, 250, 250, 255}}
	for y := range 32 {
		for x := range 48 {
			m.SetNRGBA(x, y, colors[y/16*2+x/24])
		}
	}
	return m
}

func turnedJPEG(t testing.TB, turn byte) []byte {
	return withSegment(asJPEG(t, corners(), 100), 0xe1, "Exif\x00\x00"+string(tiffWith(turn)))
}

// Pictures come out upright, by the table of Exif 2.32, 4.6.4: what the
// corners top left and top right show.
func TestOrientation(t *testing.T) {
	red, green, blue, white := color.NRGBA{250, 0, 0, 255}, color.NRGBA{0, 250, 0, 255}, color.NRGBA{0, 0, 250, 255}, color.NRGBA{250, 250, 250, 255}
	for turn, want := range map[byte][2]color.NRGBA{
		1: {red, green}, 2: {green, red}, 3: {white, blue}, 4: {blue, white},
		5: {red, blue}, 6: {blue, red}, 7: {white, green}, 8: {green, white},
	} {
		r := compressed(t, Options{}, turnedJPEG(t, turn))
		m := pixels(t, r.Data)
		w, h := 48, 32
		if turn >= 5 {
			w, h = h, w
		}
		if !r.Changed || r.Width != w || r.Height != h || m.Rect.Max != image.Pt(w, h) {
			t.Errorf("%d: changed %v, %d × %d, want %d × %d", turn, r.Changed, r.Width, r.Height, w, h)
		}
		for i, c := range want {
			got := m.NRGBAAt(4+i*(w-9), 4)
			d := func(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
			if d(got.R, c.R)+d(got.G, c.G)+d(got.B, c.B) > 30 {
				t.Errorf("%d: corner %d is %v, want %v", turn, i, got, c)
			}
		}
		if header, err := jpegcoef.Header(r.Data); err != nil || len(header.Exif) > 0 {
			t.Errorf("%d: %d bytes of Exif, %v", turn, len(header.Exif), err)
		}
	}
}

func TestOrientationMalformed(t *testing.T) {
	little := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x03\x00\x00\x00")
	for name, c := range map[string]struct {
		tiff []byte
		want int
	}{
		"little": {little, 3}, "big": {tiffWith(8), 8}, "none": {nil, 1}, "cut": {tiffWith(8)[:15], 1},
		"zero": {tiffWith(0), 1}, "nine": {tiffWith(9), 1}, "far": {[]byte("MM\x00*\xff\xff\xff\xff\x00"), 1},
		"long": {bytes.Replace(tiffWith(6), []byte("\x01\x12\x00\x03"), []byte("\x01\x12\x00\x04"), 1), 1},
	} {
		if got := orientation(c.tiff); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// profile builds an ICC profile of matrix and curve.
func profile(scale, gamma float64) []byte {
	num := func(v float64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(int32(math.Round(v*65536)))) }
	xyz := func(x, y, z float64) []byte {
		return slices.Concat([]byte("XYZ \x00\x00\x00\x00"), num(x*scale), num(y), num(z))
	}
	curve := slices.Concat([]byte("para\x00\x00\x00\x00\x00\x03\x00\x00"), num(gamma), num(1/1.055), num(0.055/1.055), num(1/12.92), num(0.04045))
	out := make([]byte, 128)
	copy(out[16:], "RGB ")
	tags := []struct {
		name string
		data []byte
	}{
		{"rXYZ", xyz(0.4361, 0.2225, 0.0139)}, {"gXYZ", xyz(0.3851, 0.7169, 0.0971)}, {"bXYZ", xyz(0.1431, 0.0606, 0.7141)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	out = binary.BigEndian.AppendUint32(out, uint32(len(tags)))
	at := len(out) + 12*len(tags)
	var body []byte
	for _, tag := range tags {
		out = append(out, tag.name...)
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tag.data)))
		body = append(body, tag.data...)
	}
	return append(out, body...)
}

// A profile goes only where it says sRGB.
func TestProfiles(t *testing.T) {
	srgb, other := profile(1, 2.4), profile(1.2, 2.2)
	if !isSRGB(srgb) || isSRGB(other) || isSRGB(profile(1, 1.8)) || isSRGB(srgb[:200]) || isSRGB(nil) {
		t.Fatal("isSRGB errs")
	}
	for _, c := range []struct {
		name string
		icc  []byte
		kept bool
	}{{"sRGB", srgb, false}, {"wide", other, true}} {
		photo := withSegment(asJPEG(t, scene(120, 90, false), 96), 0xe2, "ICC_PROFILE\x00\x01\x01"+string(c.icc))
		header, err := jpegcoef.Header(compressed(t, Options{}, photo).Data)
		if err != nil || bytes.Equal(header.ICC, c.icc) != c.kept || !c.kept && header.ICC != nil {
			t.Errorf("JPEG %s: %d bytes of profile, %v", c.name, len(header.ICC), err)
		}
		var packed bytes.Buffer
		packed.WriteString("name\x00\x00")
		z := zlib.NewWriter(&packed)
		if _, err := z.Write(c.icc); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		drawing := slices.Insert(asPNG(t, icon(60, 60)), 33, chunk("iCCP", packed.Bytes())...)
		r := compressed(t, Options{}, drawing)
		if !r.Changed || bytes.Contains(r.Data, packed.Bytes()) != c.kept {
			t.Errorf("PNG %s: changed %v, want the profile kept: %v", c.name, r.Changed, c.kept)
		}
	}
}

func TestColorChunks(t *testing.T) {
	gamma := pngpack.Chunk{Type: "gAMA", Data: []byte{0, 0, 0xb1, 0x8f}}
	linear := pngpack.Chunk{Type: "gAMA", Data: []byte{0, 1, 0x86, 0xa0}}
	intent := pngpack.Chunk{Type: "sRGB", Data: []byte{0}}
	primaries := pngpack.Chunk{Type: "cHRM", Data: []byte{
		0, 0, 0x7a, 0x26, 0, 0, 0x80, 0x84, 0, 0, 0xfa, 0, 0, 0, 0x80, 0xe8, 0, 0, 0x75, 0x30, 0, 0, 0xea, 0x60, 0, 0, 0x3a, 0x98, 0, 0, 0x17, 0x70}}
	wide := pngpack.Chunk{Type: "cHRM", Data: make([]byte, 32)}
	cicp := pngpack.Chunk{Type: "cICP", Data: []byte{9, 16, 0, 1}}
	for name, c := range map[string]struct {
		all  []pngpack.Chunk
		kept bool
	}{
		"none": {nil, false}, "gamma of sRGB": {[]pngpack.Chunk{gamma}, false}, "linear": {[]pngpack.Chunk{linear}, true},
		"sRGB goes first": {[]pngpack.Chunk{linear, intent}, false}, "primaries of sRGB": {[]pngpack.Chunk{gamma, primaries}, false},
		"other primaries": {[]pngpack.Chunk{gamma, wide}, true}, "cICP": {[]pngpack.Chunk{intent, cicp}, true},
		"torn profile": {[]pngpack.Chunk{{Type: "iCCP", Data: []byte("x")}}, true},
	} {
		if got := colorChunks(c.all); len(got) > 0 != c.kept {
			t.Errorf("%s: kept %d", name, len(got))
		}
	}
}
