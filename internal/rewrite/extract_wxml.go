package rewrite

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/rewrite/wxml"
)

// element is the tag whose attributes are being read.
type element struct {
	name    string // as written: components are found by it
	builtin bool
	rules   map[string]*rule // of its attributes
}

// extractWXML finds the references of a WXML file.
func extractWXML(f *Facts, data []byte, _ ExtractOptions) {
	s := wxml.NewScanner(data)
	var e element
	for {
		t, ok := s.Next()
		if !ok || f.crowded(t.Span.Start) {
			break
		}
		switch t.Kind {
		case wxml.StartTag:
			name := f.masked[t.Name.Start:t.Name.End]
			e = element{name: name, builtin: builtinElement(name), rules: elementRules(name)}
		case wxml.Attribute:
			f.attribute(data, e, t)
		case wxml.Text:
			f.textAddresses(data, t.Span)
		case wxml.Comment:
			f.comments = append(f.comments, t.Span)
		case wxml.Script:
			extractScript(f, t.Span)
		}
	}
	var bad *wxml.SyntaxError
	if errors.As(s.Err(), &bad) && f.Err == nil {
		f.Err = &ParseError{Offset: bad.Offset, Text: bad.Text}
	}
}

// textAddresses notes the absolute addresses in the expressions of text: their
// host may be replaced. Nothing else in a text is a reference, since text is
// shown as it is.
func (f *Facts) textAddresses(data []byte, text source.Span) {
	if b := data[text.Start:text.End]; !bytes.Contains(b, []byte("//")) || !bytes.Contains(b, []byte("{{")) {
		return
	}
	for _, s := range wxml.Mustache(data, text) {
		if !s.Expr || s.Open {
			continue
		}
		of := *f
		of.Refs = nil
		extractExpr(&of, s.Span, 0, exprContext{})
		for _, r := range of.Refs {
			if bytes.Contains(data[r.Whole.Start:r.Whole.End], []byte("//")) {
				f.Refs = append(f.Refs, Ref{Span: r.Whole, Whole: r.Whole, Form: r.Form, Quote: r.Quote, Value: r.Value, Frozen: true})
			}
		}
	}
}

// attribute finds the references in one attribute.
func (f *Facts) attribute(data []byte, e element, t wxml.Token) {
	value := trim(data, t.Value)
	if value.Len() == 0 {
		return
	}
	name := strings.ToLower(f.masked[t.Name.Start:t.Name.End])
	v := attrValue{f: f, data: data, outer: t.Quote, tag: e.name, attr: name, base: Rendered}
	if bytes.Contains(data[value.Start:value.End], []byte("{{")) {
		v.segments = wxml.Mustache(data, value)
	}
	if kind, ok := importAttribute(e.name, name); ok && v.segments == nil {
		f.Imports = append(f.Imports, Import{Kind: kind, Path: wxml.Unescape(f.text(value))})
		return
	}
	if strings.HasPrefix(name, "generic:") && v.segments == nil {
		f.Generics = append(f.Generics, Generic{f.masked[t.Name.Start+len("generic:") : t.Name.End], wxml.Unescape(f.text(value))})
	}
	if r := e.rules[name]; r != nil {
		v.pos = r.position()
	}
	if name == "style" || containsFold(data[value.Start:value.End], "url(") {
		// A function called url in an expression makes no CSS.
		if css := v.withoutExpressions(value); name == "style" || containsFold(css, "url(") {
			v.style(value, css)
			return
		}
	}
	if !e.builtin && !strings.HasPrefix(name, "data-") && !strings.HasPrefix(name, "wx:") {
		v.base = ComponentAttr
		if v.segments != nil {
			f.Bound = append(f.Bound, Binding{Tag: e.name, Attr: name, Names: v.pathEnds()})
		}
	}
	if v.segments == nil {
		v.static(value)
		return
	}
	// The table's properties of scripts cover lists of a map: arrowIconPath, and
	// iconPath in data that is called as the attribute is.
	if v.pos == LocalOnly && name != "polyline" {
		names := slices.DeleteFunc(v.pathEnds(), func(n string) bool { return n == name })
		f.LocalBound = append(f.LocalBound, LocalBinding{Offset: value.Start, Names: names})
	}
	v.dynamic(dynamicText{whole: value, form: AttrText, quote: t.Quote, frozen: t.Quote == 0}, v.segments)
}

// importAttribute reports whether an attribute pulls in another file.
func importAttribute(tag, attr string) (ImportKind, bool) {
	if attr != "src" {
		return 0, false
	}
	switch strings.ToLower(tag) {
	case "import", "include":
		return ImportTemplate, true
	case "wxs":
		return ImportWXS, true
	}
	return 0, false
}

// attrValue is the value of an attribute, or a url() in it, while its
// references are extracted.
type attrValue struct {
	f         *Facts
	data      []byte
	outer     byte // the quote of the attribute
	pos       Position
	base      Base
	tag, attr string
	segments  []wxml.Segment // nil: no expressions
}

// static adds a value without expressions.
func (v *attrValue) static(value source.Span) {
	text := wxml.Unescape(v.f.text(value))
	if v.pos == Plain && !v.f.looksLikePath(text) {
		v.f.Words = append(v.f.Words, Word{Offset: value.Start, Value: text})
		return
	}
	v.f.Refs = append(v.f.Refs, Ref{
		Span: value, Whole: value, Form: AttrText, Quote: v.outer,
		Pos: v.pos, Base: v.base, Tag: v.tag, API: v.attr, Prop: v.attr, Value: text,
	})
}

// expression adds what stands in one expression.
func (v *attrValue) expression(s wxml.Segment, glued bool) {
	// An expression that never ends has no meaning: names in it stay names
	// that nothing explains. One without a string says nothing.
	if s.Expr && !s.Open && bytes.ContainsAny(v.data[s.Span.Start:s.Span.End], "'\"`") {
		extractExpr(v.f, s.Span, v.outer, exprContext{Pos: v.pos, Base: v.base, Tag: v.tag, API: v.attr, Glued: glued})
	}
}

// pathEnds lists the last names of the paths in the expressions of the value:
// src in {{item.src}}.
func (v *attrValue) pathEnds() []string {
	var out []string
	for _, s := range v.segments {
		if !s.Expr {
			continue
		}
		for i := s.Span.Start; i < s.Span.End; i++ {
			start := i
			for i < s.Span.End && (wordByte(v.data[i]) || v.data[i] == '$') {
				i++
			}
			if i > start && (i == s.Span.End || v.data[i] != '.' && v.data[i] != '[') {
				out = append(out, string(v.data[start:i]))
			}
		}
	}
	return out
}

// dynamicText is where text with expressions stands and how it is written.
type dynamicText struct {
	whole        source.Span
	form         Form
	quote, outer byte
	frozen       bool // without quotes nothing could be written that needs them
}

// dynamic adds text with expressions: what is in them, and the reference that
// the literal text around them makes.
func (v *attrValue) dynamic(d dynamicText, list []wxml.Segment) {
	for _, s := range list {
		v.expression(s, len(list) > 1)
	}
	last := len(list) - 1
	if last < 1 || list[last].Open {
		return
	}
	r := Ref{
		Span: source.Span{Start: d.whole.Start, End: d.whole.Start}, Whole: d.whole,
		Form: d.form, Quote: d.quote, Outer: d.outer, Frozen: d.frozen,
		Pos: v.pos, Base: v.base, Tag: v.tag, API: v.attr, Prop: v.attr, Dynamic: true,
	}
	for i, s := range list {
		switch {
		case s.Expr:
		case i == 0:
			r.Span, r.HeadKnown, r.Head = s.Span, true, decodeAttr(v.f.text(s.Span), d.form)
		case i == last:
			r.Tail = decodeAttr(v.f.text(s.Span), d.form)
		default:
			r.Deep = r.Deep || bytes.IndexByte(v.data[s.Span.Start:s.Span.End], '/') >= 0
			text := decodeAttr(v.f.text(s.Span), d.form)
			r.Mid = append(r.Mid, text)
			if text != "/" { // {{n}}/{{total}} names no folder
				v.f.frozen(s.Span, text, v.base)
			}
		}
	}
	if r.Head == "" && r.Tail == "" {
		return // {{a}}{{b}} says nothing
	}
	if !r.HeadKnown && r.Tail != "" {
		v.f.Derived = append(v.f.Derived, Derived{Offset: d.whole.Start, New: r.Tail})
	}
	if v.pos != Plain || strings.Contains(r.Head+r.Tail, "/") || v.f.looksLikePath(r.Tail) || dots(r.Head) {
		v.f.Refs = append(v.f.Refs, r)
	}
}

// frozen adds a string that may name a file but is never rewritten.
func (f *Facts) frozen(span source.Span, value string, base Base) {
	switch {
	case value == "":
	case f.looksLikePath(value):
		f.Refs = append(f.Refs, Ref{Span: span, Whole: span, Form: AttrText, Base: base, Value: value, Frozen: true})
	default:
		f.Words = append(f.Words, Word{Offset: span.Start, Value: value})
	}
}

// trim cuts white space off both ends of a span.
func trim(data []byte, s source.Span) source.Span {
	for s.Start < s.End && asciiSpace(data[s.Start]) {
		s.Start++
	}
	for s.Start < s.End && asciiSpace(data[s.End-1]) {
		s.End--
	}
	return s
}

func asciiSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}
