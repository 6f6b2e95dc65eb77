package wxml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// entities are the named references that WXML knows.
var entities = map[string]string{
	"amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
	"nbsp": "\u00a0", "ensp": "\u2002", "emsp": "\u2003",
}

// maxEntity is the length of the longest reference, from & to ;.
const maxEntity = len("&#x10FFFF;")

// Unescape replaces the character references in the value of an attribute.
// What is no reference stays as it is.
func Unescape(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		text, n := Entity(s[i:])
		if n == 0 {
			text, n = "&", 1
		}
		b.WriteString(text)
		s = s[i+n:]
		i = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String()
}

// Entity decodes the character reference that s begins with and returns its
// length; 0 if s begins with none.
func Entity(s string) (text string, n int) {
	end := strings.IndexByte(s[:min(len(s), maxEntity)], ';')
	if end < 2 || s[0] != '&' {
		return "", 0
	}
	name := s[1:end]
	if name[0] != '#' {
		text, ok := entities[name]
		if !ok {
			return "", 0
		}
		return text, end + 1
	}
	digits, base := name[1:], 10
	if len(digits) > 0 && (digits[0] == 'x' || digits[0] == 'X') {
		digits, base = digits[1:], 16
	}
	r, err := strconv.ParseUint(digits, base, 32)
	if err != nil || r == 0 || r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
		return "", 0
	}
	return string(rune(r)), end + 1
}
