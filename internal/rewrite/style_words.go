package rewrite

import (
	"bytes"
	"maps"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// styleWords returns what style sheets may put into a path: the bare words that
// a preprocessor hands around, and what string literals end in.
func (d *decider) styleWords() map[string]bool {
	if d.styled != nil {
		return d.styled
	}
	d.styled = maps.Clone(d.literalEnds())
	for _, f := range d.in.Sources {
		if f.Kind.Style() && f.Kind != source.WXSS {
			bareWords(f.Lines.Data(), func(w []byte) { d.styled[string(w)] = true })
		}
	}
	return d.styled
}

// bareWords gives the words of a style sheet that may be values: those in
// brackets, and those of statements that begin with @ or $. Words in quotes,
// comments and url() are none.
func bareWords(data []byte, add func([]byte)) {
	depth, fresh, value := 0, true, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		case bytes.HasPrefix(data[i:], []byte("/*")):
			i = after(data, i+2, "*/")
			continue
		case bytes.HasPrefix(data[i:], []byte("//")):
			i = after(data, i+2, "\n")
			continue
		case c == '"' || c == '\'':
			i = after(data, i+1, string(c))
		case c == '(':
			depth++
		case c == ')':
			depth = max(0, depth-1)
		case c == ';' || c == '{' || c == '}':
			fresh, value = true, false
			continue
		case fresh && (c == '@' || c == '$'):
			value = true
		case cssWordByte(c):
			end := i + 1
			for end < len(data) && cssWordByte(data[end]) {
				end++
			}
			if word := data[i:end]; bytes.EqualFold(word, []byte("url")) && bytes.HasPrefix(data[end:], []byte("(")) {
				i = after(data, end, ")")
			} else {
				if depth > 0 || value {
					add(word)
				}
				i = end - 1
			}
		}
		fresh = false
	}
}

// after returns the offset of the last byte of the first end from i on, or of
// the data.
func after(data []byte, i int, end string) int {
	if n := bytes.Index(data[i:], []byte(end)); n >= 0 {
		return i + n + len(end) - 1
	}
	return len(data) - 1
}

func cssWordByte(c byte) bool { return letterByte(c) || c == '-' || c == '_' }
