package rewrite

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// extracted describes all references of a file, in order.
func extracted(t *testing.T, path, data string) (*Facts, []string) {
	t.Helper()
	f := Extract(path, []byte(data), ExtractOptions{Suffixes: testSuffixes})
	var got []string
	for _, r := range f.Refs {
		got = append(got, describe(f, data, r))
	}
	return f, got
}

func TestExtractWXML(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"image", `<image src="/i/a.png"/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"bare name", `<image src="a.png"/>`, []string{"image a.png [a.png]"}},
		{"any attribute", `<view data-src="/i/a.png" x="a.png" y="z"/>`, []string{"plain /i/a.png [/i/a.png]", "plain a.png [a.png]"}},
		{"single quotes", `<image src='/i/a.png'/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"unquoted", `<image src=/i/a.png />`, []string{"image /i/a.png [/i/a.png]"}},
		{"padded", "<image src=\" \n/i/a.png\t\"/>", []string{"image /i/a.png [/i/a.png]"}},
		{"inner space", `<image src="/i/a b.png"/>`, []string{"image /i/a b.png [/i/a b.png]"}},
		{"references", `<image src="/i/a&amp;b&#46;png?x=1&amp;y"/>`, []string{"image /i/a&b.png?x=1&y [/i/a&amp;b&#46;png?x=1&amp;y]"}},
		{"address", `<image src="https://c/a.png"/>`, []string{"image https://c/a.png [https://c/a.png]"}},
		{"twice", `<image src="/a.png" src="/b.png"/>`, []string{"image /a.png [/a.png]", "image /b.png [/b.png]"}},
		{"local", `<button send-message-img="/a.png"/><map controls="{{[{iconPath: '/b.png'}]}}"/>`,
			[]string{"local /a.png [/a.png]", "local /b.png [/b.png]"}},
		{"comment", `<!-- <image src="/a.png"/> --><image src="/b.png"/>`, []string{"image /b.png [/b.png]"}},
		{"text", `<view>/i/a.png</view>`, nil},
		{"empty", `<image src="" /><image src /><image src="  "/>`, nil},
		{"no path", `<image src="abc"/><view a="abc"/>`, []string{"image abc [abc]"}},

		{"expression", `<image src="{{a ? '/i/a.png' : b}}"/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"padded expression", `<image src=" {{'/i/a.png'}} "/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"dynamic", `<image src="/i/{{x}}.png"/>`, []string{"image dynamic /i/….png [/i/]"}},
		{"dynamic, padded", `<image src=" /i/{{x}}.png "/>`, []string{"image dynamic /i/….png [/i/]"}},
		{"dynamic, unknown head", `<image src="{{x}}.png"/>`, []string{"image dynamic ?….png []"}},
		{"dynamic, unknown tail", `<image src="/i/{{x}}"/>`, []string{"image dynamic /i/… [/i/]"}},
		{"dynamic, middle", `<image src="{{x}}/i/{{y}}.png"/>`, []string{"image dynamic ?….png []", "plain frozen /i/"}},
		{"dynamic, only a slash between", `<view a="{{x}}/{{y}} "/><image src="{{x}}/{{y}}.png"/>`, []string{"image dynamic ?….png []"}},
		{"dynamic, references", `<image src="/a&amp;b/{{x}}.png"/>`, []string{"image dynamic /a&b/….png [/a&amp;b/]"}},
		{"dynamic, unquoted", `<image src=/i/{{x}}.png />`, []string{"image frozen dynamic /i/….png"}},
		{"only expressions", `<image src="{{a}}{{b}}"/>`, nil},
		{"glued literal", `<image src="{{x ? '/i/a' : '/i/b'}}.png"/>`,
			[]string{"image dynamic ?….png []", "image frozen /i/a", "image frozen /i/b"}},
		{"dynamic word", `<view class="a {{b}}" id="x-{{y}}"/>`, nil},
		{"dynamic route", `<navigator url="/pages/a/a?id={{x}}"/>`, []string{"plain dynamic /pages/a/a?id=… [/pages/a/a?id=]"}},
		{"expression that is never closed", `<image src="/i/{{'/a.png'"/>`, nil},

		{"style", `<view style="color:red;background:url('/i/a.png')"/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"style, bare", `<view style="background: URL( /i/a.png )"/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"style, references", `<view style="background:url(&quot;/i/a.png&quot;)"/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"style, numeric references", `<view style="background:url(&#39; /i/a.png &#39;)"/>`, []string{"image /i/a.png [/i/a.png]"}},
		{"style, escapes", `<view style="background:url(/i/a\(1\).png)"/>`, []string{`image /i/a(1).png [/i/a\(1\).png]`}},
		{"style, two", `<view style="background:url(a.png),url(b.png)"/>`, []string{"image a.png [a.png]", "image b.png [b.png]"}},
		{"style, unquoted", `<view style=background:url(/a.png) />`, []string{"image frozen /a.png"}},
		{"style, expression", `<view style="background:url({{a ? '/a.png' : b}})"/>`, []string{"image /a.png [/a.png]"}},
		{"style, quoted expression", `<view style="background:url('{{a ? "/a.png" : b}}')"/>`, nil}, // the value ends at the second "
		{"style, dynamic", `<view style="width:{{w}}px;background:url('/i/{{x}}.png')"/>`, []string{"image dynamic /i/….png [/i/]"}},
		{"style, dynamic, bare", `<view style='background:url(/i/{{x ? "a" : "b"}}.png)'/>`, []string{"image dynamic /i/….png [/i/]"}},
		{"style, all an expression", `<view style="{{a ? '/i/a.png' : ''}}"/>`, []string{"plain /i/a.png [/i/a.png]"}},
		{"style, expression outside of url", `<view style="a:{{b ? '/i/a.png' : ''}};c:url(d.png)"/>`,
			[]string{"plain frozen /i/a.png", "image d.png [d.png]"}},
		{"style, data", `<view style="background:url(data:image/png;base64,AA//)"/><view style="fill:url(#a)"/>`, nil},
		{"style, string", `<view style="content:'a.png'"/>`, []string{"plain frozen a.png"}},
		{"style, broken off", `<view style="a:url(a.png);b:url(b.png"/>`, []string{"image a.png [a.png]"}},
		{"other attribute with url()", `<my-card custom-style="background:url(/a.png)"/>`, []string{"plain /a.png [/a.png]"}},
		{"function called url", `<image src="{{m.url('/a.png')}}"/>`, []string{"plain frozen /a.png"}},

		{"script", `<wxs module="m">module.exports.a = "/i/a.png"; // '/b.png'` + "\n</wxs>", []string{"plain understood /i/a.png [/i/a.png]"}},
		{"imports", `<import src="/t/a.wxml"/><include src="b.wxml"/><wxs src="c.wxs" module="m"/>`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, got := extracted(t, "pages/a/a.wxml", tt.in)
			if f.Err != nil && tt.want != nil {
				t.Fatal(f.Err)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestExtractWXMLContext(t *testing.T) {
	f, _ := extracted(t, "a.wxml", `<myCard img="../a.png" data-x="/b.png" wx:if="/c" style="a:url(d.png)"/><image src="e.png"/><import src="t&amp;u.wxml"/><wxs src="m.wxs"/><view a="home"/>`)
	var got []string
	for _, r := range f.Refs {
		got = append(got, r.Tag+" "+r.API+" "+r.Value+" "+[...]string{"own", "rendered", "component"}[r.Base])
	}
	want := []string{"myCard img ../a.png component", "myCard data-x /b.png rendered", "myCard wx:if /c rendered", "myCard style d.png rendered", "image src e.png rendered"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if want := []Import{{Kind: ImportTemplate, Path: "t&u.wxml"}, {Kind: ImportWXS, Path: "m.wxs"}}; !slices.Equal(f.Imports, want) {
		t.Errorf("imports: %v", f.Imports)
	}
	if len(f.Words) != 1 || f.Words[0].Value != "home" {
		t.Errorf("words: %v", f.Words)
	}
}

func TestExtractWXMLQuotes(t *testing.T) {
	tests := []struct {
		in           string
		form         Form
		quote, outer byte
	}{
		{`<image src='/a.png'/>`, AttrText, '\'', 0},
		{`<image src=/a.png />`, AttrText, 0, 0},
		{`<view style="a:url('/a.png')"/>`, CSSText, '\'', '"'},
		{`<view style="a:url(/a.png)"/>`, CSSText, 0, '"'},
		{`<view style='a:url(&quot;/a.png&quot;)'/>`, CSSText, '"', '\''},
	}
	for _, tt := range tests {
		f, _ := extracted(t, "a.wxml", tt.in)
		if len(f.Refs) != 1 || f.Refs[0].Form != tt.form || f.Refs[0].Quote != tt.quote || f.Refs[0].Outer != tt.outer {
			t.Errorf("%s: %+v", tt.in, f.Refs)
		}
	}
}

func TestExtractWXMLErrors(t *testing.T) {
	for _, tt := range []struct {
		in     string
		offset int
	}{
		{`<image src="/a.png"><view`, 20},
		{`<image src="/a.png`, 11},
		{`<image src="{{a ? "/a.png" : b}}"/>`, 25},
	} {
		f, got := extracted(t, "a.wxml", tt.in)
		if f.Err == nil || f.Err.Offset != tt.offset || len(got) > 0 {
			t.Errorf("%s: %+v, %q", tt.in, f.Err, got)
		}
		if len(f.Names) != 1 || f.Names[0].Text != "a.png" {
			t.Errorf("%s: names %v", tt.in, f.Names)
		}
	}
}

func TestExtractOtherEncodings(t *testing.T) {
	gbk := func(s string) string {
		out, err := simplifiedchinese.GBK.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	// The second byte of 昞 and of 乗 in GBK is a back slash or bar, of 亄 a
	// tilde: masked, none of them ends or escapes anything.
	for _, path := range []string{"/图片/昞.png", "/乗/a.png", "/亄亅.png"} {
		for name, data := range map[string]string{
			"a.wxml": `<!-- 中 --><image src="` + path + `" alt='文'/>`,
			"a.wxss": `/* 中 */ a{b:url("` + path + `")}`,
			"a.json": `{"中": "` + path + `"}`,
		} {
			f, _ := extracted(t, name, gbk(data))
			if f.Err != nil || len(f.Refs) != 1 || f.Refs[0].Value != path || f.Refs[0].Span.Text([]byte(gbk(data))) != gbk(path) {
				t.Errorf("%s %s: %+v %v", name, path, f.Refs, f.Err)
			}
		}
	}
	f, _ := extracted(t, "a.wxml", "\xef\xbb\xbf<image src=\"/a.png\"/>\r\n<view>\r")
	if len(f.Refs) != 1 || f.Refs[0].Value != "/a.png" {
		t.Errorf("byte order mark: %+v", f.Refs)
	}
	f, _ = extracted(t, "a.wxml", "<image alt='caf\xe9' src='/a.png' title=' \xe9 '/>")
	if f.Err != nil || len(f.Refs) != 1 || f.Refs[0].Value != "/a.png" {
		t.Errorf("Latin-1: %+v %v", f.Refs, f.Err)
	}
}

// TestExtractLinear feeds input on which an extractor that goes back takes
// minutes.
func TestExtractLinear(t *testing.T) {
	const n = 1 << 15
	for name, in := range map[string]string{
		"many urls":        `<a style="` + strings.Repeat("b:url(/c/{{d}}.png);", n) + `"/>`,
		"many expressions": `<a b="` + strings.Repeat("{{c}}/d", n) + `"/>`,
		"many attributes":  `<a ` + strings.Repeat("b='/c.png' ", n) + `/>`,
		"many u":           `<a b="` + strings.Repeat("u{{c}}", n) + `"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			if f, _ := extracted(t, "a.wxml", in); f.Err != nil {
				t.Fatal(f.Err)
			}
		})
	}
}
