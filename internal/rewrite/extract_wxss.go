package rewrite

import (
	"errors"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/rewrite/wxss"
)

// extractStyle finds the references of a style sheet.
func extractStyle(f *Facts, data []byte, _ ExtractOptions) {
	s := wxss.NewScanner(data, f.Kind != source.WXSS)
	for {
		t, ok := s.Next()
		if !ok || f.crowded(t.Span.Start) {
			break
		}
		switch {
		case t.Kind == wxss.Comment:
			f.comments = append(f.comments, t.Span)
		case t.Dynamic:
			f.styleParts(wxss.Parts(data, t), t)
		case t.Kind == wxss.Import:
			f.styleImport(t)
		case t.Kind == wxss.URL:
			f.styleURL(t)
		default:
			f.frozen(t.Value, wxss.Unescape(f.text(t.Value)), OwnFile)
		}
	}
	var bad *wxss.SyntaxError
	if errors.As(s.Err(), &bad) {
		f.Err = &ParseError{Offset: bad.Offset, Text: bad.Text}
	}
}

// styleImport adds an imported file. The host of an absolute address may be
// replaced.
func (f *Facts) styleImport(t wxss.Token) {
	name := wxss.Unescape(f.text(t.Value))
	f.Imports = append(f.Imports, Import{Kind: ImportStyle, Path: name})
	if strings.Contains(name, "//") {
		f.Refs = append(f.Refs, Ref{Span: t.Value, Whole: t.Value, Form: CSSText, Quote: t.Quote, Base: OwnFile, Value: name, Frozen: true})
	}
}

// styleURL adds a url() whose content is known.
func (f *Facts) styleURL(t wxss.Token) {
	text := wxss.Unescape(f.text(t.Value))
	if !fileURL(text) {
		return
	}
	f.Refs = append(f.Refs, Ref{
		Span: t.Value, Whole: t.Value, Form: CSSText, Quote: t.Quote,
		Pos: styleRule(false), Base: OwnFile, Value: text,
	})
}

// styleParts adds a url() or string into which the preprocessor fills
// something.
func (f *Facts) styleParts(list []wxss.Part, t wxss.Token) {
	if len(list) == 0 {
		return
	}
	r := Ref{
		Span: source.Span{Start: t.Value.Start, End: t.Value.Start}, Whole: t.Value, Form: CSSText, Quote: t.Quote,
		Base: OwnFile, Dynamic: true, Frozen: t.Kind != wxss.URL,
	}
	if t.Kind == wxss.URL {
		r.Pos = styleRule(false)
	}
	last := len(list) - 1
	for i, p := range list {
		text := wxss.Unescape(f.text(p.Span))
		switch {
		case p.Hole:
		case i == 0:
			r.Span, r.Quote, r.HeadKnown, r.Head = p.Span, p.Quote, true, text
		case i == last:
			r.Tail = text
		default:
			f.frozen(p.Span, text, OwnFile)
		}
	}
	if !hasPrefixFold(r.Head, "data:") && (f.looksLikePath(r.Head) || f.looksLikePath(r.Tail)) {
		f.Refs = append(f.Refs, r)
	}
}
