package wxss

import (
	"bytes"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Part is a piece of a dynamic value: literal text, or a hole that the
// preprocessor fills.
type Part struct {
	Span  source.Span
	Hole  bool
	Quote byte // the quote around the literal, or 0
}

// Parts takes the value of a dynamic token apart, in order: "#{$base}/a.png",
// "@{base}/a.png", $base + "/a.png". Adjoining holes count as one, empty
// literals are left out.
func Parts(data []byte, t Token) []Part {
	var p parts
	content := data[t.Value.Start:t.Value.End]
	switch {
	case t.Quote != 0:
		p.interpolate(data, t.Value, t.Quote)
	case variable(content) || bytes.ContainsAny(content, "\"'("):
		p.expression(data, t.Value)
	default:
		p.interpolate(data, t.Value, 0)
	}
	return p.list
}

type parts struct{ list []Part }

func (p *parts) hole(start, end int) {
	if start >= end {
		return
	}
	if n := len(p.list); n > 0 && p.list[n-1].Hole {
		p.list[n-1].Span.End = end
		return
	}
	p.list = append(p.list, Part{Span: source.Span{Start: start, End: end}, Hole: true})
}

func (p *parts) literal(start, end int, quote byte) {
	if start < end {
		p.list = append(p.list, Part{Span: source.Span{Start: start, End: end}, Quote: quote})
	}
}

// interpolate splits literal text at its #{…} and @{…}.
func (p *parts) interpolate(data []byte, v source.Span, quote byte) {
	text := v.Start
	for i := v.Start; i+1 < v.End; i++ {
		if (data[i] != '#' && data[i] != '@') || data[i+1] != '{' {
			continue
		}
		end := v.End
		if j := bytes.IndexByte(data[i:v.End], '}'); j >= 0 {
			end = i + j + 1
		}
		p.literal(text, i, quote)
		p.hole(i, end)
		text, i = end, end-1
	}
	p.literal(text, v.End, quote)
}

// expression splits an expression into its strings and what is between them.
// A plus between two strings is no hole.
func (p *parts) expression(data []byte, v source.Span) {
	s := Scanner{data: data[:v.End], pre: true}
	from := v.Start
	for i := v.Start; i < v.End; i++ {
		c := data[i]
		if c != '"' && c != '\'' {
			continue
		}
		end := s.skipString(i)
		if end == i {
			continue
		}
		p.between(data, from, i)
		p.interpolate(data, source.Span{Start: i + 1, End: end}, c)
		from, i = end+1, end
	}
	p.between(data, from, v.End)
}

// between adds what stands between two strings as a hole, unless it is
// nothing but operators.
func (p *parts) between(data []byte, start, end int) {
	for start < end && (space(data[start]) || data[start] == '+') {
		start++
	}
	for start < end && (space(data[end-1]) || data[end-1] == '+') {
		end--
	}
	p.hole(start, end)
}
