package upload

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxKeyLength is the longest key in bytes that COS accepts.
const MaxKeyLength = 850

// ValidateKey returns a *KeyError unless key can name an object. An empty key
// or one made of dots would address the bucket itself, and a "." or ".."
// segment is resolved away by clients and proxies.
func ValidateKey(key string) error {
	reason := ""
	switch {
	case key == "":
		reason = "is empty"
	case len(key) > MaxKeyLength:
		reason = "is longer than " + strconv.Itoa(MaxKeyLength) + " bytes"
	case key[0] == '/' || key[0] == '\\':
		reason = "begins with a slash"
	case !utf8.ValidString(key):
		reason = "is not UTF-8"
	case strings.IndexFunc(key, unicode.IsControl) >= 0:
		reason = "has a control character"
	case hasDotSegment(key):
		reason = `has a "." or ".." segment`
	}
	if reason != "" {
		return &KeyError{Key: key, Reason: reason}
	}
	return nil
}

func hasDotSegment(key string) bool {
	for seg := range strings.SplitSeq(key, "/") {
		if seg == "." || seg == ".." {
			return true
		}
	}
	return false
}

// escapePath percent-encodes every byte of p but letters, digits, "-._~@" and
// the slash. The result can stand unquoted in url() and between any quotes.
func escapePath(p string) string {
	n := 0
	for i := range len(p) {
		if !plainByte(p[i]) {
			n++
		}
	}
	if n == 0 {
		return p
	}
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(p)+2*n)
	for i := range len(p) {
		if c := p[i]; plainByte(c) {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}

func plainByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~' || c == '@' || c == '/'
}
