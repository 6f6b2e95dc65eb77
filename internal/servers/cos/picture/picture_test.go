package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
)

// gradient is a picture whose left half is red and whose rest is not.
func gradient(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x), uint8(y), uint8(x * y), 255}
			if x < w/2 {
				c = color.NRGBA{255, 0, 0, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encodeJPEG(t *testing.T, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodePNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func animation(t *testing.T, frames int) []byte {
	t.Helper()
	var g gif.GIF
	for range frames {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, 40, 20), color.Palette{color.Black, color.White}))
		g.Delay = append(g.Delay, 1)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withOrientation puts an EXIF segment into a JPEG.
func withOrientation(data []byte, orientation uint16, order binary.AppendByteOrder, mark string) []byte {
	tiff := order.AppendUint16([]byte(mark), 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, e := range []struct{ tag, value uint16 }{{0x0100, 7}, {0x0112, orientation}} {
		tiff = order.AppendUint16(tiff, e.tag)
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, e.value)
		tiff = order.AppendUint16(tiff, 0)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return bytes.Join([][]byte{data[:2], segment, body, data[2:]}, nil)
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]error{
		"": ErrRule, "imageView": ErrRule, "imageView2": ErrRule, "imageView2/6/w/1": ErrRule,
		"imageView2/2/w": ErrRule, "imageView2/2/w/0": ErrRule, "imageView2/2/w/-1": ErrRule, "imageView2/2/w/+1": ErrRule,
		"imageView2/2/w/10000": ErrRule, "imageView2/2/q/101": ErrRule, "imageView2/2/format/txt": ErrRule,
		"imageView2/2/format/webp": ErrUnsupported, "imageView2/2/x/1": ErrUnsupported, "imageView2/2/interlace/1": ErrUnsupported,
		"imageMogr2": ErrRule, "imageMogr2/thumbnail": ErrRule, "imageMogr2/thumbnail/x": ErrRule, "imageMogr2/thumbnail/10": ErrRule,
		"imageMogr2/thumbnail/10x!": ErrRule, "imageMogr2/thumbnail/!50": ErrRule, "imageMogr2/thumbnail/!0p": ErrRule,
		"imageMogr2/thumbnail/!1x2x3r": ErrRule, "imageMogr2/thumbnail/@": ErrRule, "imageMogr2/rotate/90": ErrUnsupported,
		"imageMogr2/quality/x": ErrRule, "imageMogr2/strip|": ErrRule, "imageMogr2/" + strings.Repeat("strip/", 1000): ErrRule,
	} {
		if _, err := Parse(text); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
	for text, want := range map[string]bool{"imageView2/2": true, "imageMogr2/strip": true, "imageView2": true, "imageInfo": false, "prefix": false} {
		if Is(text) != want {
			t.Errorf("Is(%q) is not %v", text, want)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		rule         string
		w, h         int
		wantW, wantH int
	}{
		{"imageView2/2/w/200", 400, 300, 200, 150},
		{"imageView2/2/h/30", 400, 300, 40, 30},
		{"imageView2/2/w/200/h/30", 400, 300, 40, 30},
		{"imageView2/2/w/800", 400, 300, 400, 300},
		{"imageView2/0/w/200/h/30", 300, 400, 30, 40},
		{"imageView2/0/w/200", 300, 400, 150, 200},
		{"imageView2/1/w/100/h/50", 400, 300, 100, 50},
		{"imageView2/1/w/100", 400, 300, 100, 100},
		{"imageView2/1/w/800/h/100", 400, 300, 400, 100},
		{"imageView2/3/w/100/h/50", 400, 300, 100, 75},
		{"imageView2/3/h/50", 400, 300, 67, 50},
		{"imageView2/4/w/100/h/50", 300, 400, 75, 100},
		{"imageView2/5/w/100/h/50", 300, 400, 50, 100},
		{"imageView2/2", 400, 300, 400, 300},
		{"imageMogr2/thumbnail/200x", 400, 300, 200, 150},
		{"imageMogr2/thumbnail/x600", 400, 300, 800, 600},
		{"imageMogr2/thumbnail/200x30", 400, 300, 40, 30},
		{"imageMogr2/thumbnail/800x900>", 400, 300, 400, 300},
		{"imageMogr2/thumbnail/200x900>", 400, 300, 200, 150},
		{"imageMogr2/thumbnail/800x900<", 400, 300, 800, 600},
		{"imageMogr2/thumbnail/200x100<", 400, 300, 400, 300},
		{"imageMogr2/thumbnail/20x100!", 400, 300, 20, 100},
		{"imageMogr2/thumbnail/!200x100r", 400, 300, 200, 150},
		{"imageMogr2/thumbnail/!50p", 400, 300, 200, 150},
		{"imageMogr2/thumbnail/!50px", 400, 300, 200, 300},
		{"imageMogr2/thumbnail/!x50p", 400, 300, 400, 150},
		{"imageMogr2/thumbnail/30000@", 400, 300, 200, 150},
		{"imageMogr2/thumbnail/300000@", 400, 300, 400, 300},
		{"imageMogr2/thumbnail/1x", 3, 900, 1, 300},
		{"imageMogr2/thumbnail/!1p", 3, 3, 1, 1},
		{"imageMogr2/thumbnail/200x|imageView2/1/w/50/h/50", 400, 300, 50, 50},
	} {
		r, err := Parse(tt.rule)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		got, err := r.Apply(encodePNG(t, image.NewGray(image.Rect(0, 0, tt.w, tt.h))), 0)
		if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
			continue
		}
		c, err := png.DecodeConfig(bytes.NewReader(got.Data))
		if err != nil || c.Width != tt.wantW || c.Height != tt.wantH || got.Width != tt.wantW || got.Height != tt.wantH {
			t.Errorf("%s of %d × %d: %d × %d (%v), want %d × %d", tt.rule, tt.w, tt.h, c.Width, c.Height, err, tt.wantW, tt.wantH)
		}
	}
}

func TestQuality(t *testing.T) {
	m := gradient(120, 90)
	photo := encodeJPEG(t, m, 80)
	info, err := Inspect(photo)
	if err != nil || info.Quality != 80 || info.Width != 120 || info.Height != 90 || info.Format != "jpeg" {
		t.Fatalf("%+v, %v", info, err)
	}
	for rule, want := range map[string]int{
		"imageView2/q/40": 40, "imageView2/2/q/40": 40, "imageView2/2/q/90": 80, "imageView2/2/q/90!": 90, "imageView2/2/rq/50": 40,
		"imageView2/2/lq/60": 80, "imageView2/2/lq/95": 95, "imageMogr2/quality/30": 30, "imageMogr2/strip": 80,
		"imageMogr2/rquality/50": 40, "imageMogr2/lquality/90": 90, "imageView2/2/w/60": 80,
	} {
		r, err := Parse(rule)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Apply(photo, 0)
		if err != nil {
			t.Errorf("%s: %v", rule, err)
			continue
		}
		made, err := Inspect(got.Data)
		if err != nil || made.Quality != want || got.Quality != want || got.MIME != "image/jpeg" {
			t.Errorf("%s: quality %d, said %d (%v), want %d", rule, made.Quality, got.Quality, err, want)
		}
		if want < 80 && len(got.Data) >= len(photo) {
			t.Errorf("%s: %d bytes of %d", rule, len(got.Data), len(photo))
		}
	}
}

func TestFormats(t *testing.T) {
	m := gradient(40, 20)
	see := image.NewNRGBA(image.Rect(0, 0, 4, 4)) // wholly transparent
	var bitmap bytes.Buffer
	if err := bmp.Encode(&bitmap, m); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		data   []byte
		rule   string
		format string
		err    error
	}{
		"png to jpg":             {encodePNG(t, m), "imageMogr2/format/jpg", "jpeg", nil},
		"jpg to png":             {encodeJPEG(t, m, 90), "imageView2/2/format/png", "png", nil},
		"transparent to jpg":     {encodePNG(t, see), "imageMogr2/format/jpeg", "jpeg", nil},
		"bmp to png":             {bitmap.Bytes(), "imageMogr2/format/png", "png", nil},
		"bmp smaller":            {bitmap.Bytes(), "imageMogr2/thumbnail/10x", "bmp", nil},
		"animation, quality":     {animation(t, 3), "imageView2/2/q/10", "gif", nil},
		"animation, size":        {animation(t, 3), "imageView2/2/w/10", "", ErrUnsupported},
		"animation to jpg":       {animation(t, 3), "imageMogr2/format/jpg", "jpeg", nil},
		"one frame, size":        {animation(t, 1), "imageView2/2/w/10", "gif", nil},
		"text":                   {[]byte("hello"), "imageView2/2/w/10", "", ErrNotPicture},
		"nothing":                {nil, "imageView2/2/w/10", "", ErrNotPicture},
		"cut off":                {encodePNG(t, m)[:60], "imageView2/2/w/10", "", ErrNotPicture},
		"cut off after the IHDR": {encodePNG(t, m)[:40], "imageMogr2/format/jpg", "", ErrNotPicture},
		"too large a result":     {encodePNG(t, m), "imageMogr2/thumbnail/9999x", "", ErrTooLarge},
	} {
		r, err := Parse(tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Apply(tt.data, 1<<20)
		if !errors.Is(err, tt.err) || err == nil && sniff(got.Data) != tt.format {
			t.Errorf("%s: %s, %v", name, sniff(got.Data), err)
		}
		if name == "transparent to jpg" {
			white, _ := jpeg.Decode(bytes.NewReader(got.Data))
			if r, g, b, _ := white.At(1, 1).RGBA(); r < 0xf000 || g < 0xf000 || b < 0xf000 {
				t.Errorf("%s: the ground is %x %x %x", name, r, g, b)
			}
		}
	}
}

// A file of a few bytes must not cost gigabytes.
func TestBombs(t *testing.T) {
	header := func(w, h uint32) []byte {
		ihdr := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
		ihdr = append(ihdr, 8, 6, 0, 0, 0)
		b := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
		return binary.BigEndian.AppendUint32(append(b, ihdr...), crc32.ChecksumIEEE(ihdr))
	}
	r, err := Parse("imageView2/2/w/10")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]uint32{{30001, 1}, {1, 30001}, {30000, 30000}, {1 << 30, 1 << 30}, {8000, 8000}} {
		bomb := header(size[0], size[1])
		allocs := testing.AllocsPerRun(1, func() {
			if _, err := r.Apply(bomb, 0); !errors.Is(err, ErrTooLarge) && !errors.Is(err, ErrNotPicture) {
				t.Errorf("%v: %v", size, err)
			}
		})
		if allocs > 200 {
			t.Errorf("%v: %v allocations", size, allocs)
		}
	}
	// Narrow and high: the way to the result would be large.
	tall := encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 20000)))
	wide, err := Parse("imageMogr2/thumbnail/9000x10!")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wide.Apply(tall, 0); !errors.Is(err, ErrTooLarge) {
		t.Errorf("tall: %v", err)
	}
}

func TestOrientation(t *testing.T) {
	photo := encodeJPEG(t, gradient(60, 40), 90)
	r, err := Parse("imageMogr2/auto-orient")
	if err != nil {
		t.Fatal(err)
	}
	for o := uint16(1); o <= 9; o++ {
		data := withOrientation(photo, o, binary.LittleEndian, "II")
		if o%2 == 0 {
			data = withOrientation(photo, o, binary.BigEndian, "MM")
		}
		info, err := Inspect(data)
		if err != nil || o < 9 && info.Orientation != int(o) || o == 9 && info.Orientation != 0 {
			t.Errorf("%d: %+v, %v", o, info, err)
		}
		got, err := r.Apply(data, 0)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(got.Data))
		if err != nil {
			t.Fatal(err)
		}
		wantW, wantH := 60, 40
		if o >= 5 && o <= 8 {
			wantW, wantH = 40, 60
		}
		if b := m.Bounds(); b.Dx() != wantW || b.Dy() != wantH || got.Width != wantW {
			t.Errorf("%d: %v", o, b)
		}
		// The red half must be where a viewer would show it.
		where := map[uint16]image.Point{1: {5, 20}, 2: {55, 20}, 3: {55, 20}, 4: {5, 20}, 5: {20, 5}, 6: {20, 5}, 7: {20, 55}, 8: {20, 55}, 9: {5, 20}}[o]
		if red, g, b, _ := m.At(where.X, where.Y).RGBA(); red < 0xe000 || g > 0x2000 || b > 0x2000 {
			t.Errorf("%d: not red at %v", o, where)
		}
		if again, err := Inspect(got.Data); err != nil || o >= 2 && o <= 8 && again.Orientation != 0 {
			t.Errorf("%d: still turned: %+v, %v", o, again, err)
		}
	}
}

// What a picture says about itself stays until it is stripped or acted upon.
func TestMetadata(t *testing.T) {
	photo := withOrientation(encodeJPEG(t, gradient(60, 40), 90), 6, binary.LittleEndian, "II")
	icc := append([]byte("ICC_PROFILE\x00\x01\x01"), "profile"...)
	photo = slices.Concat(photo[:2], []byte{0xff, 0xe2, 0, byte(len(icc) + 2)}, icc, photo[2:])
	for text, want := range map[string]struct {
		orientation int
		icc         bool
	}{
		"imageView2/q/50":                     {6, true},
		"imageView2/2/w/30/q/50":              {6, true},
		"imageMogr2/quality/50/strip":         {0, false},
		"imageMogr2/auto-orient/quality/50":   {0, true},
		"imageMogr2/format/png":               {0, false},
		"imageMogr2/thumbnail/30x/format/jpg": {6, true},
	} {
		r, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Apply(photo, 0)
		if err != nil {
			t.Fatal(err)
		}
		info, err := Inspect(got.Data)
		if err != nil || info.Orientation != want.orientation || bytes.Contains(got.Data, icc) != want.icc {
			t.Errorf("%s: %+v, profile %v, %v", text, info, bytes.Contains(got.Data, icc), err)
		}
		if _, _, err := image.Decode(bytes.NewReader(got.Data)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestFrames(t *testing.T) {
	for _, n := range []int{1, 2, 7} {
		data := animation(t, n)
		if info, err := Inspect(data); err != nil || info.Frames != n {
			t.Errorf("%d frames: %+v, %v", n, info, err)
		}
		for cut := range len(data) {
			_ = countFrames(data[:cut])
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\x08\x00\x00\x00"), "imageView2/2/w/10/q/50")
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"), "imageMogr2/thumbnail/!50p")
	f.Add([]byte("BM"), "imageMogr2/thumbnail/10x10>|imageMogr2/strip")
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		_, _ = inspectJPEG(data)
		_ = countFrames(append([]byte("GIF89a1234567"), data...))
		info, err := Inspect(data)
		if err == nil && (info.Width <= 0 || info.Height <= 0 || info.Quality < 0 || info.Quality > 100) {
			t.Errorf("%+v", info)
		}
		r, err := Parse(text)
		if err != nil {
			return
		}
		if got, err := r.Apply(data, 1<<16); err == nil && (got.Width*got.Height > 1<<16 || len(got.Data) == 0) {
			t.Errorf("%s: %d × %d", text, got.Width, got.Height)
		}
	})
}
