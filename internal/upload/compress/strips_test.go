package compress

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/disintegration/imaging"
)

// What is done a strip at a time is what imaging does at once, to the byte.
func TestStrips(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	bounds := image.Rect(0, 0, 1203, 907)
	pixels := image.NewNRGBA(bounds)
	for i := range pixels.Pix {
		pixels.Pix[i] = byte(dice.Uint32())
	}
	shared := image.NewYCbCr(bounds, image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{shared.Y, shared.Cb, shared.Cr} {
		for i := range plane {
			plane[i] = byte(dice.Uint32())
		}
	}
	few := image.NewPaletted(bounds, color.Palette{color.Black, color.White, color.NRGBA{9, 90, 200, 100}})
	for i := range few.Pix {
		few.Pix[i] = byte(dice.IntN(3))
	}
	whole := map[int]func(image.Image) *image.NRGBA{
		2: imaging.FlipH, 3: imaging.Rotate180, 4: imaging.FlipV, 5: imaging.Transpose,
		6: imaging.Rotate270, 7: imaging.Transverse, 8: imaging.Rotate90,
	}
	for _, m := range []image.Image{pixels, shared, few, pixels.SubImage(image.Rect(7, 9, 1200, 900))} {
		for orientation, turn := range whole {
			got, err := upright(t.Context(), m, orientation)
			if n, want := pixelsOf(got), turn(m); err != nil || n.Rect != want.Rect || !bytes.Equal(n.Pix, want.Pix) {
				t.Errorf("%T: orientation %d is another picture, %v", m, orientation, err)
			}
		}
		for _, size := range []image.Point{{300, 226}, {301, 907}, {1, 1}} {
			got, err := resize(t.Context(), m, size.X, size.Y)
			if n, want := pixelsOf(got), imaging.Resize(m, size.X, size.Y, imaging.Lanczos); err != nil || n.Rect != want.Rect || !bytes.Equal(n.Pix, want.Pix) {
				t.Errorf("%T: scaled to %v it is another picture, %v", m, size, err)
			}
		}
	}
	if got, err := upright(t.Context(), shared, 1); got != image.Image(shared) || err != nil {
		t.Error("a picture that is upright was copied")
	}
}

func pixelsOf(m image.Image) *image.NRGBA {
	n, ok := m.(*image.NRGBA)
	if !ok {
		return image.NewNRGBA(image.Rectangle{})
	}
	return n
}

// Scaling, turning and encoding end with the context.
func TestPixelWorkEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := image.NewNRGBA(image.Rect(0, 0, 640, 480))
	_, scaled := resize(ctx, m, 100, 75)
	_, turned := upright(ctx, m, 6)
	_, encoded := encodeStandard(ctx, m, 80)
	for name, err := range map[string]error{"scaled": scaled, "turned": turned, "encoded": encoded} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a panic that is not ours was lost")
		}
	}()
	_, _ = encodeStandard(t.Context(), broken{m}, 80)
}

// broken is a picture that cannot be looked at.
type broken struct{ image.Image }

func (broken) At(int, int) color.Color { panic("broken") }
