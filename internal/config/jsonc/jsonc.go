// Package jsonc reads JSON with comments and trailing commas into values that
// know where they stand in the file, so that every complaint can name a line
// and a column.
//
// It never evaluates anything, and its errors never quote a value: the value
// might be a secret.
package jsonc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tailscale/hujson"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// maxDepth bounds the nesting of objects and arrays, and with it the parser's
// stack. Real files stay below twenty.
const maxDepth = 200

// Error is a complaint about one place of a file.
type Error struct {
	Line, Column int // from 1
	Text         string
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Text) }

// Parse reads one JSON value with nothing but comments around it. A byte order
// mark is skipped. Every error is an *Error.
func Parse(data []byte) (Value, error) {
	doc := &document{lines: source.NewLines(data)}
	if i := invalidUTF8(data); i >= 0 {
		return Value{}, doc.errorf(i, "the file is not UTF-8 text")
	}
	// The offsets must stay those of the file, so the mark becomes blanks. The
	// added line feed ends a comment on the last line.
	text := make([]byte, 0, len(data)+1)
	if bytes.HasPrefix(data, []byte("\uFEFF")) {
		text = append(text, "   "...)
	}
	text = append(text, data[len(text):]...)
	text = append(text, '\n')

	if i := tooDeep(text); i >= 0 {
		return Value{}, doc.errorf(i, "more than %d brackets within each other", maxDepth)
	}
	root, err := hujson.Parse(text)
	if err != nil {
		return Value{}, doc.syntaxError(text, err)
	}
	return Value{doc: doc, v: root}, nil
}

// Blank makes data readable for Parse when it is not UTF-8: every byte of a
// foreign character becomes a question mark, and all offsets stay. Files that
// others write are read like this where only their ASCII parts matter.
func Blank(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	out := []byte(string(source.Mask(data)))
	for i, c := range out {
		if c >= utf8.RuneSelf {
			out[i] = '?'
		}
	}
	return out
}

type document struct{ lines *source.Lines }

func (d *document) errorf(offset int, format string, args ...any) *Error {
	e := &Error{Text: fmt.Sprintf(format, args...)}
	e.Line, e.Column = d.lines.Position(offset)
	return e
}

// syntaxError finds the place that err names, as a line and a byte column, and
// says in other words what stands there: the parser's own text may quote a
// literal.
func (d *document) syntaxError(text []byte, err error) *Error {
	var line, column int
	if _, scanErr := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column); scanErr != nil {
		return d.errorf(0, "this is not JSON")
	}
	offset := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(text[offset:], '\n')
		if next < 0 {
			break
		}
		offset += next + 1
	}
	offset = min(offset+column-1, len(text))
	if errors.Is(err, io.ErrUnexpectedEOF) || len(bytes.TrimSpace(text[offset:])) == 0 {
		return d.errorf(offset, "the file ends too early: a bracket, a quote or a comment is not closed")
	}
	switch c := text[offset]; {
	case c == '"' && !afterValue(err):
		return d.errorf(offset, "this string is not closed, or holds a bad escape")
	case c == '"':
		return d.errorf(offset, "a comma is missing before this")
	case c == '\'':
		return d.errorf(offset, "strings stand in double quotes")
	case c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9':
		return d.errorf(offset, "this is not a number")
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$':
		return d.errorf(offset, "this word needs double quotes, or a comma before it is missing")
	default:
		r, _ := utf8.DecodeRune(text[offset:])
		return d.errorf(offset, "%q does not belong here", r)
	}
}

// afterValue tells the two places apart where a quote can be wrong: where a
// string begins, and where a comma should stand.
func afterValue(err error) bool {
	inner := errors.Unwrap(err)
	return inner != nil && strings.HasPrefix(inner.Error(), "invalid character")
}

// tooDeep returns the offset of the bracket that nests deeper than maxDepth,
// or -1. It reads strings and comments as the parser does, so that up to the
// parser's first complaint both agree.
func tooDeep(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			if depth++; depth > maxDepth {
				return i
			}
		case '}', ']':
			depth--
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '/':
			end := ""
			switch {
			case i+1 >= len(text):
			case text[i+1] == '/':
				end = "\n"
			case text[i+1] == '*':
				end = "*/"
			}
			if end == "" {
				continue
			}
			n := bytes.Index(text[i+2:], []byte(end))
			if n < 0 {
				return -1
			}
			i += 2 + n + len(end) - 1
		}
	}
	return -1
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
