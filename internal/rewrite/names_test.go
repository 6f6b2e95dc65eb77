package rewrite

import (
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

func TestFindNames(t *testing.T) {
	long := strings.Repeat("中", 100)
	tests := []struct {
		name, in string
		want     []string
	}{
		{"in quotes", `x = "a.png" + 'b.PNG'`, []string{"a.png", "b.PNG"}},
		{"path", `/img/a.png ..\b.gif`, []string{"a.png", "b.gif"}},
		{"spaces", `"my icon.png"`, []string{"my icon.png"}},
		{"words before", `see a.png`, []string{"see a.png"}},
		{"query", `a.png?x=b.png#c`, []string{"a.png", "b.png"}},
		{"other suffixes", `a.pngx b.png_ c.png9 d.jpg e.txt`, []string{"a.pngx b.png_ c.png9 d.jpg"}},
		{"several dots", `a.b.png.png`, []string{"a.b.png", "a.b.png.png"}},
		{"more behind", `a.png.bak a@2x.png`, []string{"a.png", "a.png.bak a@2x.png"}},
		{"only a suffix", `x + ".png", '.jpg'; (.gif) { .png }`, nil},
		{"Chinese", `"图片.png"和图标.jpg吗`, []string{"图片.png", "和图标.jpg"}},
		{"brackets", `icon(1).png,f(a.png),[b.png],a[1].png,{c.png},g(x).png)`, []string{
			"icon(1).png", "a.png", "b.png", "a[1].png", "c.png", "g(x).png"}},
		{"brackets that hold more", `f("x").png (a/b).png )c.png`, []string{"c.png"}},
		{"lines", "a\nb.png\tc.png\r\nd.png", []string{"b.png", "c.png", "d.png"}},
		{"entities and encoding", `a&amp;b.png %E5%9B%BE.png`, []string{"b.png", "b.png %E5%9B%BE.png"}},
		{"template", "`${x}.png ${y}a.png`", []string{"a.png"}},
		{"comment", `a.png/*b.png*/c.png`, []string{"a.png", "c.png"}},
		{"comment before", `a/*x*/b.png`, []string{"b.png"}},
		{"long", long + ".png", []string{strings.Repeat("中", 84) + ".png"}},
		{"nothing", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(tt.in)
			var comments []source.Span
			for i := 0; ; {
				j := strings.Index(tt.in[i:], "/*")
				if j < 0 {
					break
				}
				end := i + j + strings.Index(tt.in[i+j:], "*/") + 2
				comments = append(comments, source.Span{Start: i + j, End: end})
				i = end
			}
			var got []string
			for _, n := range findNames(data, comments, []string{".png", ".jpg", ".gif"}) {
				if n.Text != n.Span.Text(data) || len(n.Text) > maxName+4 {
					t.Errorf("%q at %v", n.Text, n.Span)
				}
				got = append(got, n.Text)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func FuzzFindNames(f *testing.F) {
	seeds := []string{`"a.png" b(1).png`, "中.png.png/*c.png*/", "]).png", ".png", strings.Repeat("\x80", 300) + ".PNG "}
	if len(seeds) != 5 {
		f.Fatalf("%d seeds", len(seeds))
	}
	for i, s := range seeds {
		f.Add([]byte(s), i, i+3)
	}
	f.Fuzz(func(t *testing.T, data []byte, from, to int) {
		var comments []source.Span
		if 0 <= from && from <= to && to <= len(data) {
			comments = []source.Span{{Start: from, End: to}}
		}
		end := 0
		for _, n := range findNames(data, comments, []string{".png"}) {
			if n.Span.Start < 0 || n.Span.End <= end || n.Span.Len() <= 4 || n.Span.End > len(data) {
				t.Fatalf("%v after %d", n.Span, end)
			}
			end = n.Span.End
			for _, c := range comments {
				if n.Span.Start < c.End && c.Start < n.Span.End {
					t.Fatalf("%v lies in the comment %v", n.Span, c)
				}
			}
		}
	})
}
