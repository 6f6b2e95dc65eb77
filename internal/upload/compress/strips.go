package compress

import (
	"context"
	"image"
	"image/draw"

	"github.com/disintegration/imaging"
)

// stripPixels is how much of a picture is scaled or turned between two looks at
// the context.
const stripPixels = 1 << 18

// resize scales m to w by h, as imaging.Resize does: first across, then down,
// each of which can be done a strip at a time.
func resize(ctx context.Context, m image.Image, w, h int) (image.Image, error) {
	size := m.Bounds().Size()
	if size.X != w {
		wide := image.NewNRGBA(image.Rect(0, 0, w, size.Y))
		err := eachStrip(ctx, size.Y, size.X, func(y0, y1 int) {
			strip := part(m, image.Rect(0, y0, size.X, y1))
			put(wide, image.Pt(0, y0), imaging.Resize(strip, w, y1-y0, imaging.Lanczos))
		})
		if err != nil {
			return nil, err
		}
		m = wide
	}
	if size.Y == h {
		return m, nil
	}
	done := image.NewNRGBA(image.Rect(0, 0, w, h))
	err := eachStrip(ctx, w, size.Y, func(x0, x1 int) {
		strip := part(m, image.Rect(x0, 0, x1, size.Y))
		put(done, image.Pt(x0, 0), imaging.Resize(strip, x1-x0, h, imaging.Lanczos))
	})
	return done, err
}

// turns undo the Exif orientations. A strip of rows becomes one of columns
// where across is set, and lands as far from the other end where back is.
var turns = map[int]struct {
	turn         func(image.Image) *image.NRGBA
	across, back bool
}{
	2: {turn: imaging.FlipH},
	3: {turn: imaging.Rotate180, back: true},
	4: {turn: imaging.FlipV, back: true},
	5: {turn: imaging.Transpose, across: true},
	6: {turn: imaging.Rotate270, across: true, back: true},
	7: {turn: imaging.Transverse, across: true, back: true},
	8: {turn: imaging.Rotate90, across: true},
}

// upright undoes an Exif orientation.
func upright(ctx context.Context, m image.Image, orientation int) (image.Image, error) {
	how, ok := turns[orientation]
	if !ok {
		return m, nil
	}
	size := m.Bounds().Size()
	shown := size
	if how.across {
		shown.X, shown.Y = size.Y, size.X
	}
	done := image.NewNRGBA(image.Rectangle{Max: shown})
	err := eachStrip(ctx, size.Y, size.X, func(y0, y1 int) {
		at := y0
		if how.back {
			at = size.Y - y1
		}
		to := image.Pt(0, at)
		if how.across {
			to = image.Pt(at, 0)
		}
		put(done, to, how.turn(part(m, image.Rect(0, y0, size.X, y1))))
	})
	return done, err
}

// eachStrip calls f for strips of n lines, each of so many pixels, until the
// context is done.
func eachStrip(ctx context.Context, n, pixels int, f func(from, to int)) error {
	step := max(2, stripPixels/max(1, pixels)) &^ 1 // colours may be shared by two lines
	for from := 0; from < n; from += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		f(from, min(n, from+step))
	}
	return nil
}

// part is what lies in r, which counts from the corner of m.
func part(m image.Image, r image.Rectangle) image.Image {
	if s, ok := m.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r.Add(m.Bounds().Min))
	}
	return imaging.Crop(m, r.Add(m.Bounds().Min))
}

// put copies a strip to its place.
func put(to *image.NRGBA, at image.Point, strip *image.NRGBA) {
	draw.Draw(to, strip.Rect.Add(at), strip, strip.Rect.Min, draw.Src)
}
