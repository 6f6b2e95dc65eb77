// Package wxml splits WXML into tags, attributes, text and comments, and
// attribute values into literal text and {{ }} expressions. It hands out byte
// spans in one pass, in linear time and constant memory.
//
// It never builds a tree, never copies text and never decides what a value
// means.
package wxml

import (
	"bytes"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Kind says what a Token is.
type Kind uint8

// The kinds of tokens.
const (
	Text      Kind = iota // between tags
	StartTag              // "<name"; its Attributes and a TagEnd follow
	Attribute             // name, name=value, name="value"
	TagEnd                // ">" or "/>"
	EndTag                // "</name>"
	Comment               // "<!-- -->"
	Markup                // a declaration, CDATA section or processing instruction
	Script                // the body of <wxs>
)

func (k Kind) String() string {
	return [...]string{"text", "start tag", "attribute", "tag end", "end tag", "comment", "markup", "script"}[k]
}

// Token is one piece of a WXML file. The tokens of a file are in order and do
// not overlap.
type Token struct {
	Kind        Kind
	Span        source.Span
	Name        source.Span // StartTag, EndTag, Attribute
	Value       source.Span // Attribute: without the quotes
	Quote       byte        // Attribute: 0 when the value is unquoted
	HasValue    bool        // Attribute: there is a "="
	SelfClosing bool        // TagEnd: "/>"
}

// SyntaxError is what makes a file unreadable: a tag, quote or script that is
// never closed, or a character that cannot stand in a tag.
type SyntaxError struct {
	Offset int
	Text   string
}

func (e *SyntaxError) Error() string { return e.Text }

// Scanner reads the tokens of one file.
type Scanner struct {
	data []byte
	pos  int
	err  error

	inTag    bool
	tagStart int
	wxs      bool // the tag being read is <wxs>
	body     bool // the body of <wxs> comes next
	// plainBefore: no {{ before this offset begins an expression.
	plainBefore int
}

// NewScanner returns a Scanner over data, in which every byte below 0x80 must
// be that ASCII character (see source.Mask).
func NewScanner(data []byte) *Scanner {
	s := &Scanner{data: data}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
	return s
}

// Err returns the *SyntaxError that ended the tokens, or nil.
func (s *Scanner) Err() error { return s.err }

// Next returns the next token; false at the end of the file or at an error.
func (s *Scanner) Next() (Token, bool) {
	if s.err != nil {
		return Token{}, false
	}
	if s.inTag {
		return s.inside()
	}
	if s.pos >= len(s.data) {
		return Token{}, false
	}
	if s.body {
		return s.script()
	}
	start := s.pos
	if end := s.textEnd(); end > start {
		s.pos = end
		return Token{Kind: Text, Span: source.Span{Start: start, End: end}}, true
	}
	rest := s.data[start:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.comment()
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return s.markup("]]>")
	case rest[1] == '!':
		return s.markup(">")
	case rest[1] == '?':
		return s.markup("?>")
	case rest[1] == '/':
		return s.endTag()
	}
	s.tagStart, s.inTag = start, true
	name := source.Span{Start: start + 1, End: s.nameEnd(start + 1)}
	s.wxs = bytes.EqualFold(s.data[name.Start:name.End], []byte("wxs"))
	s.pos = name.End
	return Token{Kind: StartTag, Span: source.Span{Start: start, End: name.End}, Name: name}, true
}

// textEnd finds the "<" that ends the text at s.pos. A "<" within {{ }} does
// not, nor one that no name follows.
func (s *Scanner) textEnd() int {
	for i := s.pos; i < len(s.data); {
		j := bytes.IndexAny(s.data[i:], "<{")
		if j < 0 {
			break
		}
		i += j
		if s.data[i] == '<' {
			if opens(s.data[i+1:]) {
				return i
			}
			i++
			continue
		}
		if i < s.plainBefore || i+1 >= len(s.data) || s.data[i+1] != '{' {
			i++
			continue
		}
		end, ok := expressionEnd(s.data, i+2, len(s.data), true)
		if !ok {
			s.plainBefore = end
			i += 2
			continue
		}
		i = end + 2
	}
	return len(s.data)
}

// opens reports whether a tag, comment or markup begins, given what follows a
// "<".
func opens(after []byte) bool {
	if len(after) == 0 {
		return false
	}
	if after[0] == '/' {
		return len(after) > 1 && nameStart(after[1])
	}
	if after[0] == '!' {
		return len(after) > 1 && (nameStart(after[1]) || bytes.HasPrefix(after, []byte("!--")) || bytes.HasPrefix(after, []byte("![CDATA[")))
	}
	return after[0] == '?' || nameStart(after[0])
}

func nameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

func space(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}

func (s *Scanner) skipSpace(i int) int {
	for i < len(s.data) && space(s.data[i]) {
		i++
	}
	return i
}

// nameEnd finds the end of the tag or attribute name at i.
func (s *Scanner) nameEnd(i int) int {
	for i < len(s.data) {
		switch c := s.data[i]; {
		case space(c), c == '/', c == '>', c == '<', c == '=', c == '"', c == '\'':
			return i
		}
		i++
	}
	return i
}

func (s *Scanner) fail(offset int, text string) (Token, bool) {
	s.err = &SyntaxError{Offset: offset, Text: text}
	return Token{}, false
}

// comment reads a comment. "<!-->" is one: to take it for an open comment
// would hide what follows. One that is never closed hides the rest of the file.
func (s *Scanner) comment() (Token, bool) {
	start, end := s.pos, len(s.data)
	if i := bytes.Index(s.data[start+2:], []byte("-->")); i >= 0 {
		end = start + 2 + i + 3
	}
	s.pos = end
	return Token{Kind: Comment, Span: source.Span{Start: start, End: end}}, true
}

func (s *Scanner) markup(closing string) (Token, bool) {
	start := s.pos
	i := bytes.Index(s.data[start:], []byte(closing))
	if i < 0 {
		return s.fail(start, "markup is not closed")
	}
	s.pos = start + i + len(closing)
	return Token{Kind: Markup, Span: source.Span{Start: start, End: s.pos}}, true
}

func (s *Scanner) endTag() (Token, bool) {
	start := s.pos
	name := source.Span{Start: start + 2, End: s.nameEnd(start + 2)}
	i := s.skipSpace(name.End)
	if i >= len(s.data) || s.data[i] != '>' {
		return s.fail(start, "closing tag has no >")
	}
	s.pos = i + 1
	return Token{Kind: EndTag, Span: source.Span{Start: start, End: s.pos}, Name: name}, true
}

// script reads the body of <wxs>, which ends at its closing tag whatever
// stands in it.
func (s *Scanner) script() (Token, bool) {
	start := s.pos
	s.body = false
	for i := start; ; {
		j := bytes.Index(s.data[i:], []byte("</"))
		if j < 0 {
			return s.fail(s.tagStart, "<wxs> is not closed")
		}
		i += j
		if end := s.nameEnd(i + 2); bytes.EqualFold(s.data[i+2:end], []byte("wxs")) {
			s.pos = i
			if i == start {
				return s.endTag()
			}
			return Token{Kind: Script, Span: source.Span{Start: start, End: i}}, true
		}
		i += 2
	}
}
