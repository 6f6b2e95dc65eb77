package filmfile

import (
	"bytes"
	"encoding/hex"
	"strings"
)

// kind is what a token is.
type kind int

const (
	end    kind = iota // of the file
	word               // a keyword, a bare or quoted name, a number
	text               // a string, in quotes or as hexadecimal digits
	symbol             // one character
	finish             // the delimiter that ends a statement
)

// token is a piece of SQL.
type token struct {
	kind   kind
	text   string // without quotes and escapes
	quoted bool   // a name in back quotes: no keyword
	line   int
}

// is reports whether a token is a keyword.
func (t token) is(keyword string) bool {
	return t.kind == word && !t.quoted && strings.EqualFold(t.text, keyword)
}

// symbolIs reports whether a token is this character.
func (t token) symbolIs(s string) bool { return t.kind == symbol && t.text == s }

// lexer cuts SQL into tokens, as MySQL reads it.
type lexer struct {
	data      []byte
	at, line  int
	delimiter string
}

func newLexer(data []byte) *lexer { return &lexer{data: data, line: 1, delimiter: ";"} }

// skip moves on by n bytes.
func (l *lexer) skip(n int) {
	n = min(n, len(l.data)-l.at)
	l.line += bytes.Count(l.data[l.at:l.at+n], []byte("\n"))
	l.at += n
}

// rest is what has not been read.
func (l *lexer) rest() []byte { return l.data[l.at:] }

// skipPast moves behind the next s, or to the end.
func (l *lexer) skipPast(s string) {
	if i := bytes.Index(l.rest(), []byte(s)); i >= 0 {
		l.skip(i + len(s))
		return
	}
	l.skip(len(l.data))
}

// space moves over white space and comments, those for single versions of MySQL
// included: what they hold is no data.
func (l *lexer) space() {
	for l.at < len(l.data) {
		rest := l.rest()
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v':
			l.skip(1)
		case c == '#', bytes.HasPrefix(rest, []byte("--")) && (len(rest) == 2 || rest[2] <= ' '):
			l.skipPast("\n")
		case bytes.HasPrefix(rest, []byte("/*")):
			l.skip(2)
			l.skipPast("*/")
		default:
			return
		}
	}
}

// next is the next token.
func (l *lexer) next() (token, error) {
	l.space()
	t := token{line: l.line}
	rest := l.rest()
	if len(rest) == 0 {
		return t, nil
	}
	if bytes.HasPrefix(rest, []byte(l.delimiter)) {
		l.skip(len(l.delimiter))
		t.kind = finish
		return t, nil
	}
	switch c := rest[0]; {
	case c == '\'' || c == '"':
		return l.quoted(t, c, true)
	case c == '`':
		t, err := l.quoted(t, c, false)
		t.kind, t.quoted = word, true
		return t, err
	case nameByte(c):
		n := 1
		for n < len(rest) && nameByte(rest[n]) {
			n++
		}
		name := string(rest[:n])
		if n == 1 && (c|0x20 == 'x' || c|0x20 == 'n') && n < len(rest) && rest[n] == '\'' {
			return l.prefixed(t, c|0x20 == 'x')
		}
		l.skip(n)
		t.kind, t.text = word, name
		if digits, ok := strings.CutPrefix(strings.ToLower(name), "0x"); ok {
			return hexText(t, digits)
		}
		return t, nil
	default:
		l.skip(1)
		t.kind, t.text = symbol, string(c)
		return t, nil
	}
}

// nameByte reports whether a byte may stand in a name or a number. Those above
// ASCII may.
func nameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}

// prefixed reads x'…' or n'…'.
func (l *lexer) prefixed(t token, isHex bool) (token, error) {
	l.skip(1)
	t, err := l.quoted(t, '\'', true)
	if err != nil || !isHex {
		return t, err
	}
	return hexText(t, t.text)
}

func hexText(t token, digits string) (token, error) {
	decoded, err := hex.DecodeString(digits)
	if err != nil {
		return t, &Error{Line: t.line, Text: "hexadecimal digits that are none"}
	}
	t.kind, t.text = text, string(decoded)
	return t, nil
}

// escapes are the characters that MySQL writes with a backslash.
var escapes = map[byte]byte{'0': 0, 'b': '\b', 'n': '\n', 'r': '\r', 't': '\t', 'Z': 26}

// quoted reads a string or a name up to its closing quote, which stands for
// itself when it is doubled.
func (l *lexer) quoted(t token, quote byte, backslash bool) (token, error) {
	t.kind = text
	var out []byte
	data := l.data
	for i := l.at + 1; i < len(data); i++ {
		c := data[i]
		switch {
		case c == quote && i+1 < len(data) && data[i+1] == quote:
			i++
			out = append(out, quote)
		case c == quote:
			l.skip(i + 1 - l.at)
			t.text = string(out)
			return t, nil
		case c == '\\' && backslash && i+1 < len(data):
			i++
			plain, ok := escapes[data[i]]
			switch {
			case ok:
				out = append(out, plain)
			case data[i] == '%' || data[i] == '_':
				out = append(out, '\\', data[i]) // patterns keep theirs
			default:
				out = append(out, data[i])
			}
		default:
			out = append(out, c)
		}
	}
	return t, &Error{Line: t.line, Text: "a quote that is not closed", Fix: "is the file whole?"}
}
