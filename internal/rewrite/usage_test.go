package rewrite

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestUsage looks at who names what in a small app, in every way that a source
// can name an image.
func TestUsage(t *testing.T) {
	a := txtar.Parse([]byte(`
-- config --
online img/on.png https://h/b/img/on.png
-- app.json --
{"pages": ["p/p", "sub/p"], "tabBar": {"list": [{"iconPath": "img/tab.png"}]}}
-- img/a.png --
-- img/bg.png --
-- img/k/1.png --
-- img/k/2.png --
-- img/nobody.png --
-- img/on.png --
-- img/sel.png --
-- img/sel_on.png --
-- img/tab.png --
-- img/word.png --
-- p/p.js --
Page({data: {icon: '/img/sel.png', name: 'word.png'}, on() { return this.data.icon.replace('.png', '_on.png') }})
-- p/p.wxml --
<image src="/img/a.png"/>
-- p/p.wxss --
.a { background: url(../img/bg.png) } .b { background: url("https://h/x.png") }
@font-face { src: url('../fonts/f.ttf') } .c { background: url(data:image/png;base64,AA) } .d { clip-path: url(#c) }
-- sub/p.js --
wx.showToast({image: '/img/a.png'})
-- sub/p.wxml --
<image src="/img/k/{{n}}.png"/><image src="/img/a.png"/><image src="https://h/b/img/on.png"/>
`))
	in := testInput(t, a)
	in.Usage = true
	d := Decide(in)
	var got []string
	for _, u := range d.Uses {
		got = append(got, fmt.Sprintf("%s %s:%d:%d", u.Image, u.At.File, u.At.Line, u.At.Column))
	}
	for _, s := range d.StyleFiles {
		got = append(got, fmt.Sprintf("%s:%d %s image=%s", s.At.File, s.At.Line, s.Value, s.Image))
	}
	want := []string{
		"img/a.png p/p.wxml:1:13",
		"img/a.png sub/p.js:1:22",
		"img/a.png sub/p.wxml:1:44",
		"img/bg.png p/p.wxss:1:22",
		"img/k/1.png sub/p.wxml:1:13",
		"img/k/2.png sub/p.wxml:1:13",
		"img/on.png sub/p.wxml:1:69",
		"img/sel.png p/p.js:1:20",
		"img/sel_on.png p/p.js:1:20",
		"img/tab.png app.json:1:63",
		"img/word.png p/p.js:1:42",
		"p/p.wxss:1 ../img/bg.png image=img/bg.png",
		"p/p.wxss:2 ../fonts/f.ttf image=",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}

	in.Usage = false
	if d := Decide(in); d.Uses != nil || d.StyleFiles != nil {
		t.Errorf("nobody asked for %v %v", d.Uses, d.StyleFiles)
	}
}
