// Package picture carries out the image rules of COS's data processing on
// pictures in memory: imageView2 and imageMogr2 with size, quality and format.
//
// It refuses a picture that would need too much memory before it decodes it,
// and it never does half a rule: what it does not know is an error. Where
// pictures come from and go to is not its business.
package picture

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The errors of rules.
var (
	// ErrRule is a rule that is written wrongly.
	ErrRule = errors.New("the image rule is not valid")
	// ErrUnsupported is a rule, or a combination of rule and picture, that is
	// documented for the service but not carried out here.
	ErrUnsupported = errors.New("the image rule is not supported")
)

// MaxSide is the largest width and height of a result in pixels (COS document
// 436/36366).
const MaxSide = 9999

// Rule is a parsed rule. Its zero value keeps a picture as it is.
type Rule struct {
	sizes   []sizing // one after the other
	format  string   // "", or a format of formats
	quality quality
	strip   bool // metadata goes
	orient  bool // the EXIF orientation is applied
}

// quality is how good a JPEG becomes. The zero value keeps its quality.
type quality struct {
	kind  byte // 'a' absolute, 'r' relative to the original, 'l' the lowest
	value int
	force bool // also above the original's
}

// operations are the beginnings of rules.
var operations = map[string]func(*Rule, []string) error{
	"imageView2": (*Rule).parseView,
	"imageMogr2": (*Rule).parseMogr,
}

// Is reports whether text begins like a rule.
func Is(text string) bool {
	name, _, _ := strings.Cut(text, "/")
	return operations[name] != nil
}

// maxRule bounds the text of a rule in bytes, and with it what it may ask for.
const maxRule = 1 << 10

// Parse reads a rule, such as imageView2/2/w/200/q/70 or
// imageMogr2/thumbnail/200x|imageMogr2/strip. The errors are ErrRule and
// ErrUnsupported.
func Parse(text string) (Rule, error) {
	var r Rule
	if len(text) > maxRule {
		return r, fmt.Errorf("%w: it is longer than %d bytes", ErrRule, maxRule)
	}
	for part := range strings.SplitSeq(text, "|") {
		words := strings.Split(strings.Trim(part, "/"), "/")
		parse := operations[words[0]]
		if parse == nil {
			return r, fmt.Errorf("%w: %q is no operation", ErrRule, words[0])
		}
		if err := parse(&r, words[1:]); err != nil {
			return r, err
		}
	}
	return r, nil
}

// parseView reads what follows imageView2 (436/36367).
func (r *Rule) parseView(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("%w: imageView2 needs a mode", ErrRule)
	}
	v := view{}
	var err error
	// The service takes a rule without a mode for one that scales nothing, such
	// as imageView2/q/70.
	if words[0] != "q" && words[0] != "format" {
		if v.mode, err = number(words[0], 0, 5); err != nil {
			return err
		}
		words = words[1:]
	}
	for len(words) > 0 {
		name, value := words[0], ""
		if len(words) > 1 {
			value = words[1]
		}
		switch name {
		case "w":
			v.w, err = number(value, 1, MaxSide)
		case "h":
			v.h, err = number(value, 1, MaxSide)
		case "q", "rq", "lq":
			err = r.setQuality(name, value)
		case "format":
			err = r.setFormat(value)
		case "interlace":
			err = interlace(value)
		default:
			err = fmt.Errorf("%w: imageView2/%s", ErrUnsupported, name)
		}
		if err != nil {
			return err
		}
		words = words[min(2, len(words)):]
	}
	if v.w > 0 || v.h > 0 {
		r.sizes = append(r.sizes, v)
	}
	return nil
}

// parseMogr reads what follows imageMogr2 (436/36366, 36368, 36369, 36371).
func (r *Rule) parseMogr(words []string) (err error) {
	if len(words) == 0 {
		return fmt.Errorf("%w: imageMogr2 needs an operation", ErrRule)
	}
	for len(words) > 0 {
		name, value := words[0], ""
		if len(words) > 1 {
			value = words[1]
		}
		words = words[1:]
		switch name {
		case "strip":
			r.strip = true
			continue
		case "auto-orient":
			r.orient = true
			continue
		case "thumbnail":
			var t thumbnail
			if t, err = parseThumbnail(value); err == nil {
				r.sizes = append(r.sizes, t)
			}
		case "quality", "rquality", "lquality":
			err = r.setQuality(strings.TrimSuffix(name, "uality"), value)
		case "format":
			err = r.setFormat(value)
		case "interlace":
			err = interlace(value)
		default:
			err = fmt.Errorf("%w: imageMogr2/%s", ErrUnsupported, name)
		}
		if err != nil {
			return err
		}
		words = words[min(1, len(words)):]
	}
	return nil
}

func (r *Rule) setQuality(name, value string) error {
	digits, force := strings.CutSuffix(value, "!")
	n, err := number(digits, 1, 100)
	if err != nil {
		return err
	}
	r.quality = quality{kind: 'a', value: n, force: force}
	if name != "q" {
		r.quality = quality{kind: name[0], value: n}
	}
	return nil
}

func (r *Rule) setFormat(value string) error {
	switch value {
	case "jpg":
		value = "jpeg"
	case "webp", "heif", "avif", "tpg", "yjpeg":
		return fmt.Errorf("%w: format/%s cannot be written", ErrUnsupported, value)
	}
	if formats[value].encode == nil {
		return fmt.Errorf("%w: %q is no format", ErrRule, value)
	}
	r.format = value
	return nil
}

// interlace takes the value that asks for nothing.
func interlace(value string) error {
	n, err := number(value, 0, 1)
	if err == nil && n == 1 {
		err = fmt.Errorf("%w: interlace/1", ErrUnsupported)
	}
	return err
}

func number(s string, low, high int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high || s[0] == '+' {
		return 0, fmt.Errorf("%w: %q must be a number from %d to %d", ErrRule, s, low, high)
	}
	return n, nil
}
