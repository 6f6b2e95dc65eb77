package wxml

import (
	"bytes"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// inside reads an attribute or the end of the tag.
func (s *Scanner) inside() (Token, bool) {
	i := s.skipSpace(s.pos)
	for i < len(s.data) && s.data[i] == '/' && (i+1 == len(s.data) || s.data[i+1] != '>') {
		i = s.skipSpace(i + 1)
	}
	if i >= len(s.data) {
		return s.fail(s.tagStart, "tag is not closed")
	}
	switch s.data[i] {
	case '>', '/':
		t := Token{Kind: TagEnd, SelfClosing: s.data[i] == '/', Span: source.Span{Start: i, End: i + 1}}
		if t.SelfClosing {
			t.Span.End++
		}
		s.pos, s.inTag = t.Span.End, false
		s.body = s.wxs && !t.SelfClosing
		if s.body && s.pos >= len(s.data) {
			s.err = &SyntaxError{Offset: s.tagStart, Text: "<wxs> is not closed"}
		}
		return t, true
	case '<':
		return s.fail(s.tagStart, "tag is not closed")
	case '"', '\'', '=':
		return s.fail(i, "unexpected "+string(s.data[i:i+1])+" in a tag")
	}
	return s.attribute(i)
}

// attribute reads the attribute whose name begins at i.
func (s *Scanner) attribute(i int) (Token, bool) {
	t := Token{Kind: Attribute, Name: source.Span{Start: i, End: s.nameEnd(i)}}
	s.pos = t.Name.End
	t.Span = t.Name
	i = s.skipSpace(s.pos)
	if i >= len(s.data) || s.data[i] != '=' {
		return t, true
	}
	t.HasValue = true
	i = s.skipSpace(i + 1)
	if i < len(s.data) && (s.data[i] == '"' || s.data[i] == '\'') {
		t.Quote = s.data[i]
		end := bytes.IndexByte(s.data[i+1:], t.Quote)
		if end < 0 {
			return s.fail(i, "quote is not closed")
		}
		t.Value = source.Span{Start: i + 1, End: i + 1 + end}
		s.pos = t.Value.End + 1
	} else {
		end, bad := s.unquotedEnd(i)
		if bad {
			return s.fail(end, "unexpected "+string(s.data[end:end+1])+" in an unquoted value")
		}
		t.Value = source.Span{Start: i, End: end}
		s.pos = end
	}
	t.Span.End = s.pos
	return t, true
}

// unquotedEnd finds the end of the unquoted value at i: a space, ">" or "/>"
// outside {{ }}. bad: a character stands there that cannot be part of it.
func (s *Scanner) unquotedEnd(i int) (end int, bad bool) {
	for i < len(s.data) {
		switch c := s.data[i]; {
		case space(c), c == '>':
			return i, false
		case c == '/' && i+1 < len(s.data) && s.data[i+1] == '>':
			return i, false
		case c == '<', c == '"', c == '\'':
			return i, true
		case c == '{' && i+1 < len(s.data) && s.data[i+1] == '{' && i >= s.plainBefore:
			end, ok := expressionEnd(s.data, i+2, len(s.data), true)
			if ok {
				i = end + 2
				continue
			}
			s.plainBefore = end
		}
		i++
	}
	return i, false
}
