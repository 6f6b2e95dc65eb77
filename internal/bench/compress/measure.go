package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	_ "image/jpeg" // decoders for image.Decode
	_ "image/png"
	"io"
	"math"
	"os"
	"time"

	"github.com/wecos-go/wecos/internal/upload/compress"
	"github.com/wecos-go/wecos/internal/upload/compress/ssim"
)

// picture is one input.
type picture struct {
	kind, name string
	data       []byte
}

// attempt is a compressed picture.
type attempt struct {
	size       int
	similarity float64
	cpu        time.Duration
	setting    string
}

// result is one picture, compressed by both.
type result struct {
	picture
	megapixels   float64
	ours, theirs attempt
	matched      bool // the similarities are within tolerance
}

// tolerance is how far two similarities may be apart to count as equal.
const tolerance = 0.002

func measure(ctx context.Context, engine *compress.Engine, p picture) (*result, error) {
	original, err := pixels(p.data)
	if err != nil {
		return nil, err
	}
	r := &result{picture: p, megapixels: float64(original.Rect.Dx()*original.Rect.Dy()) / 1e6}
	start := cpuTime()
	done, err := engine.Image(ctx, p.data)
	if err != nil {
		return nil, err
	}
	r.ours = attempt{size: len(done.Data), cpu: cpuTime() - start}
	if r.ours.similarity, err = similarity(ctx, original, done.Data); err != nil {
		return nil, err
	}
	r.theirs, err = match(ctx, p.data, original, r.ours.similarity)
	r.matched = math.Abs(r.theirs.similarity-r.ours.similarity) <= tolerance
	return r, err
}

// match finds the lowest setting of the tool whose result is at least as
// similar; the original itself where no setting is.
func match(ctx context.Context, data []byte, original *image.NRGBA, want float64) (_ attempt, err error) {
	tool := toolFor(data)
	file, err := os.CreateTemp("", "bench-compress-")
	if err != nil {
		return attempt{}, err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	_, err = file.Write(data)
	if err := errors.Join(err, file.Close()); err != nil {
		return attempt{}, err
	}
	best := attempt{size: len(data), similarity: 1, setting: "original"}
	try := func(setting int) (ok bool, err error) {
		for _, args := range tool.arguments(setting) {
			out, cpu, err := tool.run(ctx, args, file.Name(), data)
			if err != nil {
				return false, err
			}
			s, err := similarity(ctx, original, out)
			if err != nil {
				return false, err
			}
			if s >= want-1e-9 {
				ok = true
				if len(out) < best.size {
					best = attempt{len(out), s, cpu, fmt.Sprint(args)}
				}
			}
		}
		return ok, nil
	}
	low, high := 1, 101 // 101: without loss, where the tool can
	for low < high {
		middle := (low + high) / 2
		ok, err := try(middle)
		if err != nil {
			return best, err
		}
		if ok {
			high = middle
		} else {
			low = middle + 1
		}
	}
	_, err = try(101)
	return best, err
}

func similarity(ctx context.Context, original *image.NRGBA, data []byte) (float64, error) {
	m, err := pixels(data)
	if err != nil {
		return 0, err
	}
	return ssim.Compare(ctx, original, m)
}

func pixels(data []byte) (*image.NRGBA, error) {
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if n, ok := m.(*image.NRGBA); ok {
		return n, nil
	}
	n := image.NewNRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(n, n.Rect, m, m.Bounds().Min, draw.Src)
	return n, nil
}

func (r *result) print(out io.Writer) {
	fmt.Fprintf(out, "%-12s %8d → %8d (%.4f) beside %8d (%.4f) %5.2f  %s %s\n", r.kind, len(r.data),
		r.ours.size, r.ours.similarity, r.theirs.size, r.theirs.similarity,
		float64(r.ours.size)/float64(r.theirs.size), r.name, r.theirs.setting)
}

// sum adds up results.
type sum struct {
	kind                   string
	n, matched             int
	before, ours, theirs   int
	oursEqual, theirsEqual int // of the matched alone
	ourSSIM, theirSSIM     float64
	ourCPU, theirCPU       time.Duration
	megapixels             float64
}

func (s *sum) add(r *result) {
	s.n++
	s.before += len(r.data)
	s.ours += r.ours.size
	s.theirs += r.theirs.size
	s.ourSSIM += r.ours.similarity
	s.theirSSIM += r.theirs.similarity
	s.ourCPU += r.ours.cpu
	s.theirCPU += r.theirs.cpu
	s.megapixels += r.megapixels
	if r.matched {
		s.matched++
		s.oursEqual += r.ours.size
		s.theirsEqual += r.theirs.size
	}
}

// table sums by kind, in order of appearance.
type table struct {
	kinds []*sum
	total sum
}

func (t *table) add(r *result) {
	t.total.kind = "total"
	t.total.add(r)
	for _, s := range t.kinds {
		if s.kind == r.kind {
			s.add(r)
			return
		}
	}
	s := &sum{kind: r.kind}
	s.add(r)
	t.kinds = append(t.kinds, s)
}

// print writes the table and returns the ratio of all bytes at equal
// similarity.
func (t *table) print(out io.Writer) float64 {
	fmt.Fprintf(out, "%-14s %4s %10s %10s %10s %6s %8s %8s %10s %10s | %6s %6s\n", "kind", "n", "original", "ours", "theirs", "ratio",
		"our SSIM", "their", "CPU ms/MP", "theirs", "equal", "ratio")
	ratio := 0.0
	for _, s := range append(t.kinds, &t.total) {
		n := float64(s.n)
		ratio = float64(s.oursEqual) / float64(max(1, s.theirsEqual))
		fmt.Fprintf(out, "%-14s %4d %10d %10d %10d %6.3f %8.4f %8.4f %10.0f %10.0f | %6d %6.3f\n", s.kind, s.n, s.before, s.ours, s.theirs,
			float64(s.ours)/float64(max(1, s.theirs)), s.ourSSIM/n, s.theirSSIM/n,
			s.ourCPU.Seconds()*1e3/s.megapixels, s.theirCPU.Seconds()*1e3/s.megapixels, s.matched, ratio)
	}
	fmt.Fprintf(out, "\nratio: our bytes by theirs; equal: pictures whose similarities are within %.3f, and the ratio over those alone\n", tolerance)
	return max(ratio, float64(t.total.ours)/float64(max(1, t.total.theirs)))
}
