package js

import (
	"math"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Tokenize splits data[span.Start:span.End] into tokens; offsets count from
// the start of data. On an error it returns what it found so far with an
// *Error.
func Tokenize(data string, span source.Span) (*File, error) {
	l := &lexer{File: File{Data: data}, pos: span.Start, end: span.End}
	if span.End > math.MaxInt32 { // more than the offsets of tokens can say
		return &l.File, l.fail(span.Start, "too long")
	}
	l.spare = spareTokens(span.Len()/3 + 8)
	l.Tokens = *l.spare
	err := l.run()
	return &l.File, err
}

type lexer struct {
	File
	pos, end int
	newline  bool
	open     []int32 // indexes of the open brackets and template heads
	wasted   int     // bytes read for regular expressions that never ended
}

func (l *lexer) fail(offset int, text string) error { return &Error{Offset: offset, Text: text} }

// at returns the byte n after the current one, 0 beyond the end.
func (l *lexer) at(n int) byte {
	if l.pos+n < l.end {
		return l.Data[l.pos+n]
	}
	return 0
}

func (l *lexer) emit(t Type, start int) {
	l.Tokens = append(l.Tokens, Token{
		start: int32(start), end: int32(l.pos), match: -1, parent: l.parent(), Type: t, Newline: l.newline, first: l.Data[start],
	})
	l.newline = false
}

// parent returns the innermost open bracket.
func (l *lexer) parent() int32 {
	if len(l.open) == 0 {
		return -1
	}
	return l.open[len(l.open)-1]
}

func (l *lexer) run() error {
	if l.at(0) == 0xEF && l.at(1) == 0xBB && l.at(2) == 0xBF {
		l.pos += 3
	}
	if l.at(0) == '#' && l.at(1) == '!' {
		l.lineComment()
	}
	for l.pos < l.end {
		if err := l.next(); err != nil {
			return err
		}
		if l.wasted > 1<<20+16*l.end {
			return l.fail(l.pos, "regular expressions never end")
		}
	}
	if len(l.open) > 0 {
		return l.fail(l.Tokens[l.open[len(l.open)-1]].Span().Start, "a bracket is never closed")
	}
	return nil
}

func (l *lexer) next() error {
	start := l.pos
	switch c := l.at(0); {
	case c == '\n' || c == '\r':
		l.newline = true
		l.pos++
	case c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == 0:
		l.pos++
	case c == '/' && l.at(1) == '/':
		l.lineComment()
	case c == '/' && l.at(1) == '*':
		return l.blockComment()
	case c == '"' || c == '\'':
		return l.str(c)
	case c == '`':
		return l.template(TemplateHead, Template)
	case c >= '0' && c <= '9', c == '.' && l.at(1) >= '0' && l.at(1) <= '9':
		l.number()
	case identBytes[c]:
		for l.pos < l.end && identBytes[l.Data[l.pos]] {
			if l.Data[l.pos] == '\\' && l.at(1) != 'u' {
				break
			}
			l.pos++
		}
		if l.pos == start { // a stray backslash
			l.pos++
			l.emit(Punct, start)
			return nil
		}
		if text := l.Data[start:l.pos]; text[0] >= utf8.RuneSelf && lineSeparators(text) {
			l.newline = true
			return nil
		}
		l.emit(Ident, start)
	case c == '/' && l.regexAllowed() && l.regex():
		l.emit(Regex, start)
	default:
		return l.punct()
	}
	return nil
}

// identBytes are those that names consist of. Everything beyond ASCII is one:
// which letters a name may hold does not matter here.
var identBytes = func() (t [256]bool) {
	for i := range t {
		c := byte(i)
		t[i] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			c == '_' || c == '$' || c == '#' || c == '@' || c == '\\' || c >= utf8.RuneSelf
	}
	return t
}()

// lineSeparators reports whether text is nothing but U+2028, U+2029, U+FEFF or
// U+00A0 and U+3000 spaces.
func lineSeparators(text string) bool {
	for _, r := range text {
		switch r {
		case 0x2028, 0x2029, 0xFEFF, 0xA0, 0x3000:
		default:
			return false
		}
	}
	return true
}

func (l *lexer) lineComment() {
	start := l.pos
	for l.pos < l.end && l.Data[l.pos] != '\n' && l.Data[l.pos] != '\r' {
		l.pos++
	}
	l.Comments = append(l.Comments, source.Span{Start: start, End: l.pos})
}

func (l *lexer) blockComment() error {
	start := l.pos
	for l.pos += 2; l.pos < l.end; l.pos++ {
		switch c := l.Data[l.pos]; {
		case c == '\n' || c == '\r':
			l.newline = true
		case c == '*' && l.at(1) == '/':
			l.pos += 2
			l.Comments = append(l.Comments, source.Span{Start: start, End: l.pos})
			return nil
		}
	}
	return l.fail(start, "a comment is never closed")
}

func (l *lexer) str(quote byte) error {
	start := l.pos
	for l.pos++; l.pos < l.end; l.pos++ {
		switch l.Data[l.pos] {
		case quote:
			l.pos++
			l.emit(String, start)
			return nil
		case '\\':
			l.pos++
			if l.at(0) == '\r' && l.at(1) == '\n' {
				l.pos++
			}
		case '\n', '\r':
			return l.fail(start, "a string is never closed")
		}
	}
	l.pos = l.end
	return l.fail(start, "a string is never closed")
}

// template reads from a back quote or from the brace that closes a
// substitution up to the next substitution or the end.
func (l *lexer) template(open, closed Type) error {
	start := l.pos
	for l.pos++; l.pos < l.end; l.pos++ {
		switch c := l.Data[l.pos]; {
		case c == '\\':
			l.pos++
		case c == '`':
			l.pos++
			l.emit(closed, start)
			if closed == TemplateTail {
				l.close(len(l.Tokens) - 1)
			}
			return nil
		case c == '$' && l.at(1) == '{':
			l.pos += 2
			l.emit(open, start)
			i := len(l.Tokens) - 1
			if open == TemplateHead {
				l.open = append(l.open, int32(i))
			} else {
				o := l.parent()
				l.Tokens[i].match, l.Tokens[i].parent = o, l.Tokens[o].parent
			}
			return nil
		}
	}
	l.pos = l.end
	return l.fail(start, "a template string is never closed")
}

func (l *lexer) number() {
	start := l.pos
	for l.pos < l.end {
		c := l.Data[l.pos]
		exp := (c == '+' || c == '-') && l.pos > start && (l.Data[l.pos-1] == 'e' || l.Data[l.pos-1] == 'E') && !hex(l.Data[start:l.pos])
		if !exp && c != '.' && !identBytes[c] {
			break
		}
		l.pos++
	}
	l.emit(Number, start)
}

func hex(b string) bool { return len(b) > 1 && (b[1] == 'x' || b[1] == 'X') }

// regex reads a regular expression; it reports false and reads nothing when
// none ends on this line, so that the slash is taken for a division.
func (l *lexer) regex() bool {
	class := false
	for i := l.pos + 1; i < l.end; i++ {
		switch l.Data[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '\n', '\r':
			l.wasted += i - l.pos
			return false
		case '/':
			if class {
				continue
			}
			for i++; i < l.end && l.Data[i] >= 'a' && l.Data[i] <= 'z'; i++ {
			}
			l.pos = i
			return true
		}
	}
	l.wasted += l.end - l.pos
	return false
}

// close pairs the token at index i with the innermost open bracket.
func (l *lexer) close(i int) {
	n := len(l.open) - 1
	o := l.open[n]
	l.open = l.open[:n]
	l.Tokens[o].match, l.Tokens[i].match = int32(i), o
	l.Tokens[i].parent = l.Tokens[o].parent
}
