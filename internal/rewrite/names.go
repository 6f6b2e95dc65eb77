package rewrite

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// maxName is the length of the longest file name that file systems allow.
const maxName = 255

// notInName are the bytes that end a name when one looks back from its suffix.
// Brackets do too, but for a pair of them within a name: icon(1).png.
var notInName = func() (t [256]bool) {
	for c := range byte(' ') {
		t[c] = true
	}
	for _, c := range []byte("\"'`/\\<>={}(),;:|*?[]\x7f") {
		t[c] = true
	}
	return t
}()

// findNames lists the names that end in an image suffix and stand outside the
// comments, which are sorted. Text is as long as it can be: it may begin with
// words that belong to no name.
func findNames(data []byte, comments []source.Span, suffixes []string) []Name {
	var out []Name
	from := 0
	for _, c := range comments {
		if c.Start > from {
			out = appendNames(out, data, source.Span{Start: from, End: c.Start}, suffixes)
		}
		from = max(from, c.End)
	}
	return appendNames(out, data, source.Span{Start: from, End: len(data)}, suffixes)
}

// appendNames adds the names that stand within span.
func appendNames(out []Name, data []byte, span source.Span, suffixes []string) []Name {
	for i := span.Start; i < span.End; i++ {
		j := bytes.IndexByte(data[i:span.End], '.')
		if j < 0 {
			break
		}
		i += j
		n := suffixAt(data[i:span.End], suffixes)
		if n == 0 {
			continue
		}
		start := nameStart(data, span.Start, i)
		if start == i {
			continue // a suffix alone
		}
		name := source.Span{Start: start, End: i + n}
		out = append(out, Name{Span: name, Text: name.Text(data)})
	}
	return out
}

// suffixAt returns the length of the image suffix that b begins with; 0 when
// there is none or when a letter or digit continues it.
func suffixAt(b []byte, suffixes []string) int {
	for _, s := range suffixes {
		if len(b) < len(s) || len(s) < 2 || b[1]|0x20 != s[1]|0x20 {
			continue // most dots end no name
		}
		if (len(b) == len(s) || !wordByte(b[len(s)])) && strings.EqualFold(string(b[:len(s)]), s) {
			return len(s)
		}
	}
	return 0
}

func wordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

// nameStart looks back from the suffix at dot for the beginning of its name.
func nameStart(data []byte, from, dot int) int {
	from = max(from, dot+len(".")-maxName)
	i := dot
	for i > from {
		c := data[i-1]
		if c == ')' || c == ']' {
			open := openBracket(data, from, i-1)
			if open < 0 {
				break
			}
			i = open
			continue
		}
		if notInName[c] {
			break
		}
		i--
	}
	if i == dot+len(".")-maxName { // cut, perhaps within a character
		for i < dot && !utf8.RuneStart(data[i]) {
			i++
		}
	}
	for i < dot && data[i] == ' ' {
		i++
	}
	return i
}

// openBracket finds the bracket that the one at closing closes, if nothing but
// name bytes stands between them.
func openBracket(data []byte, from, closing int) int {
	want := byte('(')
	if data[closing] == ']' {
		want = '['
	}
	for i := closing - 1; i >= from; i-- {
		switch {
		case data[i] == want:
			return i
		case notInName[data[i]]:
			return -1
		}
	}
	return -1
}
