// Package source holds what every tokenizer and extractor shares: byte spans,
// positions, the kinds of source files, and the masking that makes files in
// other encodings than UTF-8 safe to tokenize byte by byte.
//
// It never decides anything about references and never touches the file system.
package source

import (
	"bytes"
	"path"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// Span is a half-open range of byte offsets in one file.
type Span struct{ Start, End int }

// Len returns the number of bytes in s.
func (s Span) Len() int { return s.End - s.Start }

// Contains reports whether o lies within s.
func (s Span) Contains(o Span) bool { return s.Start <= o.Start && o.End <= s.End }

// Text returns the bytes of data that s covers, as a string.
func (s Span) Text(data []byte) string { return string(data[s.Start:s.End]) }

// Kind is the language of a source file.
type Kind uint8

// The languages that may name an image. Anything else is Other.
const (
	Other Kind = iota
	WXML
	WXSS // also .css
	JS
	TS
	WXS
	JSON
	Less
	Scss // also .sass, whose indented syntax has the same tokens
	Stylus
)

var kinds = map[string]Kind{
	".wxml": WXML, ".wxss": WXSS, ".css": WXSS, ".js": JS, ".ts": TS, ".wxs": WXS,
	".json": JSON, ".less": Less, ".scss": Scss, ".sass": Scss, ".styl": Stylus,
}

// KindOf returns the language of the file called name, by its suffix and
// without regard to case.
func KindOf(name string) Kind { return kinds[strings.ToLower(path.Ext(name))] }

func (k Kind) String() string {
	return [...]string{"other", "wxml", "wxss", "js", "ts", "wxs", "json", "less", "scss", "styl"}[k]
}

// Style reports whether k is WXSS or one of the languages compiled to it.
func (k Kind) Style() bool { return k == WXSS || k == Less || k == Scss || k == Stylus }

// Script reports whether k is JavaScript, TypeScript or WXS.
func (k Kind) Script() bool { return k == JS || k == TS || k == WXS }

// Lines finds line and column numbers of byte offsets.
type Lines struct {
	data   []byte
	once   sync.Once
	starts []int
	marks  []mark // within long lines, so that no position costs a whole line
}

// mark is an offset within a line and the characters of the line before it.
type mark struct{ offset, chars int }

// markEvery is about how many bytes lie between two marks of a line.
const markEvery = 4 << 10

// NewLines returns the lines of data, which must not change any more. A line
// ends with LF, CRLF or a lone CR. Most files are never asked for a position,
// so the index is made for the first that is.
func NewLines(data []byte) *Lines { return &Lines{data: data} }

func (l *Lines) index() {
	data, start := l.data, 0
	l.starts = make([]int, 1, bytes.Count(data, []byte{'\n'})+2)
	for i := 0; i < len(data); i++ {
		if data[i] == '\n' || data[i] == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			l.markLine(start, i)
			start = i + 1
			l.starts = append(l.starts, start)
		}
	}
	l.markLine(start, len(data))
}

// markLine puts marks into a line that is long.
func (l *Lines) markLine(start, end int) {
	chars := 0
	for end-start > markEvery {
		next := start + markEvery
		for next < end && !utf8.RuneStart(l.data[next]) {
			next++
		}
		chars += utf8.RuneCount(l.data[start:next])
		start = next
		l.marks = append(l.marks, mark{start, chars})
	}
}

// Data returns the bytes that were indexed; they must not be changed.
func (l *Lines) Data() []byte { return l.data }

// Position returns the 1-based line and column of the byte at offset. The
// column counts characters as editors do; a byte that is not UTF-8 counts as
// one character, a leading byte order mark as none.
func (l *Lines) Position(offset int) (line, column int) {
	l.once.Do(l.index)
	offset = max(0, min(offset, len(l.data)))
	line = sort.SearchInts(l.starts, offset+1)
	start, column := l.starts[line-1], 1
	if line == 1 && offset >= 3 && string(l.data[:3]) == "\xef\xbb\xbf" {
		column--
	}
	if i := sort.Search(len(l.marks), func(i int) bool { return l.marks[i].offset > offset }); i > 0 && l.marks[i-1].offset > start {
		start, column = l.marks[i-1].offset, column+l.marks[i-1].chars
	}
	return line, column + utf8.RuneCount(l.data[start:offset])
}

// Mask returns data in a form in which every byte below 0x80 really is that
// ASCII character. UTF-8 is returned as it is. In anything else the trailing
// bytes of double-byte characters (GBK, Big5) may look like a quote's escape
// or a bracket; in the returned copy, which has the same length, they are
// replaced by 0xFF. A Latin-1 file loses some letters after an accented one,
// which no tokenizer minds.
func Mask(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	out := []byte(string(data))
	for i := 0; i+1 < len(out); i++ {
		if out[i] >= 0x81 && out[i] <= 0xFE && out[i+1] >= 0x40 && out[i+1] != 0x7F {
			if out[i+1] < 0x80 {
				out[i+1] = 0xFF
			}
			i++
		}
	}
	return out
}
