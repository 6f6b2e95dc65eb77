package wxml

import (
	"bytes"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Segment is a part of an attribute value: literal text, or an expression.
type Segment struct {
	// Span is the text, or what stands between {{ and }}.
	Span source.Span
	Expr bool
	// Open: the expression is never closed; it reaches to the end of the value.
	Open bool
}

// Mustache splits the value of an attribute into literal text and expressions,
// in order. Empty text is left out. Braces inside string and object literals
// do not end an expression.
func Mustache(data []byte, value source.Span) []Segment {
	var out []Segment
	text := value.Start
	for i := value.Start; i < value.End; {
		j := bytes.Index(data[i:value.End], []byte("{{"))
		if j < 0 {
			break
		}
		i += j
		if i > text {
			out = append(out, Segment{Span: source.Span{Start: text, End: i}})
		}
		end, ok := expressionEnd(data, i+2, value.End, false)
		if !ok {
			return append(out, Segment{Span: source.Span{Start: i + 2, End: value.End}, Expr: true, Open: true})
		}
		out = append(out, Segment{Span: source.Span{Start: i + 2, End: end}, Expr: true})
		i = end + 2
		text = i
	}
	if text < value.End {
		out = append(out, Segment{Span: source.Span{Start: text, End: value.End}})
	}
	return out
}

// expressionEnd finds the }} that closes the expression whose first byte is at
// i. Without one, ok is false and end is where the search gave up; the caller
// takes every {{ before it for text, which keeps the search linear. With tags
// set, a closing tag or a comment ends the search.
func expressionEnd(data []byte, i, limit int, tags bool) (end int, ok bool) {
	depth := 0
	var noString [2]int // no string of that quote ends before this offset
	for i < limit {
		switch c := data[i]; c {
		case '{':
			depth++
		case '}':
			if depth > 0 {
				depth--
			} else if i+1 < limit && data[i+1] == '}' {
				return i, true
			}
		case '\'', '"':
			q := 0
			if c == '"' {
				q = 1
			}
			if i < noString[q] {
				break
			}
			closing, found := stringEnd(data, i+1, limit, c)
			if found {
				i = closing
			} else {
				noString[q] = closing
			}
		case '<':
			if tags && i+1 < limit && (data[i+1] == '/' || bytes.HasPrefix(data[i:limit], []byte("<!--"))) {
				return i, false
			}
		}
		i++
	}
	return limit, false
}

// stringEnd finds the quote that ends the string literal at i, on its line;
// without one, found is false and end is the end of the line.
func stringEnd(data []byte, i, limit int, quote byte) (end int, found bool) {
	for i < limit {
		switch data[i] {
		case quote:
			return i, true
		case '\\':
			i++
		case '\n', '\r':
			return i, false
		}
		i++
	}
	return limit, false
}
