// Package json finds the strings of JSON files, with the path each stands at.
// It reads what the developer tools read and a little more: comments, trailing
// commas, single quotes, bare keys. It hands out byte spans in one pass,
// without recursion.
//
// It never builds a value and never writes anything.
package json

import (
	"bytes"
	"strconv"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// MaxDepth is how deeply objects and lists may be nested.
const MaxDepth = 1000

// Kind says what a Token is.
type Kind uint8

// The kinds of tokens.
const (
	Comment Kind = iota
	Key          // of an object
	String       // as a value
)

func (k Kind) String() string { return [...]string{"comment", "key", "string"}[k] }

// Token is a string or a comment. Tokens are in order and do not overlap.
type Token struct {
	Kind  Kind
	Span  source.Span // with the quotes
	Value source.Span // without them
	Quote byte        // 0 for a bare key
}

// SyntaxError is the first place that no reader of JSON would accept.
type SyntaxError struct {
	Offset int
	Text   string
}

func (e *SyntaxError) Error() string { return e.Text }

// expectation is what may come next.
type expectation uint8

const (
	value expectation = iota
	valueOrEnd
	keyOrEnd
	colon
	commaOrEnd
	nothing
)

// frame is an object or list that is being read.
type frame struct {
	list  bool
	index int
	key   source.Span
}

// Scanner reads the strings of one file.
type Scanner struct {
	data  []byte
	pos   int
	err   error
	want  expectation
	stack []frame
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

// Path returns the path of the string that Next just returned, such as
// "tabBar.list[0].iconPath". Keys are written as they stand in the file.
func (s *Scanner) Path() string {
	var b []byte
	for _, f := range s.stack {
		if f.list {
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(f.index), 10)
			b = append(b, ']')
			continue
		}
		if len(b) > 0 {
			b = append(b, '.')
		}
		b = append(b, s.data[f.key.Start:f.key.End]...)
	}
	return string(b)
}

// Depth returns how many objects and lists the string that Next just returned
// lies in.
func (s *Scanner) Depth() int { return len(s.stack) }

func (s *Scanner) fail(offset int, text string) (Token, bool) {
	s.err = &SyntaxError{Offset: offset, Text: text}
	return Token{}, false
}

// Next returns the next string or comment; false at the end or at an error.
func (s *Scanner) Next() (Token, bool) {
	for s.err == nil && s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case c <= ' ':
			s.pos++
		case c == '/':
			return s.comment()
		case c == '"' || c == '\'':
			return s.str()
		case c == '{' || c == '[':
			s.open(c)
		case c == '}' || c == ']':
			s.close(c)
		case c == ',':
			s.comma()
		case c == ':':
			if s.want != colon {
				return s.fail(s.pos, "unexpected :")
			}
			s.want = value
			s.pos++
		default:
			if t, ok := s.word(); ok {
				return t, true
			}
		}
	}
	if s.err == nil && (len(s.stack) > 0 || s.want == colon) {
		return s.fail(len(s.data), "unexpected end of the file")
	}
	return Token{}, false
}

func (s *Scanner) comment() (Token, bool) {
	start := s.pos
	rest := s.data[start:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		s.pos = len(s.data)
		if i := bytes.IndexAny(rest, "\r\n"); i >= 0 {
			s.pos = start + i
		}
	case bytes.HasPrefix(rest, []byte("/*")):
		i := bytes.Index(rest[2:], []byte("*/"))
		if i < 0 {
			return s.fail(start, "comment is not closed")
		}
		s.pos = start + 2 + i + 2
	default:
		return s.fail(start, "unexpected /")
	}
	return Token{Kind: Comment, Span: source.Span{Start: start, End: s.pos}}, true
}

// str reads a key or a value in quotes.
func (s *Scanner) str() (Token, bool) {
	start, quote := s.pos, s.data[s.pos]
	for i := start + 1; i < len(s.data); i++ {
		switch s.data[i] {
		case '\\':
			i++
		case '\n', '\r':
			return s.fail(start, "string is not closed")
		case quote:
			s.pos = i + 1
			return s.emit(Token{Span: source.Span{Start: start, End: i + 1}, Value: source.Span{Start: start + 1, End: i}, Quote: quote})
		}
	}
	return s.fail(start, "string is not closed")
}

// word reads a number, true, false, null or a bare key; only the key is a
// token.
func (s *Scanner) word() (Token, bool) {
	start := s.pos
	for s.pos < len(s.data) && wordByte(s.data[s.pos]) {
		s.pos++
	}
	span := source.Span{Start: start, End: s.pos}
	switch {
	case s.pos == start:
		return s.fail(start, "unexpected "+strconv.QuoteRune(rune(s.data[start])))
	case s.want == keyOrEnd:
		return s.emit(Token{Span: span, Value: span})
	case s.want == value || s.want == valueOrEnd:
		s.ended()
		return Token{}, false
	}
	return s.fail(start, "unexpected value")
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '+' || c == '.' || c == '_' || c == '$' || c >= 0x80
}

// emit returns a string as the key or value that is wanted here.
func (s *Scanner) emit(t Token) (Token, bool) {
	switch s.want {
	case keyOrEnd:
		t.Kind = Key
		s.stack[len(s.stack)-1].key = t.Value
		s.want = colon
	case value, valueOrEnd:
		t.Kind = String
		s.ended()
	default:
		return s.fail(t.Span.Start, "unexpected string")
	}
	return t, true
}

// ended notes that a value is complete.
func (s *Scanner) ended() {
	s.want = commaOrEnd
	if len(s.stack) == 0 {
		s.want = nothing
	}
}

func (s *Scanner) open(c byte) {
	if s.want != value && s.want != valueOrEnd {
		s.fail(s.pos, "unexpected "+string(c))
		return
	}
	if len(s.stack) == MaxDepth {
		s.fail(s.pos, "nested more deeply than "+strconv.Itoa(MaxDepth)+" levels")
		return
	}
	s.stack = append(s.stack, frame{list: c == '['})
	s.want = keyOrEnd
	if c == '[' {
		s.want = valueOrEnd
	}
	s.pos++
}

func (s *Scanner) close(c byte) {
	n := len(s.stack) - 1
	if n < 0 || s.stack[n].list != (c == ']') || s.want == colon || s.want == value {
		s.fail(s.pos, "unexpected "+string(c))
		return
	}
	s.stack = s.stack[:n]
	s.ended()
	s.pos++
}

func (s *Scanner) comma() {
	if s.want != commaOrEnd {
		s.fail(s.pos, "unexpected ,")
		return
	}
	top := &s.stack[len(s.stack)-1]
	top.index++
	s.want = keyOrEnd
	if top.list {
		s.want = valueOrEnd
	}
	s.pos++
}
