// Package wxss finds url(), imports, strings and comments in style sheets:
// WXSS and CSS, and the languages compiled to them (Less, SCSS, Sass, Stylus).
// It hands out byte spans in one pass, in linear time and constant memory.
//
// It never parses rules or selectors and never decides what a value means.
package wxss

import (
	"bytes"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Kind says what a Token is.
type Kind uint8

// The kinds of tokens.
const (
	Comment Kind = iota
	String       // a string that stands neither in url() nor in an import
	URL          // url()
	Import       // the path of an import, as a string, in url() or bare
)

func (k Kind) String() string {
	return [...]string{"comment", "string", "url", "import"}[k]
}

// Token is one find. Tokens are in order and do not overlap.
type Token struct {
	Kind  Kind
	Span  source.Span // with quotes, "url(" and ")"
	Value source.Span // without them, without padding
	Quote byte        // the quote around Value, or 0
	// Dynamic: Value holds an interpolation or is an expression of the
	// preprocessor; Parts takes it apart.
	Dynamic bool
}

// SyntaxError is a comment, string or url() that is never closed.
type SyntaxError struct {
	Offset int
	Text   string
}

func (e *SyntaxError) Error() string { return e.Text }

// Scanner reads the tokens of one style sheet or of one style attribute.
type Scanner struct {
	data []byte
	pos  int
	err  error
	pre  bool

	// importing: an import rule is being read. It ends at the end of the line
	// once it has a value and no comma asks for more.
	importing, imported, comma bool
	// noString: within url(), no string of that quote (" and ') ends before
	// this offset.
	noString [2]int
	// noHole: no interpolation in a string closes before this offset.
	noHole int
}

// NewScanner returns a Scanner over data, in which every byte below 0x80 must
// be that ASCII character (see source.Mask). preprocessed is for the languages
// that compile to WXSS: they have line comments and bare import paths.
func NewScanner(data []byte, preprocessed bool) *Scanner {
	return &Scanner{data: data, pre: preprocessed}
}

// Err returns the *SyntaxError that ended the tokens, or nil.
func (s *Scanner) Err() error { return s.err }

func (s *Scanner) fail(offset int, text string) (Token, bool) {
	s.err = &SyntaxError{Offset: offset, Text: text}
	return Token{}, false
}

func (s *Scanner) at(i int) byte {
	if i < len(s.data) {
		return s.data[i]
	}
	return 0
}

// dull are the bytes that begin nothing outside an import rule.
var dull = func() (t [256]bool) {
	for i := range t {
		t[i] = true
	}
	for _, c := range []byte("/\"'uU@\\") {
		t[c] = false
	}
	return t
}()

// Next returns the next token; false at the end or at an error.
func (s *Scanner) Next() (Token, bool) {
	for s.err == nil && s.pos < len(s.data) {
		i := s.pos
		c := s.data[i]
		if dull[c] && !s.importing {
			s.pos++
			continue
		}
		switch {
		case c == '/' && s.at(i+1) == '*':
			return s.comment()
		case c == '/' && s.pre && s.at(i+1) == '/' && (i == 0 || s.data[i-1] != ':'):
			return s.lineComment()
		case c == '"' || c == '\'':
			return s.str()
		case (c == 'u' || c == 'U') && s.beginsURL(i):
			return s.url()
		case c == '@':
			s.keyword()
		case c == '\\':
			s.pos += 2
		case s.importing:
			if t, ok := s.importByte(c); ok {
				return t, true
			}
		default:
			s.pos++
		}
	}
	return Token{}, false
}

func (s *Scanner) comment() (Token, bool) {
	start := s.pos
	i := bytes.Index(s.data[start+2:], []byte("*/"))
	if i < 0 {
		return s.fail(start, "comment is not closed")
	}
	s.pos = start + 2 + i + 2
	return Token{Kind: Comment, Span: source.Span{Start: start, End: s.pos}, Value: source.Span{Start: start + 2, End: s.pos - 2}}, true
}

func (s *Scanner) lineComment() (Token, bool) {
	start := s.pos
	s.pos = len(s.data)
	if i := bytes.IndexAny(s.data[start:], "\r\n"); i >= 0 {
		s.pos = start + i
	}
	return Token{Kind: Comment, Span: source.Span{Start: start, End: s.pos}, Value: source.Span{Start: start + 2, End: s.pos}}, true
}

// str reads a string, which in an import rule is a path.
func (s *Scanner) str() (Token, bool) {
	start := s.pos
	end, ok := s.stringEnd(start)
	if !ok {
		return s.fail(start, "string is not closed")
	}
	s.pos = end + 1
	t := Token{
		Span: source.Span{Start: start, End: end + 1}, Value: source.Span{Start: start + 1, End: end},
		Kind: String, Quote: s.data[start],
	}
	t.Dynamic = s.interpolated(t.Value)
	if s.importing {
		t.Kind = Import
		s.imported, s.comma = true, false
	}
	return t, true
}

// stringEnd finds the quote that closes the string that opens at i.
func (s *Scanner) stringEnd(i int) (end int, ok bool) {
	quote := s.data[i]
	for i++; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == quote:
			return i, true
		case c == '\\':
			if s.at(i+1) == '\r' && s.at(i+2) == '\n' {
				i++
			}
			i++
		case c == '\n' || c == '\r' || c == '\f':
			return i, false
		case c == '#' && s.pre && i >= s.noHole && s.at(i+1) == '{':
			// An interpolation may hold the quote of its string.
			j := bytes.IndexAny(s.data[i:], "}\r\n")
			switch {
			case j < 0:
				s.noHole = len(s.data)
			case s.data[i+j] == '}':
				i += j
			default:
				s.noHole = i + j
			}
		}
	}
	return i, false
}

// interpolated reports whether the preprocessor fills something into v.
func (s *Scanner) interpolated(v source.Span) bool {
	return s.pre && hasInterpolation(s.data[v.Start:v.End])
}

func hasInterpolation(b []byte) bool {
	return bytes.Contains(b, []byte("#{")) || bytes.Contains(b, []byte("@{"))
}

// keyword reads an at-keyword and begins an import rule.
func (s *Scanner) keyword() {
	end := s.pos + 1
	for end < len(s.data) && nameByte(s.data[end]) {
		end++
	}
	switch string(bytes.ToLower(s.data[s.pos+1 : min(end, s.pos+16)])) {
	case "import":
		s.importing = true
	case "use", "forward", "require":
		s.importing = s.pre
	default:
		s.importing = false
	}
	s.imported, s.comma = false, false
	s.pos = end
}

// importByte reads a byte of an import rule that begins no string or url().
func (s *Scanner) importByte(c byte) (Token, bool) {
	switch c {
	case ';', '{', '}':
		s.importing = false
	case '\n', '\r':
		s.importing = !s.imported || s.comma
	case ',':
		s.comma = true
	case '(': // (reference), or what a media query asks for
		for s.pos < len(s.data) && bytes.IndexByte([]byte(")\n;"), s.data[s.pos]) < 0 {
			s.pos++
		}
		return Token{}, false
	default:
		if s.pre && (!s.imported || s.comma) && (nameByte(c) || c == '.' || c == '/') {
			return s.bareImport(), true
		}
		if nameByte(c) {
			// A media query: the u of "url(" can only begin a word.
			for s.pos < len(s.data) && nameByte(s.data[s.pos]) {
				s.pos++
			}
			return Token{}, false
		}
	}
	s.pos++
	return Token{}, false
}

// bareImport reads the unquoted path of an import in Sass and Stylus.
func (s *Scanner) bareImport() Token {
	start := s.pos
	for s.pos < len(s.data) && bytes.IndexByte([]byte(" \t\r\n\f,;{}()\"'"), s.data[s.pos]) < 0 {
		s.pos++
	}
	v := source.Span{Start: start, End: s.pos}
	s.imported, s.comma = true, false
	return Token{Kind: Import, Span: v, Value: v}
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c >= 0x80
}

func space(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}
