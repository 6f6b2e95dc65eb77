package wxml

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// show writes a token for comparison.
func show(data []byte, t Token) string {
	switch t.Kind {
	case StartTag:
		return "<" + t.Name.Text(data)
	case EndTag:
		return "</" + t.Name.Text(data) + ">"
	case TagEnd:
		if t.SelfClosing {
			return "/>"
		}
		return ">"
	case Attribute:
		if !t.HasValue {
			return t.Name.Text(data)
		}
		q := ""
		if t.Quote != 0 {
			q = string(t.Quote)
		}
		return t.Name.Text(data) + "=" + q + t.Value.Text(data) + q
	}
	return t.Kind.String() + ":" + t.Span.Text(data)
}

func tokens(data []byte) (list []Token, err error) {
	s := NewScanner(data)
	for {
		t, ok := s.Next()
		if !ok {
			return list, s.Err()
		}
		list = append(list, t)
	}
}

func TestScanner(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"element", `<view class="a">x</view>`, []string{"<view", `class="a"`, ">", "text:x", "</view>"}},
		{"self closing", `<image src='/a.png'/>`, []string{"<image", `src='/a.png'`, "/>"}},
		{"unquoted", `<image src=/a.png mode=x/>`, []string{"<image", `src=/a.png`, `mode=x`, "/>"}},
		{"unquoted before >", `<image src=/img/a.png>`, []string{"<image", `src=/img/a.png`, ">"}},
		{"unquoted expression", `<image src={{ a > b ? 1 : 2 }}/img>`, []string{"<image", `src={{ a > b ? 1 : 2 }}/img`, ">"}},
		{"no space between attributes", `<image x="y"src="a">`, []string{"<image", `x="y"`, `src="a"`, ">"}},
		{"spaces and line breaks around =", "<image src\n = 'b' >", []string{"<image", "src='b'", ">"}},
		{"line breaks in a value", "<image src=\"\n a\r\n\">", []string{"<image", "src=\"\n a\r\n\"", ">"}},
		{"> in a value", `<view wx:if="{{a > b}}" src="x">`, []string{"<view", `wx:if="{{a > b}}"`, `src="x"`, ">"}},
		{"other quote in a value", `<view a="it's" b='"'>`, []string{"<view", `a="it's"`, `b='"'`, ">"}},
		{"no value", `<input disabled focus />`, []string{"<input", "disabled", "focus", "/>"}},
		{"empty values", `<a b="" c= >`, []string{"<a", `b=""`, "c=", ">"}},
		{"twice the same", `<image src="a" src="b">`, []string{"<image", `src="a"`, `src="b"`, ">"}},
		{"upper case", `<IMAGE SRC="A.PNG"></IMAGE>`, []string{"<IMAGE", `SRC="A.PNG"`, ">", "</IMAGE>"}},
		{"stray slash", `<view / a>`, []string{"<view", "a", ">"}},
		{"names", `<my-card bind:tap="f" data-a.b="1" 属性="值">`, []string{"<my-card", `bind:tap="f"`, `data-a.b="1"`, `属性="值"`, ">"}},
		{"comment", `a<!-- <image src="x"> -->b`, []string{"text:a", `comment:<!-- <image src="x"> -->`, "text:b"}},
		{"comment that is never closed", `a<!-- <image`, []string{"text:a", "comment:<!-- <image"}},
		{"shortest comments", `<!--><a><!---><b>`, []string{"comment:<!-->", "<a", ">", "comment:<!--->", "<b", ">"}},
		{"no tag", `a < b <3 </ <`, []string{"text:a < b <3 </ <"}},
		{"expression in text", `{{ a<b ? '}}<x>' : 1 }}<c>`, []string{"text:{{ a<b ? '}}<x>' : 1 }}", "<c", ">"}},
		{"expression in text that is never closed", `{{ a {{ b<c></c>`, []string{"text:{{ a {{ b", "<c", ">", "</c>"}},
		{"braces that are no expression", `a { b {<c>`, []string{"text:a { b {", "<c", ">"}},
		{"script", `<wxs module="m">var a = "<b>" // </x>` + "\n</wxs><c>", []string{"<wxs", `module="m"`, ">", "script:var a = \"<b>\" // </x>\n", "</wxs>", "<c", ">"}},
		{"script in a file", `<wxs src="a.wxs" /><c>`, []string{"<wxs", `src="a.wxs"`, "/>", "<c", ">"}},
		{"empty script", `<wxs></wxs>`, []string{"<wxs", ">", "</wxs>"}},
		{"script that names others", `<wxs></wxsx></WXS >`, []string{"<wxs", ">", "script:</wxsx>", "</WXS>"}},
		{"markup", `<?xml a?><!DOCTYPE b><![CDATA[<c>]]>`, []string{"markup:<?xml a?>", "markup:<!DOCTYPE b>", "markup:<![CDATA[<c>]]>"}},
		{"byte order mark", "\xef\xbb\xbf<a>", []string{"<a", ">"}},
		{"space in a closing tag", "<a></a\n >", []string{"<a", ">", "</a>"}},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(tt.in)
			list, err := tokens(data)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, k := range list {
				got = append(got, show(data, k))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestScannerErrors(t *testing.T) {
	tests := []struct {
		name, in string
		offset   int
		text     string
	}{
		{"tag at the end", `ab<view a="b"`, 2, "tag is not closed"},
		{"tag in a tag", `<view <image src="a">`, 0, "tag is not closed"},
		{"quote", `<view a="b>`, 8, "quote is not closed"},
		{"same quotes nested", `<view a="{{b ? "x" : "y"}}">`, 17, `unexpected " in a tag`},
		{"empty nested quotes", `<view a="{{b ? "" : 1}}">`, 16, `unexpected " in a tag`},
		{"equals sign", `<view ="a">`, 6, "unexpected = in a tag"},
		{"quote in an unquoted value", `<view a=b"c">`, 9, `unexpected " in an unquoted value`},
		{"closing tag", `<a></a <b>`, 3, "closing tag has no >"},
		{"script", `<wxs module="m">var a`, 0, "<wxs> is not closed"},
		{"script without body", `<wxs module="m">`, 0, "<wxs> is not closed"},
		{"section", `<![CDATA[ `, 0, "markup is not closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tokens([]byte(tt.in))
			var e *SyntaxError
			if !errors.As(err, &e) || e.Offset != tt.offset || e.Text != tt.text {
				t.Errorf("got %#v, want %q at %d", err, tt.text, tt.offset)
			}
		})
	}
}

func TestMustache(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{`a.png`, []string{"a.png"}},
		{`{{a}}`, []string{"{{a}}"}},
		{`/img/{{a}}.png`, []string{"/img/", "{{a}}", ".png"}},
		{`{{a}}{{b}}`, []string{"{{a}}", "{{b}}"}},
		{`{{a ? '}}' : "}}"}}x`, []string{`{{a ? '}}' : "}}"}}`, "x"}},
		{`{{ {a: {b: 1}} }}`, []string{`{{ {a: {b: 1}} }}`}},
		{`{{item: {a: 1}}}`, []string{`{{item: {a: 1}}}`}},
		{`{{'it\'s }}'}}x`, []string{`{{'it\'s }}'}}`, "x"}},
		{`{{it's}}/a.png`, []string{`{{it's}}`, `/a.png`}},
		{`{{a } b}}`, []string{`{{a } b}}`}},
		{`a{{b`, []string{"a", "open:{{b"}},
		{`a}}b{c}`, []string{"a}}b{c}"}},
		{``, nil},
	}
	for _, tt := range tests {
		data := []byte("__" + tt.in + "}}__")
		value := span(2, 2+len(tt.in))
		var got []string
		for _, s := range Mustache(data, value) {
			text := s.Span.Text(data)
			switch {
			case s.Open:
				text = "open:{{" + text
			case s.Expr:
				text = "{{" + text + "}}"
			}
			got = append(got, text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestUnescape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a.png", "a.png"},
		{"a&amp;b", "a&b"},
		{"&lt;&gt;&quot;&apos;", `<>"'`},
		{"&#20013;&#x4e2d;&#X4E2D;", "中中中"},
		{"a?b=1&c=2", "a?b=1&c=2"},
		{"&amp;amp;", "&amp;"},
		{"&copy;&;&#;&#x;&#xzz;&#x110000;&#xd800;&", "&copy;&;&#;&#x;&#xzz;&#x110000;&#xd800;&"},
	}
	for _, tt := range tests {
		if got := Unescape(tt.in); got != tt.want {
			t.Errorf("Unescape(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestLinear feeds input on which a scanner that goes back takes minutes.
func TestLinear(t *testing.T) {
	const n = 1 << 18
	for _, in := range []string{
		strings.Repeat("{{", n),
		strings.Repeat("{{ '", n),
		"<a b=" + strings.Repeat("{{ ", n) + ">",
		`<a b="` + strings.Repeat(`{{'\`, n) + `">`,
		`<a b="{{` + strings.Repeat(`'\`, n) + `">`,
		strings.Repeat("<", n),
		strings.Repeat("</", n),
		strings.Repeat("<!", n),
		"<wxs>" + strings.Repeat("</", n),
		strings.Repeat("<a b", n),
		"<a " + strings.Repeat("/", n),
		strings.Repeat("&", n),
	} {
		begin := time.Now()
		data := []byte(in)
		list, _ := tokens(data)
		for _, k := range list {
			Mustache(data, k.Value)
		}
		Unescape(in)
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%.20q…: %v", in, d)
		}
	}
}
