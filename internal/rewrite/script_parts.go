package rewrite

import (
	"github.com/wecos-go/wecos/internal/rewrite/js"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// maxNesting bounds how deeply expressions are taken apart: what is nested
// more deeply is an unknown part.
const maxNesting = 100

// maxConstant bounds the length of a constant that is folded into its uses.
const maxConstant = 4096

// spend counts the steps taken in this script; false when they are so many
// that the script is not followed any further.
func (s *script) spend(steps int) bool {
	s.steps += steps
	return s.steps <= s.limit
}

// parts lists the parts of the expression [start, end); whole is false when it
// is no plain chain of +.
func (s *script) parts(start, end int) (parts []part, whole bool) {
	whole = s.appendParts(&parts, start, end)
	return parts, whole
}

// appendParts appends the parts of the expression [start, end).
func (s *script) appendParts(out *[]part, start, end int) (whole bool) {
	s.nesting++
	defer func() { s.nesting-- }()
	whole = s.nesting <= maxNesting
	if !whole {
		*out = append(*out, part{hole: true, inTpl: -1, token: start})
		return false
	}
	for p := start; p < end; {
		q := min(s.OperandEnd(p), end)
		if q <= p || !s.spend(1) {
			*out = append(*out, part{hole: true, inTpl: -1})
			return false
		}
		s.operand(out, p, q)
		p = q
		if p >= end {
			break
		}
		if !s.Is(p, "+") {
			whole = whole && s.joins(p)
			*out = append(*out, part{hole: true, inTpl: -1})
		}
		p++
	}
	return whole
}

// nested appends the parts of the expression [start, end) if it is a plain
// chain; else nothing.
func (s *script) nested(out *[]part, start, end int) bool {
	n, h := len(*out), len(s.heads)
	if s.appendParts(out, start, end) && len(*out) > n {
		return true
	}
	*out, s.heads = (*out)[:n], s.heads[:h]
	return false
}

// operand appends the parts of one operand [p, q).
func (s *script) operand(out *[]part, p, q int) {
	span := source.Span{Start: s.Tokens[p].Span().Start, End: s.Tokens[q-1].Span().End}
	if s.Is(p+1, "as") || s.Is(p+1, "satisfies") { // a type says nothing about the value
		q, span = p+1, s.Tokens[p].Span()
	}
	one := part{token: p, span: span, inTpl: -1}
	switch t := s.Tokens[p]; {
	case q-p == 1 && (t.Type == js.String || t.Type == js.Template):
		one.value, _ = s.literal(p)
	case q-p == 1 && t.Type == js.Number && digits(s.Text(p)):
		one.value = s.Text(p)
	case q-p == 1 && t.Type == js.Ident && s.constAt(p) != nil:
		one.konst = s.constAt(p)
		one.value = one.konst.value
	case (q-p == 1 || q-p == 3) && t.Type == js.Ident:
		u, known := s.external(p, q)
		if one.hole = !known; known {
			one.ext = &u
		}
	case t.Type == js.TemplateHead && t.Match() == q-1:
		s.pieces(out, p)
		return
	case s.Is(p, "(") && t.Match() == q-1 && s.nested(out, p+1, q-1):
		return
	case (t.Type == js.String || t.Type == js.Template) && s.Is(p+1, ".") && s.Is(p+2, "concat") && s.Is(p+3, "(") && s.concat(out, p, q):
		return
	default:
		one.hole = true
	}
	*out = append(*out, one)
}

// concat appends the parts of "…".concat(a, b), which compilers make of
// templates.
func (s *script) concat(out *[]part, p, q int) bool {
	n, h := len(*out), len(s.heads)
	value, _ := s.literal(p)
	*out = append(*out, part{value: value, token: p, span: s.Tokens[p].Span(), inTpl: -1})
	for i := p + 1; i < q; {
		if !s.Is(i, ".") || !s.Is(i+1, "concat") || !s.Is(i+2, "(") {
			*out, s.heads = (*out)[:n], s.heads[:h]
			return false
		}
		for _, a := range s.Args(i + 2) {
			if !s.nested(out, a[0], a[1]) {
				*out = append(*out, part{hole: true, inTpl: -1, token: a[0]})
			}
		}
		i = s.Tokens[i+2].Match() + 1
	}
	return true
}

// pieces appends the parts of the template whose head is token head.
func (s *script) pieces(out *[]part, head int) {
	s.heads = append(s.heads, head)
	for i := head; ; {
		t := s.Tokens[i]
		chunk := t.Chunk()
		if chunk.Len() > 0 {
			*out = append(*out, part{value: js.Decode(s.f.text(chunk)), token: i, span: chunk, inTpl: head})
		}
		if t.Type == js.TemplateTail {
			return
		}
		j := s.substitutionEnd(i)
		sub := source.Span{Start: t.Span().End - 2, End: s.Tokens[j].Span().Start + 1}
		n := len(*out)
		if !s.nested(out, i+1, j) {
			*out = append(*out, part{hole: true, token: i + 1})
		}
		s.spend(len(*out) - n)
		for k := n; k < len(*out); k++ {
			(*out)[k].span, (*out)[k].inTpl = sub, head
		}
		i = j
	}
}

// substitutionEnd returns the part of the template that follows the
// substitution which begins behind token i.
func (s *script) substitutionEnd(i int) int {
	j := i + 1
	for j < len(s.Tokens)-1 && !s.IsType(j, js.TemplateTail) && !s.IsType(j, js.TemplateMiddle) {
		if m := s.Tokens[j].Match(); m > j {
			j = m
		}
		j++
	}
	return j
}
