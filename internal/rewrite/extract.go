package rewrite

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Extract finds everything in one source file that could name an image or
// change what a name means. The result depends on path, data and opt alone.
func Extract(path string, data []byte, opt ExtractOptions) *Facts {
	f := &Facts{Path: path, Kind: source.KindOf(path), Lines: source.NewLines(data), raw: string(data), utf8: utf8.Valid(data), opt: opt}
	room := borrow(f)
	defer room.release()
	masked, wide := data, utf16BOM(data)
	f.masked = f.raw
	if !f.utf8 {
		masked = source.Mask(data)
		f.masked = string(masked)
	}
	switch {
	case wide:
		f.Err = &ParseError{Text: "not a text file in UTF-8, GBK or Latin-1"}
	case f.Kind == source.WXML:
		extractWXML(f, masked, opt)
	case f.Kind.Style():
		extractStyle(f, masked, opt)
	case f.Kind == source.JSON:
		extractJSON(f, masked, opt)
	case f.Kind.Script():
		extractScript(f, source.Span{End: len(masked)})
	}
	slices.SortFunc(f.comments, func(a, b source.Span) int { return cmp.Compare(a.Start, b.Start) })
	if f.Err != nil {
		// What looked like a comment may be anything: no name is explained away.
		f.comments, f.Refs = nil, nil
	}
	f.Names = findNames(masked, f.comments, opt.Suffixes)
	if wide {
		f.Names = findNames(narrow(data), nil, opt.Suffixes)
	} else if !f.utf8 {
		for i := range f.Names {
			f.Names[i].Text = f.text(f.Names[i].Span)
		}
	}
	slices.SortStableFunc(f.Refs, func(a, b Ref) int { return cmp.Compare(a.Whole.Start, b.Whole.Start) })
	room.settle(f)
	f.raw, f.masked, f.comments = "", "", nil
	return f
}

// maxRefs bounds the references of one source, and so the memory that it takes:
// nothing that people write or that builds make comes near it.
const maxRefs = 200_000

// crowded reports whether the source has more references than are followed; it
// cannot be parsed then.
func (f *Facts) crowded(offset int) bool {
	if len(f.Refs) < maxRefs {
		return false
	}
	if f.Err == nil {
		f.Err = &ParseError{Offset: offset, Text: "it names more files than can be followed"}
	}
	return true
}

// utf16BOM reports whether data begins as a file in UTF-16 does.
func utf16BOM(data []byte) bool {
	return len(data) >= 2 && (string(data[:2]) == "\xff\xfe" || string(data[:2]) == "\xfe\xff")
}

// narrow leaves the NULs of a UTF-16 file out, so that its ASCII names can be
// read; where exactly they stand does not matter, the file is never edited.
func narrow(data []byte) []byte {
	out := make([]byte, 0, len(data)/2)
	for _, c := range data {
		if c != 0 {
			out = append(out, c)
		}
	}
	return out
}

// text returns the characters of raw bytes: UTF-8 as it is, else GBK if it is
// valid GBK, else the bytes.
func (f *Facts) text(s source.Span) string {
	text := f.raw[s.Start:s.End]
	if f.utf8 || utf8.ValidString(text) {
		return text
	}
	b := []byte(text)
	if out, err := simplifiedchinese.GBK.NewDecoder().Bytes(b); err == nil && utf8.Valid(out) && !strings.ContainsRune(string(out), utf8.RuneError) {
		return string(out)
	}
	return text
}

// looksLikePath reports whether a value may name a file or a folder, or hold
// an address: everything else is only a word.
func (f *Facts) looksLikePath(v string) bool {
	return strings.Contains(v, "/") || hasSuffixFold(pathOnly(v), f.opt.Suffixes)
}

// pathOnly cuts a query or fragment off.
func pathOnly(v string) string {
	if i := strings.IndexAny(v, "?#"); i >= 0 {
		return v[:i]
	}
	return v
}

// hasSuffixFold reports whether v ends in one of the suffixes, in any case.
func hasSuffixFold(v string, suffixes []string) bool {
	for _, s := range suffixes {
		if len(v) >= len(s) && strings.EqualFold(v[len(v)-len(s):], s) {
			return true
		}
	}
	return false
}
