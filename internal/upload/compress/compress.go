// Package compress makes the pictures of a mini-program smaller before they
// are uploaded. A JPEG stays a JPEG, a PNG a PNG, a GIF a GIF, whatever the
// file is called; the result is never larger than the original, and equal
// input and options give equal bytes. It never reads or writes a file, and
// never sees more of a picture than its bytes.
//
// What happens to each type:
//
//   - JPEG: encoded anew at the quality, upright by its Exif orientation,
//     without metadata; Huffman tables are made for the file, and it becomes
//     progressive where that is smaller. Where encoding anew gains little
//     (the file has such a quality already) its coefficients are kept and
//     only packed better, which changes no pixel. CMYK files are only packed.
//   - PNG: packed better without loss, and below quality 100 reduced to a
//     palette with dithering where that is smaller and the similarity (SSIM,
//     on black and on white) stays above MinSimilarity; also, the colours of
//     fully transparent pixels, and the second 8 bits of 16-bit channels, are
//     only kept at quality 100. Animated files (APNG) stay as they are.
//   - GIF: one frame is packed better without loss; animations stay.
//
// Colour: an embedded profile, or the PNG chunks that mean the same, go where
// they say sRGB, which viewers take for granted; any other stays in the file.
package compress

import (
	"context"
	"errors"
	"fmt"
	"image"

	"github.com/disintegration/imaging"
	"golang.org/x/sync/semaphore"
)

// Limits of what is read; larger pictures are refused with ErrTooLarge before
// they are decoded.
const (
	MaxBytes  = 64 << 20 // of a file
	MaxPixels = 40e6     // of a picture
)

// MinSimilarity is what a palette must keep of a PNG, as package ssim
// measures.
const MinSimilarity = 0.98

// DefaultQuality is what the zero Options ask for.
const DefaultQuality = 85

// DefaultMemory is what pictures may take while they are worked on, together.
const DefaultMemory = 512 << 20

// ErrTooLarge is returned for files above MaxBytes and pictures above
// MaxPixels.
var ErrTooLarge = errors.New("the picture is too large to compress")

// ErrNotPicture is returned for bytes that are no JPEG, PNG or GIF.
var ErrNotPicture = errors.New("neither a JPEG, a PNG nor a GIF")

// MalformedError is returned for a picture that cannot be decoded.
type MalformedError struct {
	Type  string // such as "PNG"
	Cause error
}

func (e *MalformedError) Error() string {
	return fmt.Sprintf("cannot read the %s: %v", e.Type, e.Cause)
}

// Unwrap returns the cause.
func (e *MalformedError) Unwrap() error { return e.Cause }

// OptionError says which option is out of range.
type OptionError struct{ Option, Problem string }

func (e *OptionError) Error() string { return e.Option + " " + e.Problem }

// Options say what may be given up for size.
type Options struct {
	// Quality is from 1 to 100, on the scale of JPEG encoders; 0 means
	// DefaultQuality. At 100 nothing that can be seen changes, unless a
	// picture is scaled or turned.
	Quality int
	// MaxWidth scales wider JPEG and PNG pictures down to this many pixels
	// and keeps their aspect; 0 leaves sizes alone. A picture whose scaled
	// file would be larger keeps its size.
	MaxWidth int
	// Memory bounds, in bytes, what decoded pictures of all calls take
	// together, by estimate; a picture beyond it waits to be alone. 0 means
	// DefaultMemory.
	Memory int64
}

// Validate reports the first option that is out of range, as an *OptionError.
func (o Options) Validate() error {
	switch {
	case o.Quality < 0 || o.Quality > 100:
		return &OptionError{"quality", fmt.Sprintf("must be from 1 to 100, not %d", o.Quality)}
	case o.MaxWidth < 0:
		return &OptionError{"maxWidth", fmt.Sprintf("must be 0 or more, not %d", o.MaxWidth)}
	case o.Memory < 0:
		return &OptionError{"memory", fmt.Sprintf("must be 0 or more, not %d", o.Memory)}
	}
	return nil
}

// Engine compresses pictures for any number of workers at once.
type Engine struct {
	quality, maxWidth int
	memory            *semaphore.Weighted
	budget            int64
}

// New returns an engine, or the error of Validate.
func New(o Options) (*Engine, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Quality == 0 {
		o.Quality = DefaultQuality
	}
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	return &Engine{quality: o.Quality, maxWidth: o.MaxWidth, memory: semaphore.NewWeighted(o.Memory), budget: o.Memory}, nil
}

// Result is a picture as it should be uploaded.
type Result struct {
	Data          []byte // the original's own bytes when it is not Changed
	ContentType   string // by content, such as "image/png"
	Width, Height int    // in pixels, as shown
	Changed       bool   // Data is new, and smaller
}

// Image compresses one picture, whose bytes it keeps unchanged. Errors are
// ErrNotPicture, ErrTooLarge, a *MalformedError or that of ctx; on all but
// the last the original can be uploaded as it is. The memory that its pixels
// will take is waited for; ctx ends the wait, and the work soon.
func (e *Engine) Image(ctx context.Context, data []byte) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	f := formatOf(data)
	if f == nil {
		return Result{}, ErrNotPicture
	}
	if len(data) > MaxBytes {
		return Result{}, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(data), MaxBytes)
	}
	result, err := f.compress(e, ctx, data)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return Result{}, ctx.Err()
		case errors.Is(err, ErrTooLarge):
			return Result{}, err
		}
		return Result{}, &MalformedError{f.name, err}
	}
	result.ContentType = f.contentType
	if result.Data == nil || len(result.Data) >= len(data) {
		return Result{Data: data, ContentType: f.contentType, Width: result.originalWidth, Height: result.originalHeight}, nil
	}
	result.Changed = true
	return result.Result, nil
}

// outcome is what became of a picture; Data is nil when nothing did.
type outcome struct {
	Result
	originalWidth, originalHeight int
}

func untouched(width, height int) outcome {
	return outcome{originalWidth: width, originalHeight: height}
}

// admit refuses a picture that is too large and waits for the memory that the
// others have; done gives it back.
func (e *Engine) admit(ctx context.Context, width, height, bytesPerPixel, fileSize int) (done func(), err error) {
	pixels := int64(width) * int64(height)
	if pixels > MaxPixels {
		return nil, fmt.Errorf("%w: %d × %d pixels, at most %d million", ErrTooLarge, width, height, int(MaxPixels/1e6))
	}
	n := min(e.budget, pixels*int64(bytesPerPixel)+3*int64(fileSize))
	if err := e.memory.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return func() { e.memory.Release(n) }, nil
}

// decode admits a picture and reads its pixels.
func (e *Engine) decode(ctx context.Context, width, height, bytesPerPixel int, data []byte) (m image.Image, done func(), err error) {
	done, err = e.admit(ctx, width, height, bytesPerPixel, len(data))
	if err != nil {
		return nil, nil, err
	}
	if m, err = imaging.Decode(newReader(ctx, data)); err != nil {
		done()
		return nil, nil, err
	}
	return m, done, nil
}

// scaled returns the size that maxWidth leaves, and whether it is another.
func (e *Engine) scaled(width, height int) (w, h int, ok bool) {
	if e.maxWidth == 0 || width <= e.maxWidth {
		return width, height, false
	}
	h = int((int64(height)*int64(e.maxWidth) + int64(width)/2) / int64(width))
	return e.maxWidth, max(1, h), true
}
