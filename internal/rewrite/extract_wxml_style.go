package rewrite

import (
	"bytes"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/rewrite/wxml"
	"github.com/wecos-go/wecos/internal/rewrite/wxss"
)

// opaque stands for the bytes of an expression in a style attribute: it is part
// of any value and ends none.
const opaque = 0xFF

// withoutExpressions returns the bytes of the value with every expression made
// opaque, so that quotes and brackets in it are not taken for those of CSS.
func (v *attrValue) withoutExpressions(value source.Span) []byte {
	css := v.data[value.Start:value.End]
	if v.segments == nil {
		return css
	}
	css = bytes.Clone(css)
	for _, s := range v.segments {
		if !s.Expr {
			continue
		}
		start, end := s.Span.Start-2-value.Start, s.Span.End+2-value.Start
		for i := start; i < min(end, len(css)); i++ {
			css[i] = opaque
		}
	}
	return css
}

// style adds the references of CSS in an attribute. css is the value with its
// expressions made opaque. CSS that breaks off is understood up to there.
func (v *attrValue) style(value source.Span, css []byte) {
	inner := *v // what stands in url()
	if v.attr == "style" {
		inner.pos = styleRule(true)
	}
	var urls []source.Span
	s := wxss.NewScanner(css, false)
	for {
		t, ok := s.Next()
		if !ok {
			break
		}
		t.Value = source.Span{Start: t.Value.Start + value.Start, End: t.Value.End + value.Start}
		switch {
		case t.Dynamic: // not CSS: names in it are names that nothing explains
		case t.Kind == wxss.URL:
			urls = append(urls, t.Value)
			inner.url(t)
		case t.Kind == wxss.String && bytes.IndexByte(css[t.Value.Start-value.Start:t.Value.End-value.Start], opaque) < 0:
			v.f.frozen(t.Value, decodeAttr(v.f.text(t.Value), CSSText), v.base)
		}
	}
	for _, e := range v.segments {
		for len(urls) > 0 && urls[0].End <= e.Span.Start {
			urls = urls[1:]
		}
		if len(urls) == 0 || !urls[0].Contains(e.Span) {
			v.expression(e, len(v.segments) > 1)
		}
	}
}

// url adds what stands in url() within an attribute.
func (v *attrValue) url(t wxss.Token) {
	value, quote := t.Value, t.Quote
	if quote == 0 {
		value, quote = entityQuotes(v.data, value)
	}
	if bytes.Contains(v.data[value.Start:value.End], []byte("{{")) {
		d := dynamicText{whole: value, form: CSSText, quote: quote, outer: v.outer, frozen: v.outer == 0}
		v.dynamic(d, wxml.Mustache(v.data, value))
		return
	}
	text := decodeAttr(v.f.text(value), CSSText)
	if !fileURL(text) {
		return
	}
	v.f.Refs = append(v.f.Refs, Ref{
		Span: value, Whole: value, Form: CSSText, Quote: quote, Outer: v.outer, Frozen: v.outer == 0,
		Pos: v.pos, Base: v.base, Tag: v.tag, API: v.attr, Value: text,
	})
}

// entityQuotes cuts quotes that are written as character references off both
// ends of a bare url() in an attribute: url(&quot;a.png&quot;).
func entityQuotes(data []byte, value source.Span) (source.Span, byte) {
	text := value.Text(data)
	open, n := wxml.Entity(text)
	if open != `"` && open != "'" {
		return value, 0
	}
	i := strings.LastIndexByte(text, '&')
	if i < n {
		return value, 0
	}
	if closing, m := wxml.Entity(text[i:]); closing != open || i+m != len(text) {
		return value, 0
	}
	return trim(data, source.Span{Start: value.Start + n, End: value.Start + i}), open[0]
}

// decodeAttr decodes text in an attribute; CSS within it has escapes of its own.
func decodeAttr(text string, form Form) string {
	text = wxml.Unescape(text)
	if form == CSSText {
		text = wxss.Unescape(text)
	}
	return text
}

// fileURL reports whether the content of url() may name a file or an address,
// and is no inline data or part of an SVG.
func fileURL(text string) bool {
	return text != "" && text[0] != '#' && !hasPrefixFold(text, "data:")
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// containsFold reports whether b contains text, which is lower case and ASCII,
// in any case.
func containsFold(b []byte, text string) bool {
	for i := 0; i+len(text) <= len(b); i++ {
		if b[i]|0x20 == text[0] && strings.EqualFold(string(b[i:i+len(text)]), text) {
			return true
		}
	}
	return false
}
