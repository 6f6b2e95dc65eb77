package rewrite

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

var testSuffixes = []string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}

// describe writes a reference in one line: its position, the bytes that an
// edit replaces, and what it refers to.
func describe(f *Facts, data string, r Ref) string {
	var b strings.Builder
	b.WriteString([...]string{"plain", "image", "local"}[r.Pos])
	if r.Frozen {
		b.WriteString(" frozen")
	}
	if r.Understood {
		b.WriteString(" understood")
	}
	if r.Const != nil {
		b.WriteString(" const:" + r.Const.Name)
	}
	if r.Form == ScriptExpr && !r.Frozen {
		b.WriteString(" expr")
	}
	if r.Dynamic {
		h := "?"
		if r.HeadKnown {
			h = r.Head
		}
		fmt.Fprintf(&b, " dynamic %s…%s", h, r.Tail)
	} else {
		fmt.Fprintf(&b, " %s", r.Value)
	}
	if !r.Frozen {
		fmt.Fprintf(&b, " [%s]", r.Span.Text([]byte(data)))
	}
	return b.String()
}

func TestScript(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"string", `a = '/i/a.png'`, []string{`plain /i/a.png [/i/a.png]`}},
		{"double quotes and escape", `a = "\/i\/\u56fe.png"`, []string{`plain /i/图.png [\/i\/\u56fe.png]`}},
		{"template", "a = `/i/a.png`", []string{"plain /i/a.png [/i/a.png]"}},
		{"bare name", `a = 'a.png'`, []string{`plain a.png [a.png]`}},
		{"word", `a = 'hello'`, nil},
		{"comment", "// '/i/a.png'\n/* '/i/b.png' */ x", nil},
		{"regex", `x = /'\/i\/a.png'/`, nil},
		{"chain of literals", `a = '/i/' + 'a.png'`, []string{`plain expr /i/a.png ['/i/' + 'a.png']`}},
		{"chain over lines", "a = '/i/' +\n  \"a\" + '.png'", []string{"plain expr /i/a.png ['/i/' +\n  \"a\" + '.png']"}},
		{"dynamic", `a = '/i/' + x + '.png'`, []string{`plain dynamic /i/….png [/i/]`}},
		{"dynamic call", `a = '/i/' + f('x')[0].y + '.png'`, []string{`plain dynamic /i/….png [/i/]`}},
		{"dynamic template", "a = `/i/${x}.png`", []string{"plain dynamic /i/….png [/i/]"}},
		{"dynamic template with expression", "a = `/i/${x ? 'on' : 'off'}.png`", []string{"plain dynamic /i/….png [/i/]"}},
		{"nested template", "a = `/i/${`t_${x}`}.png`", []string{"plain frozen dynamic /i/t_….png"}},
		{"template in chain", "a = '/i/' + `${x}.png`", []string{"plain dynamic /i/….png [/i/]"}},
		{"concat", `a = "/i/".concat(x, ".png")`, []string{`plain dynamic /i/….png [/i/]`}},
		{"concat of literals", `a = "/i/".concat("a", ".png")`, []string{`plain expr /i/a.png ["/i/".concat("a", ".png")]`}},
		{"parentheses", `a = ('/i/' + x) + '.png'`, []string{`plain dynamic /i/….png [/i/]`}},
		{"glued in parentheses", `a = '/i/' + (x ? 'p/on.png' : 'p/off.png')`, []string{`plain frozen /i/`, `plain frozen p/on.png`, `plain frozen p/off.png`}},
		{"unknown head", `a = base + '/a.png'`, []string{`plain frozen dynamic ?…/a.png`}},
		{"page route", `wx.navigateTo({url: '/' + path})`, []string{`plain frozen /`}},
		{"route template", "u = `/pages/${id}/index`", []string{"plain frozen /pages/", "plain frozen /index"}},
		{"image position without suffix", `this.src = '/i/' + name`, []string{`image dynamic /i/… [/i/]`}},
		{"property", `Page({data: {src: 'a.png'}})`, []string{`image a.png [a.png]`}},
		{"property in a list", `setData({markers: [{iconPath: 'a.png'}]})`, []string{`image a.png [a.png]`}},
		{"conditional property", `x = {imageUrl: y ? 'a.png' : 'b.png'}`, []string{`image a.png [a.png]`, `image b.png [b.png]`}},
		{"setData path", `that.setData({'user.src': 'a.png'})`, []string{`image a.png [a.png]`}},
		{"preview", `wx.previewImage({urls: ['/i/a.png'], current: '/i/a.png'})`, []string{`image /i/a.png [/i/a.png]`, `image /i/a.png [/i/a.png]`}},
		{"constant folder", `const B = '/i/'; a = B + 'a.png'`, []string{`plain understood /i/ [/i/]`, `plain expr /i/a.png [B + 'a.png']`}},
		{"constant folder dynamic", `const B = '/i/'; a = B + x + '.png'`, []string{`plain understood /i/ [/i/]`, `plain expr dynamic /i/….png [B]`}},
		{"constant folder in template", "const B = '/i'; a = `${B}/a.png`", []string{"plain understood /i [/i]", "plain /i/a.png [${B}/a.png]"}},
		{"constant folder with another use", `const B = '/i/'; a = B + 'a.png'; f(B)`, []string{`plain /i/ [/i/]`, `plain expr /i/a.png [B + 'a.png']`}},
		{"assigned twice", `let B = '/i/'; B = '/j/'; a = B + 'a.png'`, []string{`plain /i/ [/i/]`, `plain /j/ [/j/]`, `plain frozen dynamic ?…a.png`}},
		{"shadowed by a parameter", `const B = '/i/'; function f(B) { return B + 'a.png' }`, []string{`plain /i/ [/i/]`, `plain frozen dynamic ?…a.png`}},
		{"bundler", `a = n.p + "img/a.png"`, []string{`plain const:p expr img/a.png [n.p + "img/a.png"]`}},
		{"user file", `a = wx.env.USER_DATA_PATH + '/a.png'`, nil},
		{"first of several in parentheses", `a = ('/i/') + 'a' + x + '.png'`, []string{`plain frozen dynamic /i/a….png`}},
		{"empty first piece", "a = `${x}/a.png`", []string{"plain frozen dynamic ?…/a.png"}},
		{"url", `a = 'https://x.com/' + p`, []string{`plain dynamic https://x.com/… [https://x.com/]`}},
		{"require", `require('../i/a.png')`, []string{`local frozen ../i/a.png`}},
		{"toast", `wx.showToast({title: 'x', image: '/i/a.png'})`, []string{`local /i/a.png [/i/a.png]`}},
		{"toast by a compiler", `n.default.showToast({image: "/i/a.png"})`, []string{`local /i/a.png [/i/a.png]`}},
		{"toast with a variable", `const i = '/i/a.png'; wx.showToast({image: i})`, []string{`local /i/a.png [/i/a.png]`}},
		{"toast with options", `const o = {title: '', image: '/i/a.png'}; wx.showToast(o)`, []string{`local /i/a.png [/i/a.png]`}},
		{"toast with spread", `const o = {image: '/i/a.png'}; wx.showToast({...o, title: 'x'})`, []string{`local /i/a.png [/i/a.png]`}},
		{"toast with shorthand", `const image = ok ? '/i/a.png' : '/i/b.png'; wx.showToast({image})`, []string{`local /i/a.png [/i/a.png]`, `local /i/b.png [/i/b.png]`}},
		{"draw", `ctx.drawImage('/i/a.png', 0, 0)`, []string{`local /i/a.png [/i/a.png]`}},
		{"draw from data", `Page({data: {bg: '/i/a.png'}, d() { ctx.drawImage(this.data.bg, 0, 0) }})`, []string{`local /i/a.png [/i/a.png]`}},
		{"draw a parameter", `function d(p) { ctx.drawImage(p) }; d('/i/a.png')`, []string{`local /i/a.png [/i/a.png]`}},
		{"draw a dynamic", `ctx.drawImage('/i/' + x + '.png')`, []string{`local dynamic /i/….png [/i/]`}},
		{"canvas 2d", `const img = canvas.createImage(); img.src = '/i/a.png'; ctx.drawImage(img, 0, 0)`, []string{`image /i/a.png [/i/a.png]`}},
		{"draw a temporary file", `wx.downloadFile({url, success(res) { ctx.drawImage(res.tempFilePath, 0, 0) }}); a = '/i/a.png'`, []string{`plain /i/a.png [/i/a.png]`}},
		{"read a file", `fs.readFile({filePath: '/i/a.png', success() {}})`, []string{`local /i/a.png [/i/a.png]`}},
		{"own method of that name", `Page({open(o) {}, a() { this.open(x) }}); a = '/i/a.png'`, []string{`plain /i/a.png [/i/a.png]`}},
		{"tab bar item", `wx.setTabBarItem({index: 0, iconPath: 'i/a.png'})`, []string{`image i/a.png [i/a.png]`}},
		{"method of a literal", `a = '/i/a.png'.replace('a', x)`, []string{`plain frozen dynamic /i/….png`}},
		{"appended", `u += '/i/a.png'`, []string{`plain frozen dynamic ?…/i/a.png`}},
		{"joined", `a = ['/i', x + '.png'].join('/')`, []string{`plain frozen /i/`, `plain frozen dynamic ?….png`, `plain / [/]`}},
		{"joined to a list", `a = ['/i/a.png', '/i/b.png'].join(',')`, []string{`plain /i/a.png [/i/a.png]`, `plain /i/b.png [/i/b.png]`}},
		{"wrapper of a local-only API", `util.showToast('x', '/i/a.png')`, []string{`local /i/a.png [/i/a.png]`}},
		{"typescript", "const a: string = '/i/a.png' as string; let b = <any>'/i/b.png'; enum E { A = '/i/c.png' }", []string{`plain /i/a.png [/i/a.png]`, `plain /i/b.png [/i/b.png]`, `plain /i/c.png [/i/c.png]`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Extract("pages/a/a.js", []byte(c.src), ExtractOptions{Suffixes: testSuffixes})
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			if f.KeepAll != nil {
				t.Error("the argument of a local-only API was not followed")
			}
			var got []string
			for _, r := range f.Refs {
				got = append(got, describe(f, c.src, r))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s\ngot  %s\nwant %s", c.src, strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
			}
		})
	}
}

// What cannot be followed keeps every image literal of the file.
func TestScriptKeepAll(t *testing.T) {
	for _, src := range []string{
		`ctx.drawImage(e.detail.src)`,
		`wx.showToast({image: pick()})`,
		`export function d(p) { ctx.drawImage(p) }`,
		`module.exports = {d}; function d(p) { ctx.drawImage(p) }`,
		`ctx.drawImage(this.data.unknown)`,
		`const {bg} = require('./bg').all; ctx.drawImage(bg)`,
		`wx.showToast(options)`,
		`function toast(o) { wx.showToast(o) }`,
		`ctx.drawImage(await load('/i/a.png'))`,
	} {
		if f := Extract("a.js", []byte(src), ExtractOptions{Suffixes: testSuffixes}); f.KeepAll == nil {
			t.Errorf("%s: followed", src)
		}
	}
}

func TestScriptDerived(t *testing.T) {
	for src, want := range map[string]Derived{
		`a = s.replace('.png', '_on.png')`:      {Old: ".png", New: "_on.png"},
		`a = s.replace(/\.png$/, '@2x.png')`:    {Old: ".png", New: "@2x.png"},
		`a = s.replace('normal', 'active')`:     {Old: "normal", New: "active"},
		`a = src + '@2x'`:                       {New: "@2x"},
		`a = s.replace(/(a|b)\.png/, '_x.png')`: {New: "_x.png"},
	} {
		f := Extract("a.js", []byte(src), ExtractOptions{Suffixes: testSuffixes})
		if len(f.Derived) != 1 || f.Derived[0].Old != want.Old || f.Derived[0].New != want.New {
			t.Errorf("%s: %+v, want %+v", src, f.Derived, want)
		}
	}
}

func FuzzExtractScript(f *testing.F) {
	for _, s := range []string{
		"a='/i/a.png'", "`/i/${x}.png`", "'/i/' + (x ? 'a' : 'b') + '.png'", "wx.showToast({image})", "ctx.drawImage(a[0].b?.c)",
		"const B='/i/';B+`${B}a${B}.png`", "function f(a){ctx.drawImage(a);f(a)}", "'a'.concat(", "x.p+'a.png'", "[..." + "'a.png'", "a=>b=>ctx.drawImage(a)",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { roundTrip(t, "pages/a/a.js", data) })
}
