package js

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Decode returns the characters that the inner text of a string or template
// literal stands for. A malformed escape stands for itself.
func Decode(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		i += escape(&b, s[i:])
	}
	return b.String()
}

var simpleEscapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}

// escape writes what the escape at the start of s stands for and returns its
// length.
func escape(b *strings.Builder, s string) int {
	switch c := s[1]; c {
	case '\r':
		if len(s) > 2 && s[2] == '\n' {
			return 3
		}
		return 2
	case '\n':
		return 2
	case 'x':
		if len(s) >= 4 {
			if v, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
				b.WriteRune(rune(v))
				return 4
			}
		}
	case 'u':
		if r, n := unicodeEscape(s); n > 0 {
			if utf16.IsSurrogate(r) {
				if low, m := unicodeEscape(s[n:]); m > 0 {
					if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
						b.WriteRune(both)
						return n + m
					}
				}
			}
			b.WriteRune(r)
			return n
		}
	default:
		if e, ok := simpleEscapes[c]; ok {
			b.WriteByte(e)
			return 2
		}
	}
	_, n := utf8.DecodeRuneInString(s[1:])
	b.WriteString(s[1 : 1+n])
	return 1 + n
}

// unicodeEscape reads \uXXXX or \u{…}; the length is 0 when there is none.
func unicodeEscape(s string) (rune, int) {
	if len(s) < 4 || s[0] != '\\' || s[1] != 'u' {
		return 0, 0
	}
	if s[2] == '{' {
		end := strings.IndexByte(s[:min(len(s), 12)], '}')
		if end < 4 {
			return 0, 0
		}
		v, err := strconv.ParseUint(s[3:end], 16, 32)
		if err != nil || v > utf8.MaxRune {
			return 0, 0
		}
		return rune(v), end + 1
	}
	if len(s) < 6 {
		return 0, 0
	}
	v, err := strconv.ParseUint(s[2:6], 16, 32)
	if err != nil {
		return 0, 0
	}
	return rune(v), 6
}
