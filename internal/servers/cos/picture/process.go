package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/disintegration/imaging"
	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

// The errors of pictures.
var (
	// ErrNotPicture is content in none of the formats that are read.
	ErrNotPicture = errors.New("the content is not a picture that can be read")
	// ErrTooLarge is a picture, or a result, with too many pixels.
	ErrTooLarge = errors.New("the picture has too many pixels")
)

// DefaultMaxPixels is the most pixels that are decoded. The service takes 250
// million; a process that serves a folder should not need a gigabyte for one.
const DefaultMaxPixels = 50_000_000

// maxInputSide is the service's limit for the width and height of what comes.
const maxInputSide = 30_000

// formats are those that are read and, some of them, written.
var formats = map[string]struct {
	mime   string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	encode func(w io.Writer, m image.Image, quality int) error
}{
	"jpeg": {"image/jpeg", jpeg.DecodeConfig, jpeg.Decode, func(w io.Writer, m image.Image, q int) error {
		return jpeg.Encode(w, opaque(m), &jpeg.Options{Quality: q})
	}},
	"png": {"image/png", png.DecodeConfig, png.Decode, func(w io.Writer, m image.Image, _ int) error {
		return png.Encode(w, m)
	}},
	"gif": {"image/gif", gif.DecodeConfig, gif.Decode, func(w io.Writer, m image.Image, _ int) error {
		return gif.Encode(w, m, nil)
	}},
	"bmp": {"image/bmp", bmp.DecodeConfig, bmp.Decode, func(w io.Writer, m image.Image, _ int) error {
		return bmp.Encode(w, m)
	}},
	"webp": {mime: "image/webp", config: webp.DecodeConfig, decode: webp.Decode},
}

// Info describes a picture.
type Info struct {
	Format        string // jpeg, png, gif, webp or bmp
	Width, Height int    // in pixels, as they are stored
	Quality       int    // of a JPEG, 1 to 100; 0 where there is none
	Orientation   int    // EXIF, 1 to 8; 0 where there is none
	Frames        int    // of a GIF; 1 for all others
}

// Inspect describes the picture in data without decoding it. The error is
// ErrNotPicture.
func Inspect(data []byte) (Info, error) {
	format := sniff(data)
	f, ok := formats[format]
	if !ok {
		return Info{}, ErrNotPicture
	}
	c, err := f.config(bytes.NewReader(data))
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return Info{}, fmt.Errorf("%w: %v", ErrNotPicture, err)
	}
	info := Info{Format: format, Width: c.Width, Height: c.Height, Frames: 1}
	switch format {
	case "jpeg":
		info.Quality, info.Orientation = inspectJPEG(data)
	case "gif":
		info.Frames = countFrames(data)
	}
	return info, nil
}

// sniff tells the format by the first bytes.
func sniff(data []byte) string {
	has := func(at int, s string) bool { return len(data) >= at+len(s) && string(data[at:at+len(s)]) == s }
	switch {
	case has(0, "\xff\xd8\xff"):
		return "jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "png"
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return "gif"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "webp"
	case has(0, "BM"):
		return "bmp"
	}
	return ""
}

// Result is a picture that a rule has made.
type Result struct {
	Data          []byte
	MIME          string
	Format        string
	Width, Height int
	Quality       int
}

// Apply carries out the rule on the picture in data, which is not changed. A
// picture of more than maxPixels pixels, before or after, is refused; 0 is
// DefaultMaxPixels. The errors are ErrNotPicture, ErrTooLarge and
// ErrUnsupported.
func (r Rule) Apply(data []byte, maxPixels int) (Result, error) {
	if maxPixels <= 0 {
		maxPixels = DefaultMaxPixels
	}
	info, err := Inspect(data)
	if err != nil {
		return Result{}, err
	}
	format := r.format
	if format == "" {
		format = info.Format
	}
	if info.Width > maxInputSide || info.Height > maxInputSide || info.Width*info.Height > maxPixels {
		return Result{}, fmt.Errorf("%w: %d × %d", ErrTooLarge, info.Width, info.Height)
	}
	w, h := info.Width, info.Height
	turned := r.orient && info.Orientation >= 5
	if turned {
		w, h = h, w
	}
	steps, same := r.steps(w, h)
	out := Result{Format: format, MIME: formats[format].mime, Width: w, Height: h}
	if n := len(steps); n > 0 {
		out.Width, out.Height = steps[n-1].cropW, steps[n-1].cropH
	}
	for _, s := range steps {
		// Scaling goes over a picture of the new width and the old height.
		if s.w > MaxSide || s.h > MaxSide || s.w*max(s.h, h) > maxPixels {
			return Result{}, fmt.Errorf("%w: the result would have %d × %d", ErrTooLarge, s.w, s.h)
		}
		h = s.cropH
	}
	if format == "jpeg" {
		out.Quality = r.quality.of(info)
	}
	oriented := r.orient && info.Orientation > 1
	if same && format == info.Format && !oriented && r.idle(info, out.Quality) {
		out.Data, out.Quality = data, info.Quality
		return out, nil
	}
	switch {
	case formats[format].encode == nil:
		return Result{}, fmt.Errorf("%w: %s cannot be written", ErrUnsupported, format)
	case format == "gif" && info.Frames > 1:
		return Result{}, fmt.Errorf("%w: the size of an animation", ErrUnsupported)
	}
	m, err := formats[info.Format].decode(bytes.NewReader(data))
	if err != nil {
		return Result{}, fmt.Errorf("%w: %v", ErrNotPicture, err)
	}
	if r.orient {
		m = orient(m, info.Orientation)
	}
	for _, s := range steps {
		if b := m.Bounds(); b.Dx() != s.w || b.Dy() != s.h {
			m = imaging.Resize(m, s.w, s.h, imaging.Lanczos)
		}
		if s.cropW != s.w || s.cropH != s.h {
			m = imaging.CropCenter(m, s.cropW, s.cropH)
		}
	}
	var b bytes.Buffer
	if err := formats[format].encode(&b, m, out.Quality); err != nil {
		return Result{}, fmt.Errorf("%w: %v", ErrNotPicture, err)
	}
	out.Data = b.Bytes()
	if format == "jpeg" && info.Format == "jpeg" && !r.strip {
		out.Data = withMetadata(out.Data, data, !oriented)
	}
	return out, nil
}

// idle reports whether a picture that keeps size and format stays as it is.
func (r Rule) idle(info Info, becomes int) bool {
	switch info.Format {
	case "gif":
		return true // it has neither quality nor metadata to lose
	case "webp":
		return r.quality == quality{}
	case "jpeg":
		return !r.strip && (r.quality == quality{} || becomes == info.Quality)
	}
	return false
}

type step struct{ w, h, cropW, cropH int }

// steps computes all sizes before anything is decoded; same is true if they
// change nothing.
func (r Rule) steps(w, h int) (steps []step, same bool) {
	same = true
	for _, z := range r.sizes {
		var s step
		s.w, s.h, s.cropW, s.cropH = z.size(w, h)
		same = same && s.cropW == w && s.cropH == h
		w, h = s.cropW, s.cropH
		steps = append(steps, s)
	}
	return steps, same
}

// defaultQuality is taken when that of the original is not known.
const defaultQuality = 75

func (q quality) of(info Info) int {
	original := info.Quality
	if original == 0 {
		original = 100 // it had no losses
	}
	switch {
	case q.kind == 'a' && q.force:
		return q.value
	case q.kind == 'a':
		return min(original, q.value)
	case q.kind == 'r':
		return max(1, original*q.value/100)
	case q.kind == 'l':
		return max(original, q.value)
	case info.Quality == 0:
		return defaultQuality
	}
	return original
}

// opaque puts a picture with transparency on white, as JPEG has none.
func opaque(m image.Image) image.Image {
	if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
		return m
	}
	b := m.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), m, b.Min, draw.Over)
	return flat
}

// orient turns a picture as its EXIF orientation says.
func orient(m image.Image, orientation int) image.Image {
	switch orientation {
	case 2:
		return imaging.FlipH(m)
	case 3:
		return imaging.Rotate180(m)
	case 4:
		return imaging.FlipV(m)
	case 5:
		return imaging.Transpose(m)
	case 6:
		return imaging.Rotate270(m)
	case 7:
		return imaging.Transverse(m)
	case 8:
		return imaging.Rotate90(m)
	}
	return m
}
