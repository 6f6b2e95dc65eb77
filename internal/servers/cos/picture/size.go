package picture

import (
	"fmt"
	"math"
	"strings"
)

// sizing says how large a picture becomes: it is scaled to w × h, then cut to
// cropW × cropH around its centre, which are no larger.
type sizing interface {
	size(w, h int) (scaledW, scaledH, cropW, cropH int)
}

// view is a size of imageView2. It never enlarges.
type view struct{ mode, w, h int }

func (v view) size(w, h int) (int, int, int, int) {
	// Modes 0, 4 and 5 speak of the long and the short edge.
	maxW, maxH := v.w, v.h
	if edges := v.mode == 0 || v.mode >= 4; edges && h > w {
		maxW, maxH = maxH, maxW
	}
	fill := v.mode == 1 || v.mode >= 3
	if fill && v.mode != 4 && (maxW == 0 || maxH == 0) { // one number is a square
		maxW, maxH = max(maxW, maxH), max(maxW, maxH)
	}
	scale := pick(ratio(maxW, w), ratio(maxH, h), fill)
	if scale >= 1 {
		scale = 1
	}
	sw, sh := times(w, scale), times(h, scale)
	if v.mode == 1 || v.mode == 5 {
		return sw, sh, min(sw, maxW), min(sh, maxH)
	}
	return sw, sh, sw, sh
}

// ratio is want/have, or 0 when nothing is wanted.
func ratio(want, have int) float64 { return float64(want) / float64(have) }

// pick returns the larger of two ratios to fill a frame, the smaller one to
// stay inside; a ratio of 0 does not count.
func pick(a, b float64, fill bool) float64 {
	switch {
	case a == 0 || b == 0:
		return max(a, b)
	case fill:
		return max(a, b)
	}
	return min(a, b)
}

func times(n int, scale float64) int { return max(1, int(math.Round(float64(n)*scale))) }

// thumbnail is a size of imageMogr2 (436/36366).
type thumbnail struct {
	kind       byte // see parseThumbnail
	w, h       int
	area       int
	percentage bool
}

// parseThumbnail reads the forms !50p, !50px, !x50p, 200x, x200, 200x100,
// 200x100> (only smaller), 200x100< (only larger), 200x100! (exactly),
// !200x100r (at least) and 10000@ (pixels at most).
func parseThumbnail(s string) (t thumbnail, err error) {
	bad := fmt.Errorf("%w: thumbnail/%s", ErrRule, s)
	body := s
	if b, ok := strings.CutSuffix(body, "@"); ok {
		t.kind = '@'
		t.area, err = number(b, 1, MaxSide*MaxSide)
		return t, err
	}
	if b, ok := strings.CutPrefix(body, "!"); ok {
		if b, ok := strings.CutSuffix(b, "r"); ok {
			t.kind, body = 'r', b
		} else {
			t.percentage = true
			return t, t.parsePercentage(b)
		}
	} else if last := len(body) - 1; last >= 0 && strings.IndexByte("><!", body[last]) >= 0 {
		t.kind, body = body[last], body[:last]
	}
	w, h, ok := strings.Cut(body, "x")
	if !ok || w == "" && h == "" || t.kind == '!' && (w == "" || h == "") {
		return t, bad
	}
	if w != "" {
		if t.w, err = number(w, 1, MaxSide); err != nil {
			return t, err
		}
	}
	if h != "" {
		t.h, err = number(h, 1, MaxSide)
	}
	return t, err
}

// parsePercentage reads 50p, 50px and x50p.
func (t *thumbnail) parsePercentage(s string) error {
	digits, both := strings.CutSuffix(s, "p")
	onlyW, isW := strings.CutSuffix(s, "px")
	onlyH, isH := strings.CutPrefix(digits, "x")
	var err error
	switch {
	case isW:
		t.w, err = number(onlyW, 1, 1000)
		t.h = 100
	case both && isH:
		t.h, err = number(onlyH, 1, 1000)
		t.w = 100
	case both:
		t.w, err = number(digits, 1, 1000)
		t.h = t.w
	default:
		err = fmt.Errorf("%w: thumbnail/!%s", ErrRule, s)
	}
	return err
}

func (t thumbnail) size(w, h int) (int, int, int, int) {
	scale := pick(ratio(t.w, w), ratio(t.h, h), t.kind == 'r')
	switch {
	case t.percentage:
		w, h = times(w, float64(t.w)/100), times(h, float64(t.h)/100)
		return w, h, w, h
	case t.kind == '!':
		return t.w, t.h, t.w, t.h
	case t.kind == '@':
		scale = min(1, math.Sqrt(float64(t.area)/(float64(w)*float64(h))))
	case t.kind == '>' && scale > 1, t.kind == '<' && scale < 1:
		scale = 1
	}
	w, h = times(w, scale), times(h, scale)
	return w, h, w, h
}
