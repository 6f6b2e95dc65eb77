package compress

import (
	"context"
	"encoding/binary"
	"errors"
	"image"

	"github.com/wecos-go/wecos/internal/upload/compress/palette"
	"github.com/wecos-go/wecos/internal/upload/compress/pngpack"
	"github.com/wecos-go/wecos/internal/upload/compress/ssim"
)

// pngPixelBytes is what a pixel of a PNG takes at most at a time: 8 as it was
// decoded, 4 at 8 bits, and 16 in the filtered rows that are compared or in
// the colours that are counted.
const pngPixelBytes = 32

// pngFile is what the chunks of a PNG say besides the pixels.
type pngFile struct {
	width, height int
	gray          bool
	keep          bool // it is animated, turned, or of a kind unknown
	color         []pngpack.Chunk
}

func readPNG(data []byte) (*pngFile, error) {
	f := &pngFile{}
	rest := data[len(pngpack.Signature):]
	for first := true; ; first = false {
		if len(rest) < 12 {
			return nil, errors.New("it ends within a chunk")
		}
		n, name := int64(binary.BigEndian.Uint32(rest)), string(rest[4:8])
		if n > int64(len(rest)-12) {
			return nil, errors.New("it ends within a chunk")
		}
		body := rest[8 : 8+n]
		rest = rest[12+n:]
		switch {
		case first && name == "CgBI": // Apple's own kind
			f.keep = true
			return f, nil
		case first != (name == "IHDR") || first && n != 13:
			return nil, errors.New("no header")
		}
		switch name {
		case "IHDR":
			w, h := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
			if w == 0 || h == 0 || w > 1<<31-1 || h > 1<<31-1 {
				return nil, errors.New("a size that makes no sense")
			}
			f.width, f.height = int(w), int(h)
			f.gray = body[9]&2 == 0
		case "acTL":
			f.keep = true
		case "eXIf":
			f.keep = f.keep || orientation(body) != 1
		case "iCCP", "sRGB", "gAMA", "cHRM", "cICP", "mDCV", "cLLI":
			f.color = append(f.color, pngpack.Chunk{Type: name, Data: body})
		case "IEND":
			return f, nil
		}
	}
}

func (e *Engine) png(ctx context.Context, data []byte) (outcome, error) {
	f, err := readPNG(data)
	if err != nil {
		return outcome{}, err
	}
	result := untouched(f.width, f.height)
	if f.keep {
		return result, nil
	}
	m, done, err := e.decode(ctx, f.width, f.height, pngPixelBytes, data)
	if err != nil {
		return outcome{}, err
	}
	defer done()
	opt := pngpack.Options{Extra: colorChunks(f.color), KeepHidden: e.quality == 100}
	if len(opt.Extra) > 0 {
		opt.Model = pngpack.ColorModel
		if f.gray {
			opt.Model = pngpack.GrayModel
		}
	}
	result.Width, result.Height = f.width, f.height
	if w, h, scale := e.scaled(f.width, f.height); scale {
		scaled, err := resize(ctx, m, w, h)
		if err != nil {
			return outcome{}, err
		}
		small, err := e.packPNG(ctx, scaled, opt)
		if err != nil {
			return outcome{}, err
		}
		if len(small) < len(data) {
			result.Data, result.Width, result.Height = small, w, h
			return result, nil
		}
	}
	result.Data, err = e.packPNG(ctx, m, opt)
	return result, err
}

// packPNG writes m without loss, or with a palette where the quality lets it
// and that is smaller.
func (e *Engine) packPNG(ctx context.Context, m image.Image, opt pngpack.Options) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.quality == 100 {
		return pngpack.Lossless(ctx, m, opt)
	}
	n := pngpack.NRGBA(m)
	packed, err := e.reduceAndPack(ctx, n, opt)
	if err != nil {
		return nil, err
	}
	opt.Worth = len(packed)
	exact, err := pngpack.Lossless(ctx, n, opt)
	if err != nil {
		return nil, err
	}
	if exact == nil || packed != nil && len(packed)*100 < len(exact)*(100-worthLoss) {
		return packed, nil
	}
	return exact, nil
}

// reduceAndPack writes m with a palette; nil when there is none that does.
func (e *Engine) reduceAndPack(ctx context.Context, m *image.NRGBA, opt pngpack.Options) ([]byte, error) {
	if opt.Model == pngpack.GrayModel {
		return nil, nil
	}
	reduced, err := e.reduce(ctx, m)
	if err != nil || reduced == nil {
		return nil, err
	}
	return pngpack.Indexed(ctx, m.Rect.Dx(), m.Rect.Dy(), reduced.Colors, reduced.Pix, opt)
}

// dither is the part of an error that is passed on, in 1/256: enough to hide
// the steps in gradients; all of it would cost a third more bytes at equal
// similarity.
const dither = 160

// reduce finds the fewest colours that keep the similarity the quality asks
// for; nil when not even the most keep MinSimilarity.
func (e *Engine) reduce(ctx context.Context, m *image.NRGBA) (*palette.Reduced, error) {
	p, err := palette.New(ctx, m)
	if err != nil {
		return nil, err
	}
	// At quality 99 hardly anything may be lost, at 1 what MinSimilarity says.
	enough := MinSimilarity + (1-MinSimilarity)*0.9*float64(e.quality)/100
	best, ok, err := e.try(ctx, p, m, palette.MaxColors, MinSimilarity)
	if err != nil || !ok {
		return nil, err
	}
	// Fewer colours by halves: what a photograph needs shows at once, and few
	// are quick to try.
	steps := []int{180, 128, 90, 64, 45, 32, 23, 16, 11, 8}
	for low, high, next := 0, len(steps), 0; low < high; next = (low + high) / 2 {
		reduced, ok, err := e.try(ctx, p, m, steps[next], enough)
		switch {
		case err != nil:
			return nil, err
		case ok:
			best, low = reduced, next+1
		default:
			high = next
		}
	}
	return best, nil
}

// try reduces m to n colours and reports whether it keeps the similarity.
func (e *Engine) try(ctx context.Context, p *palette.Picture, m *image.NRGBA, n int, least float64) (*palette.Reduced, bool, error) {
	reduced, err := p.Reduce(ctx, n, dither)
	if err != nil {
		return nil, false, err
	}
	similarity, err := ssim.Compare(ctx, m, reduced.Image(m.Rect))
	return reduced, similarity >= least, err
}
