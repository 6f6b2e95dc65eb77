package compress

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"

	"github.com/disintegration/imaging"

	"github.com/wecos-go/wecos/internal/upload/compress/jpegcoef"
)

// jpegPixelBytes is what a pixel of a JPEG takes at most at a time: the
// coefficients of a progressive file, its planes, and two turned or scaled
// copies, or the coefficients written.
const jpegPixelBytes = 28

// worthLoss is how much smaller, in percent, a file must become by giving up
// detail than by better packing alone: encoding again for less only wears
// pictures out.
const worthLoss = 4

func (e *Engine) jpeg(ctx context.Context, data []byte) (outcome, error) {
	header, err := jpegcoef.Header(data)
	if errors.Is(err, jpegcoef.ErrUnsupported) {
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		return untouched(c.Width, c.Height), err
	}
	if err != nil {
		return outcome{}, err
	}
	done, err := e.admit(ctx, header.Width, header.Height, jpegPixelBytes, len(data))
	if err != nil {
		return outcome{}, err
	}
	defer done()

	turn := orientation(header.Exif)
	width, height := header.Width, header.Height
	if turn >= 5 {
		width, height = height, width
	}
	result := untouched(width, height)
	profile := header.ICC
	if isSRGB(profile) {
		profile = nil
	}
	isCMYK := len(header.Components) > 3

	// Packed better. A picture that lies on its side by its orientation needs
	// the metadata that says so.
	if turn == 1 {
		result.Width, result.Height = width, height
		if result.Data, err = repack(ctx, data, profile); err != nil {
			return outcome{}, err
		}
	}
	w, h, scale := e.scaled(width, height)
	if isCMYK || turn == 1 && !scale && !e.finer(header) {
		return result, nil
	}
	lossy, err := e.encodeJPEG(ctx, data, header, profile, turn, w, h)
	if err != nil {
		return outcome{}, err
	}
	if turn != 1 || scale && len(lossy) < len(data) || len(lossy)*100 < len(result.Data)*(100-worthLoss) {
		result.Data, result.Width, result.Height = lossy, w, h
	}
	return result, nil
}

// repack keeps the coefficients and writes them better.
func repack(ctx context.Context, data, profile []byte) ([]byte, error) {
	m, err := jpegcoef.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	m.ICC = profile
	return m.Encode(ctx)
}

// finer reports whether a file has more detail than the quality asks for: its
// steps are smaller than those of the encoder.
func (e *Engine) finer(header *jpegcoef.Image) bool {
	if e.quality == 100 {
		return false
	}
	sample, err := encodeStandard(context.Background(), image.NewGray(image.Rect(0, 0, 8, 8)), e.quality)
	if err != nil {
		return false
	}
	want, err := jpegcoef.Header(sample)
	if err != nil {
		return false
	}
	ours, theirs := want.Quant[want.Components[0].Quant], header.Quant[header.Components[0].Quant]
	if theirs == nil {
		return false
	}
	sum := func(table *[64]uint16) (n int) {
		for _, v := range table {
			n += int(v)
		}
		return n
	}
	return sum(theirs) < sum(ours)
}

// encodeStandard is jpeg.Encode that ends with the context.
func encodeStandard(ctx context.Context, m image.Image, quality int) (encoded []byte, err error) {
	var out bytes.Buffer
	defer func() {
		if left := recover(); left == errLeave {
			encoded, err = nil, ctx.Err()
		} else if left != nil {
			panic(left)
		}
	}()
	err = jpeg.Encode(&leaver{ctx, &out}, m, &jpeg.Options{Quality: quality})
	return out.Bytes(), err
}

var errLeave = errors.New("the context is done")

// leaver is a writer that leaves whoever writes to it when the context is done.
// Package jpeg goes on to the end of the picture after an error of its writer,
// so that is by a panic, which encodeStandard ends.
type leaver struct {
	ctx context.Context
	w   io.Writer
}

func (l *leaver) Write(p []byte) (int, error) {
	if l.ctx.Err() != nil {
		panic(errLeave)
	}
	return l.w.Write(p)
}

// encodeJPEG decodes, turns and scales a picture and encodes it anew.
func (e *Engine) encodeJPEG(ctx context.Context, data []byte, header *jpegcoef.Image, profile []byte, turn, w, h int) ([]byte, error) {
	m, err := imaging.Decode(newReader(ctx, data))
	if err != nil {
		return nil, err
	}
	if m, err = upright(ctx, m, turn); err != nil {
		return nil, err
	}
	if size := m.Bounds().Size(); size.X != w || size.Y != h {
		if m, err = resize(ctx, m, w, h); err != nil {
			return nil, err
		}
	}
	if len(header.Components) == 1 {
		m = grayed(m)
	}
	standard, err := encodeStandard(ctx, m, e.quality)
	if err != nil {
		return nil, err
	}
	return repack(ctx, standard, profile)
}

// grayed gives back the one channel that a grey picture has after it was
// turned or scaled.
func grayed(m image.Image) image.Image {
	n, ok := m.(*image.NRGBA)
	if !ok {
		return m
	}
	g := image.NewGray(n.Rect)
	for i := range g.Pix {
		g.Pix[i] = n.Pix[4*i]
	}
	return g
}
