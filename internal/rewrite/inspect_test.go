package rewrite

import (
	"fmt"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestInspect looks at the addresses and the missing paths of a small app.
func TestInspect(t *testing.T) {
	a := txtar.Parse([]byte(`
-- config --
online img/on.png https://h/b/img/on.png
online img/back.png https://h/b/img/back.png
-- app.json --
{"pages": ["p/p"], "tabBar": {"list": [{"iconPath": "img/tab.png"}, {"iconPath": "img/a.png"}]}, "data": "img/nowhere.png"}
-- img/a.png --
-- img/case.png --
-- p/p.js --
Page({data: {
  base: 'https://h/b/img/set/' + id + '.png',
  api: 'https://api.example/list',
  other: 'https://o.example/x.png?v=1',
  gone: '/img/gone.png', piece: host + '/img/piece.png', alias: '@/img/x.png', filled: '/img/%s.png',
  icon: 'data:image/png;base64,AAAA',
}})
-- p/p.wxml --
<image src="/img/a.png"/><image src="/img/Case.png"/><image src="/img/back.png"/>
<image src="https://h/b/img/on.png"/><image src="https://h/b/none.png"/><image src="//cdn.example/pic"/>
`))
	in := testInput(t, a)
	if d := Decide(in); d.Addresses != nil || d.Missing != nil {
		t.Error("there is more than was asked for")
	}
	in.Inspect = true
	d := Decide(in)
	var got []string
	for _, a := range d.Addresses {
		s := fmt.Sprintf("%s:%d %s", a.At.File, a.At.Line, a.URL)
		if a.Dynamic {
			s += " … " + a.Tail
		}
		got = append(got, fmt.Sprintf("%s image=%s ours=%v", s, a.Image, a.Ours))
	}
	for _, m := range d.Missing {
		got = append(got, fmt.Sprintf("%s:%d %s near=%s online=%s", m.At.File, m.At.Line, m.Value, m.Near, m.Online))
	}
	want := []string{
		"p/p.js:2 https://h/b/img/set/ … .png image= ours=true",
		"p/p.js:4 https://o.example/x.png?v=1 image= ours=false",
		"p/p.wxml:2 https://h/b/img/on.png image=img/on.png ours=true",
		"p/p.wxml:2 https://h/b/none.png image= ours=true",
		"p/p.wxml:2 //cdn.example/pic image= ours=false",
		"app.json:1 img/tab.png near= online=",
		"p/p.js:5 /img/gone.png near= online=",
		"p/p.wxml:1 /img/Case.png near=img/case.png online=",
		"p/p.wxml:1 /img/back.png near= online=img/back.png",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestAddressMatches(t *testing.T) {
	tests := []struct {
		a    Address
		url  string
		want bool
	}{
		{Address{URL: "https://h/a.png?x=1"}, "https://h/a.png", true},
		{Address{URL: "https://h/a.png"}, "https://h/b.png", false},
		{Address{URL: "https://h/set/", Tail: ".png", Dynamic: true}, "https://h/set/1.png", true},
		{Address{URL: "https://h/set/", Tail: ".png", Dynamic: true}, "https://h/set/1.jpg", false},
		{Address{URL: "https://h/set/a", Tail: "a.png", Dynamic: true}, "https://h/set/a.png", false},
	}
	for _, tt := range tests {
		if got := tt.a.Matches(tt.url); got != tt.want {
			t.Errorf("%+v, %s: %v", tt.a, tt.url, got)
		}
	}
}
