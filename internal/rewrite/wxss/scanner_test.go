package wxss

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

func show(data []byte, t Token) string {
	q := ""
	if t.Quote != 0 {
		q = string(t.Quote)
	}
	out := t.Kind.String() + ":" + q + t.Value.Text(data) + q
	if t.Dynamic {
		out = "dynamic " + out
	}
	return out
}

func tokens(data []byte, preprocessed bool) (list []Token, err error) {
	s := NewScanner(data, preprocessed)
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
		pre      bool
		want     []string
	}{
		{"quoted", `.a{background:url("/a.png") no-repeat, url('b.png')}`, false, []string{`url:"/a.png"`, `url:'b.png'`}},
		{"bare", `.a{background:url(/img/a.png)}`, false, []string{"url:/img/a.png"}},
		{"padded", "a{b:url(  a.png\n ) url( \" b.png \" )}", false, []string{"url:a.png", `url:"b.png"`}},
		{"upper case", `a{b:URL(A.PNG)}`, false, []string{"url:A.PNG"}},
		{"other names", `a{b:myurl(a.png) -url(b) $url(c) uurl(d)}`, false, nil},
		{"after punctuation", `a{b:image-set(url(a.png) 1x,url(b.png) 2x)}`, false, []string{"url:a.png", "url:b.png"}},
		{"escapes", `a{b:url(a\)b.png) url("a\"b.png")}`, false, []string{`url:a\)b.png`, `url:"a\"b.png"`}},
		{"empty", `a{b:url() url("")}`, false, []string{"url:", `url:""`}},
		{"data", `a{b:url(data:image/png;base64,AA//BB==) url("data:image/svg+xml,<svg a='b'>")}`, false,
			[]string{"url:data:image/png;base64,AA//BB==", `url:"data:image/svg+xml,<svg a='b'>"`}},
		{"sloppy data", `a{b:url(data:image/svg+xml,<svg a='rotate(45)'>);c:url(d)}`, false,
			[]string{"dynamic url:data:image/svg+xml,<svg a='rotate(45)'>", "url:d"}},
		{"quote in a bare value", "a{b:url(it's.png)}", false, []string{"dynamic url:it's.png"}},
		{"string", `a::after{content:"x.png" ''}`, false, []string{`string:"x.png"`, "string:''"}},
		{"continued string", "a{b:\"x\\\ny\\\r\nz\"}", false, []string{"string:\"x\\\ny\\\r\nz\""}},
		{"comment", `a/* url(x) ' */b{c:url(d)}/**/`, false, []string{"comment: url(x) ' ", "url:d", "comment:"}},
		{"comment in a string", `a{b:"/* x */"}`, false, []string{`string:"/* x */"`}},
		{"line comments are only in other languages", "// url(a)\n", false, []string{"url:a"}},
		{"line comment", "a // it's url(x)\nb{c:url(d)} //", true, []string{"comment: it's url(x)", "url:d", "comment:"}},
		{"no line comment in an address", "a{b:url(http://a/b.png); c: http://d}", true, []string{"url:http://a/b.png"}},
		{"import", `@import "a.wxss";@import 'b.wxss';@IMPORT url(c.wxss);@import url("d.wxss") screen and (a:b);e{f:"g"}`, false,
			[]string{`import:"a.wxss"`, `import:'b.wxss'`, "import:c.wxss", `import:"d.wxss"`, `string:"g"`}},
		{"import without semicolon", "@import \"a.wxss\"\nb{c:\"d\"}", false, []string{`import:"a.wxss"`, `string:"d"`}},
		{"import on the next line", "@import\n\"a.wxss\";", false, []string{`import:"a.wxss"`}},
		{"list of imports", "@import 'a',\n  'b'\n$c: 'd'", true, []string{"import:'a'", "import:'b'", "string:'d'"}},
		{"import with options", `@import (css, less) "a.css";`, true, []string{`import:"a.css"`}},
		{"bare imports", "@import a/b, ../c.styl\n@require d\nf", true, []string{"import:a/b", "import:../c.styl", "import:d"}},
		{"use", `@use "a" as b; @forward 'c'; @media "d"`, true, []string{`import:"a"`, "import:'c'", `string:"d"`}},
		{"use is nothing in WXSS", `@use "a";`, false, []string{`string:"a"`}},
		{"variables", `a{b:url($c) url(@d) url($e + "/f.png") url(@2x/g.png)}`, true,
			[]string{"dynamic url:$c", "dynamic url:@d", `dynamic url:$e + "/f.png"`, "url:@2x/g.png"}},
		{"interpolation", `a{b:url("#{$c}/d.png") url(@{e}/f.png) "#{g("h")}" url("@{i}")}`, true,
			[]string{`dynamic url:"#{$c}/d.png"`, "dynamic url:@{e}/f.png", `dynamic string:"#{g("h")}"`, `dynamic url:"@{i}"`}},
		{"functions", `a{b:url(asset("c.png")) url("a" + b)}`, true, []string{`dynamic url:asset("c.png")`, `dynamic url:"a" + b`}},
		{"escape outside", `a\"b{c:url(d)}\`, false, []string{"url:d"}},
		{"nothing", "", false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(tt.in)
			list, err := tokens(data, tt.pre)
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
		in     string
		offset int
		text   string
	}{
		{"a /* b", 2, "comment is not closed"},
		{"a{b:\"c\nd\"}", 4, "string is not closed"},
		{"a{b:'c", 4, "string is not closed"},
		{"a{b:url(c", 4, "url( is not closed"},
		{"a{b:url(\"c\n)", 8, "string is not closed"},
		{"a{b:url(c(d)", 4, "url( is not closed"},
	}
	for _, tt := range tests {
		_, err := tokens([]byte(tt.in), false)
		var e *SyntaxError
		if !errors.As(err, &e) || e.Offset != tt.offset || e.Text != tt.text {
			t.Errorf("%q: got %#v, want %q at %d", tt.in, err, tt.text, tt.offset)
		}
	}
}

func TestParts(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{`url("/img/#{$a}.png")`, []string{`"/img/"`, "<#{$a}>", `".png"`}},
		{`url(/img/@{a}@{b}.png)`, []string{"/img/", "<@{a}@{b}>", ".png"}},
		{`url($base + "/a.png")`, []string{"<$base>", `"/a.png"`}},
		{`url("/img/" + $a + '.png')`, []string{`"/img/"`, "<$a>", `'.png'`}},
		{`url("/img/" + "a.png")`, []string{`"/img/"`, `"a.png"`}},
		{`url(asset("/a.png"))`, []string{"<asset(>", `"/a.png"`, "<)>"}},
		{`url($a)`, []string{"<$a>"}},
		{`url("a#{b")`, []string{`"a"`, `<#{b>`}},
		{`url(it's#{b})`, []string{`<it's#{b}>`}},
	}
	for _, tt := range tests {
		data := []byte(tt.in)
		list, err := tokens(data, true)
		if err != nil || len(list) != 1 || !list[0].Dynamic {
			t.Errorf("%s: %v, %v", tt.in, list, err)
			continue
		}
		var got []string
		for _, p := range Parts(data, list[0]) {
			text := p.Span.Text(data)
			switch {
			case p.Hole:
				text = "<" + text + ">"
			case p.Quote != 0:
				text = string(p.Quote) + text + string(p.Quote)
			}
			got = append(got, text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestUnescape(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a.png", "a.png"},
		{`a\(b\)\'.png`, "a(b)'.png"},
		{`\61 b\000062c`, "abbc"},
		{"\\4e2d\r\nx", "中x"},
		{`\4E2D\6587`, "中文"},
		{"a\\\nb\\\r\nc", "abc"},
		{`\0\d800\110000`, "\ufffd\ufffd\ufffd"},
		{`\中`, "中"},
		{`a\`, "a"},
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
		"url(" + strings.Repeat(`'\`, n) + ")",
		"url(" + strings.Repeat("'#{", n) + "\n)",
		`"` + strings.Repeat("#{", n) + `"`,
		"url(" + strings.Repeat("#{", n) + ")",
		"url(" + strings.Repeat("(", n),
		strings.Repeat("url(", n),
		"@import " + strings.Repeat("(", n),
		"@import " + strings.Repeat("a,", n),
		strings.Repeat("@import", n),
		strings.Repeat("/", n),
		strings.Repeat(`\`, n),
	} {
		for _, pre := range []bool{false, true} {
			begin := time.Now()
			data := []byte(in)
			list, _ := tokens(data, pre)
			for _, k := range list {
				Parts(data, k)
			}
			Parts(data, Token{Value: source.Span{End: len(data)}})
			Unescape(in)
			if d := time.Since(begin); d > 5*time.Second {
				t.Errorf("%.20q…: %v", in, d)
			}
		}
	}
}
