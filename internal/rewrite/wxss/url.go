package wxss

import (
	"bytes"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// beginsURL reports whether "url(" stands at i as a name of its own.
func (s *Scanner) beginsURL(i int) bool {
	if i > 0 && (nameByte(s.data[i-1]) || s.data[i-1] == '$') {
		return false
	}
	return i+4 <= len(s.data) && bytes.EqualFold(s.data[i:i+4], []byte("url("))
}

// url reads url() with a quoted value, a bare one, or an expression.
func (s *Scanner) url() (Token, bool) {
	start := s.pos
	open := start + len("url(")
	i := s.skipSpace(open)
	t := Token{Kind: URL}
	if q := s.at(i); q == '"' || q == '\'' {
		end, ok := s.stringEnd(i)
		if !ok {
			return s.fail(i, "string is not closed")
		}
		if after := s.skipSpace(end + 1); s.at(after) == ')' {
			t.Quote = q
			t.Value = source.Span{Start: i + 1, End: end}
			t.Dynamic = s.interpolated(t.Value)
			return s.closeURL(t, start, after)
		}
	}
	end, expr := s.bareEnd(i)
	if end < 0 {
		return s.fail(start, "url( is not closed")
	}
	t.Value = source.Span{Start: i, End: end}
	for t.Value.End > t.Value.Start && space(s.data[t.Value.End-1]) {
		t.Value.End--
	}
	t.Dynamic = expr || s.interpolated(t.Value) || s.pre && variable(s.data[t.Value.Start:t.Value.End])
	return s.closeURL(t, start, end)
}

func (s *Scanner) closeURL(t Token, start, closing int) (Token, bool) {
	s.pos = closing + 1
	t.Span = source.Span{Start: start, End: s.pos}
	// Padding within the quotes belongs to no path.
	for t.Value.Start < t.Value.End && space(s.data[t.Value.Start]) {
		t.Value.Start++
	}
	for t.Value.Start < t.Value.End && space(s.data[t.Value.End-1]) {
		t.Value.End--
	}
	if s.importing {
		t.Kind = Import
		s.imported, s.comma = true, false
	}
	return t, true
}

func (s *Scanner) skipSpace(i int) int {
	for i < len(s.data) && space(s.data[i]) {
		i++
	}
	return i
}

// bareEnd finds the bracket that closes a bare url() whose content begins at
// i; -1 if there is none. expr: it holds strings or brackets, so it is no bare
// path but an expression (or a data URI, sloppily written).
func (s *Scanner) bareEnd(i int) (end int, expr bool) {
	depth := 0
	for i < len(s.data) {
		switch c := s.data[i]; c {
		case ')':
			if depth == 0 {
				return i, expr
			}
			depth--
		case '(':
			depth++
			expr = true
		case '\\':
			i++
		case '"', '\'':
			expr = true
			i = s.skipString(i)
		}
		i++
	}
	return -1, expr
}

// skipString returns the offset of the quote that closes the string at i; i
// itself when none does on this line.
func (s *Scanner) skipString(i int) int {
	q := 0
	if s.data[i] == '\'' {
		q = 1
	}
	if i < s.noString[q] {
		return i
	}
	end, ok := s.stringEnd(i)
	if !ok {
		s.noString[q] = end
		return i
	}
	return end
}

// variable reports whether the content of a bare url() is an expression of a
// preprocessor, by its first name: $base, @base (Less, and nothing after it).
func variable(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	if b[0] == '$' {
		return true
	}
	if b[0] != '@' {
		return false
	}
	for _, c := range b[1:] {
		if !nameByte(c) {
			return false
		}
	}
	return true
}
