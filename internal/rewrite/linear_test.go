package rewrite

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// adversarial are sources that get longer with n and whose parts lean on each
// other in every way known to cost more than they should.
var adversarial = map[string]func(n int) string{
	"brackets.js":       func(n int) string { return "x=" + strings.Repeat("[{a:(", n) + "'/i/a.png'" + strings.Repeat(")}]", n) },
	"plus.js":           func(n int) string { return "x=" + strings.Repeat("'/i/'+x+", n) + "'.png'" },
	"plus-nested.js":    func(n int) string { return "x=" + strings.Repeat("(x+", n) + "'.png'" + strings.Repeat(")", n) },
	"template.js":       func(n int) string { return "`" + strings.Repeat("/i/${x}", n) + ".png`" },
	"arguments.js":      func(n int) string { return "f(" + strings.Repeat("'/i/a.png',", n) + "0)" },
	"list.js":           func(n int) string { return "x=[" + strings.Repeat("{src:'/i/a.png'},", n) + "]" },
	"conditional.js":    func(n int) string { return "x=" + strings.Repeat("x?'/i/a.png':", n) + "1" },
	"same-constant.js":  func(n int) string { return "const A='/i/';" + strings.Repeat("x=A+'a.png';", n) },
	"constants.js":      func(n int) string { return "var a0='/i/';" + repeat(n, "var a%[1]d=a%[2]d+a%[2]d;") },
	"declarations.js":   func(n int) string { return "var " + strings.Repeat("a='/i/'+b,", n) + "z=1" },
	"draw.js":           func(n int) string { return "const bg='/i/a.png';" + strings.Repeat("ctx.drawImage(bg);", n) },
	"draw-parameter.js": func(n int) string { return strings.Repeat("function d(s){ctx.drawImage(s)};d('/i/a.png');", n) },
	"draw-lost.js":      func(n int) string { return repeat(n, "ctx.drawImage(o.p%d);") },
	"imported.js":       func(n int) string { return "const u=require('./u');let x='/a.png';" + strings.Repeat("u.f(x);", n) },
	"exports.js":        func(n int) string { return "module.exports={" + strings.Repeat("a:'/i/',", n) + "}" },
	"regex.js":          func(n int) string { return strings.Repeat("=/a", n) },
	"concat.js":         func(n int) string { return "x='/i/'" + strings.Repeat(".concat('a')", n) },
	"comments.js":       func(n int) string { return strings.Repeat("/*a.png*/'b.png';", n) },
	"attributes.wxml":   func(n int) string { return "<view " + strings.Repeat(`a="{{x}}/i/a.png" `, n) + "/>" },
	"expressions.wxml":  func(n int) string { return `<c src="` + strings.Repeat("{{a ? '/i/a.png' : b}}/", n) + `"/>` },
	"open.wxml":         func(n int) string { return strings.Repeat("{{'", n) },
	"scripts.wxml":      func(n int) string { return strings.Repeat("<wxs module='a'>var a='/i/'+b</wxs>", n) },
	"names.wxml":        func(n int) string { return strings.Repeat("a.png ", n) },
	"url.wxss":          func(n int) string { return strings.Repeat("url(", n) },
	"holes.less":        func(n int) string { return "url('" + strings.Repeat("@{", n) + "')" },
	"nested.json":       func(n int) string { return strings.Repeat(`[`, n) + `"/i/a.png"` + strings.Repeat("]", n) },
	"path.js":           func(n int) string { return "x='/" + strings.Repeat("i/", n) + "'+x+'.png'" },
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1, i)
	}
	return b.String()
}

// TestLinear gives four times as much of the same to Extract and Decide: the
// steps taken and the allocations made must not grow much faster.
func TestLinear(t *testing.T) {
	for name, source := range adversarial {
		t.Run(name, func(t *testing.T) {
			steps, allocs := cost(name, source(500))
			steps4, allocs4 := cost(name, source(2000))
			if steps4 > 8*steps+1000 {
				t.Errorf("%d steps, %d for four times as much", steps, steps4)
			}
			if allocs4 > 8*allocs+1000 {
				t.Errorf("%d allocations, %d for four times as much", allocs, allocs4)
			}
		})
	}
}

func cost(name, src string) (steps int, allocs uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f := Extract("pages/a/"+name, []byte(src), ExtractOptions{Suffixes: testSuffixes})
	Decide(Input{
		Sources: []*Facts{f}, Images: []Image{{Path: "a.png"}, {Path: "i/a.png"}, {Path: "i/b.png"}}, Pages: []string{"pages/a/a"},
		URL: func(p string, _ bool) string { return testBase + p }, URLBases: []string{testBase},
	})
	runtime.ReadMemStats(&after)
	return f.steps, after.Mallocs - before.Mallocs
}

// TestDeep feeds nesting that no stack could follow.
func TestDeep(t *testing.T) {
	const n = 20_000
	for _, c := range [][3]string{
		{"a.js", "('/i/'+", ")"}, {"a.js", "`/i/${", "}`"}, {"a.js", "f(", ")"}, {"a.js", "{a:", "}"}, {"a.js", "x=>(", ")"},
		{"a.js", "ctx.drawImage(", ")"}, {"a.js", "if(a){", "}"}, {"a.wxml", "<view>", "</view>"}, {"a.json", "[", "]"}, {"a.wxss", "a{", "}"},
	} {
		_, _ = cost(c[0], strings.Repeat(c[1], n)+"'/i/a.png'"+strings.Repeat(c[2], n))
	}
}
