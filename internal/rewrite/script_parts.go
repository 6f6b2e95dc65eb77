package rewrite

import (
	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// parts lists the parts of the expression [start, end); whole is false when it
// is no plain chain of +.
func (s *script) parts(start, end int) (parts []part, whole bool) {
	whole = true
	for p := start; p < end; {
		q := min(s.OperandEnd(p), end)
		if q <= p {
			return append(parts, part{hole: true, inTpl: -1}), false
		}
		parts = append(parts, s.operand(p, q)...)
		p = q
		if p >= end {
			break
		}
		if !s.Is(p, "+") {
			whole = whole && s.joins(p)
			parts = append(parts, part{hole: true, inTpl: -1})
		}
		p++
	}
	return parts, whole
}

// operand lists the parts of one operand [p, q).
func (s *script) operand(p, q int) []part {
	span := source.Span{Start: s.Tokens[p].Span.Start, End: s.Tokens[q-1].Span.End}
	if s.Is(p+1, "as") || s.Is(p+1, "satisfies") { // a type says nothing about the value
		q, span = p+1, s.Tokens[p].Span
	}
	one := part{token: p, span: span, inTpl: -1}
	switch t := s.Tokens[p]; {
	case q-p == 1 && (t.Type == js.String || t.Type == js.Template):
		one.value, _ = s.literal(p)
		return []part{one}
	case q-p == 1 && t.Type == js.Number && digits(s.Text(p)):
		one.value = s.Text(p)
		return []part{one}
	case q-p == 1 && t.Type == js.Ident:
		if c := s.constAt(p); c != nil {
			one.konst, one.value = c, c.value
			return []part{one}
		}
		if one.ext = s.external(p, q); one.ext != nil {
			return []part{one}
		}
	case q-p == 3 && t.Type == js.Ident:
		if one.ext = s.external(p, q); one.ext != nil {
			return []part{one}
		}
	case t.Type == js.TemplateHead && t.Match == q-1:
		return s.pieces(p)
	case s.Is(p, "(") && t.Match == q-1:
		if inner, whole := s.parts(p+1, q-1); whole {
			return inner
		}
	case (t.Type == js.String || t.Type == js.Template) && s.Is(p+1, ".") && s.Is(p+2, "concat") && s.Is(p+3, "("):
		if out, ok := s.concat(p, q); ok {
			return out
		}
	}
	return []part{{hole: true, span: span, inTpl: -1, token: p}}
}

// concat lists the parts of "…".concat(a, b), which compilers make of
// templates.
func (s *script) concat(p, q int) ([]part, bool) {
	value, _ := s.literal(p)
	out := []part{{value: value, token: p, span: s.Tokens[p].Span, inTpl: -1}}
	for i := p + 1; i < q; {
		if !s.Is(i, ".") || !s.Is(i+1, "concat") || !s.Is(i+2, "(") {
			return nil, false
		}
		for _, a := range s.Args(i + 2) {
			inner, whole := s.parts(a[0], a[1])
			if !whole {
				inner = []part{{hole: true, inTpl: -1, token: a[0]}}
			}
			out = append(out, inner...)
		}
		i = s.Tokens[i+2].Match + 1
	}
	return out, true
}

// pieces lists the parts of the template whose head is token head.
func (s *script) pieces(head int) []part {
	var out []part
	for i := head; ; {
		t := s.Tokens[i]
		chunk := t.Chunk()
		if chunk.Len() > 0 {
			out = append(out, part{value: js.Decode(s.f.text(chunk)), token: i, span: chunk, inTpl: head})
		}
		if t.Type == js.TemplateTail {
			return out
		}
		j := i + 1
		for j < len(s.Tokens) && !s.IsType(j, js.TemplateTail) && !(s.IsType(j, js.TemplateMiddle)) {
			if m := s.Tokens[j].Match; m > j {
				j = m
			}
			j++
		}
		sub := source.Span{Start: t.Span.End - 2, End: s.Tokens[j].Span.Start + 1}
		inner, whole := s.parts(i+1, j)
		if !whole || len(inner) == 0 {
			inner = []part{{hole: true, token: i + 1, inTpl: -1}}
		}
		for k := range inner {
			if inner[k].inTpl >= 0 {
				inner[k].heads = append(inner[k].heads, inner[k].inTpl)
			}
			inner[k].span, inner[k].inTpl = sub, head
		}
		out = append(out, inner...)
		i = j
	}
}
