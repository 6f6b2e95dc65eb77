package rewrite

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"
)

var wxmlSeeds = []string{
	`<image src="/i/a.png"/><image src='b.png'mode=x /><image src=/c.png />`,
	`<view style="a:url('/d.png');b:url(&quot;/e&amp;.png&quot;);c:url(/f\(1\).png)" x=" /g h.png "/>`,
	`<image src="{{a ? '/i.png' : b['c'] + '/j.png'}}"/><image src="/k/{{l}}.png"/>`,
	`<!-- <image src="/m.png"/> --><wxs module="n">var o = '/p.png' + "q"</wxs>`,
	"<view style='a:url({{b}}/r.png) url(s.png)' c=\"{{ {d: '/t.png'} }}\">\r\n{{e<f}}</view>",
	"<card img=\"\xd6\xd0/a.png\" b='\xff{{c}}'/>",
	`<view style=a:url(/u.png) b=/v/{{w}}.png c="&lt;/x.png"/>`,
	`<a b="/y.png"`,
}

var styleSeeds = []string{
	`.a{background:url("/a.png"),URL( 'b.png' ) url(c\).png)}`,
	"/* url(d.png) */ @import 'e.wxss';\r\n// url(f.png)\n",
	`a{b:url(data:image/svg+xml,<svg a='b(c)'>);content:"/g.png"}`,
	`a{b:url($c + "/h.png") url(@{e}/i.png) url("/j/#{g("h")}.png")}`,
	"a{b:url(\xd6\xd0/a.png) url(\"it's.png\") url( k l.png )}",
	`url("`,
}

// marker is an address that holds whatever one may hold.
func marker(i int) string { return fmt.Sprintf("https://m.example/%%20/%d.png?a=1&lt=2&b", i) }

// roundTrip gives every static reference of data a new value and checks that
// reading the result finds those values, and that nothing else changed.
func roundTrip(t *testing.T, path string, data []byte) {
	opt := ExtractOptions{Suffixes: testSuffixes}
	f := Extract(path, data, opt)
	for _, r := range f.Refs {
		if r.Span.Start < 0 || r.Span.Len() < 0 || r.Span.End > len(data) || !r.Whole.Contains(r.Span) {
			t.Fatalf("span %v, whole %v", r.Span, r.Whole)
		}
	}
	refs := slices.DeleteFunc(f.Refs, func(r Ref) bool { return r.Dynamic || r.Frozen || r.Const != nil })
	slices.SortStableFunc(refs, func(a, b Ref) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var edits []Edit
	want := map[string]bool{}
	end := 0
	for i, r := range refs {
		text, ok := encode(r.Form, r.Quote, r.Outer, marker(i))
		if !ok || r.Span.Start < end || f.Err != nil {
			continue
		}
		end = r.Span.End
		want[marker(i)] = true
		edits = append(edits, Edit{Span: r.Span, New: text})
	}
	same, err := Apply(data, nil)
	if err != nil || !bytes.Equal(same, data) {
		t.Fatalf("no edits changed %q to %q (%v)", data, same, err)
	}
	out, err := Apply(data, edits)
	if err != nil {
		t.Fatal(err)
	}
	if utf8.Valid(data) != utf8.Valid(out) {
		return // the edits replaced what made the file another encoding
	}
	again := Extract(path, out, opt)
	if again.Err != nil && f.Err == nil {
		t.Fatalf("%q became %q: %v", data, out, again.Err)
	}
	for _, r := range again.Refs {
		if !r.Dynamic && !r.Frozen {
			delete(want, r.Value)
		}
	}
	if len(want) > 0 {
		t.Fatalf("%q became %q: lost %v", data, out, want)
	}
}

func FuzzWXML(f *testing.F) {
	if len(wxmlSeeds) != 8 {
		f.Fatalf("%d seeds", len(wxmlSeeds))
	}
	for _, s := range wxmlSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, "pages/a/a.wxml", data) })
}

func FuzzStyle(f *testing.F) {
	if len(styleSeeds) != 6 {
		f.Fatalf("%d seeds", len(styleSeeds))
	}
	for i, s := range styleSeeds {
		f.Add([]byte(s), i%2 == 1)
	}
	f.Fuzz(func(t *testing.T, data []byte, preprocessed bool) {
		path := "a.wxss"
		if preprocessed {
			path = "a.scss"
		}
		roundTrip(t, path, data)
	})
}

func FuzzJSON(f *testing.F) {
	seeds := []string{`{"tabBar": {"list": [{"iconPath": "a.png"}]}}`, "// b.png\n['c/d', {e: \"\xd6\xd0.png\"}]", `{"usingComponents": {"a": "/b"},`}
	if len(seeds) != 3 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, "app.json", data) })
}
