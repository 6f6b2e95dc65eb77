package wxss

import (
	"strings"
	"unicode/utf8"
)

// Unescape decodes the escapes of a CSS string or bare url().
func Unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i+1:]
		text, n := escape(s)
		b.WriteString(text)
		s = s[n:]
		i = strings.IndexByte(s, '\\')
	}
	b.WriteString(s)
	return b.String()
}

// escape decodes what follows a backslash and returns its length.
func escape(s string) (text string, n int) {
	if s == "" {
		return "", 0
	}
	r := rune(0)
	for n < len(s) && n < 6 {
		d, ok := hexDigit(s[n])
		if !ok {
			break
		}
		r = r<<4 | d
		n++
	}
	if n > 0 {
		// One space after the digits belongs to the escape.
		switch {
		case strings.HasPrefix(s[n:], "\r\n"):
			n += 2
		case n < len(s) && space(s[n]):
			n++
		}
		if r == 0 || !utf8.ValidRune(r) {
			r = utf8.RuneError
		}
		return string(r), n
	}
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return "", 2
	case s[0] == '\n' || s[0] == '\r' || s[0] == '\f':
		return "", 1 // a continued line
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size], size
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}
