package audit

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/scan"
)

// app writes an app of files with these sizes and scans it.
func app(t *testing.T, files map[string]int) *scan.Tree {
	t.Helper()
	dir := t.TempDir()
	config := `{"pages": ["p/p"], "subPackages": [{"root": "sub", "name": "shop", "pages": ["a"]}, {"root": "alone", "pages": ["a"], "independent": true}]}`
	for name, size := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "app.json"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	tree, err := scan.Scan(t.Context(), scan.Options{AppDir: dir, Suffixes: []string{".png"}, ConfigDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func use(image, file string) rewrite.Use {
	return rewrite.Use{Image: image, At: rewrite.Place{File: file, Line: 1, Column: 2}}
}

func TestLook(t *testing.T) {
	tree := app(t, map[string]int{
		"p/p.wxml": 10, "p/p.wxss": 10, "sub/a.wxml": 10, "alone/a.wxml": 10,
		"img/both.png": 100, "img/sub.png": 300, "img/alone.png": 50, "img/main.png": 20, "img/nobody.png": 40, "sub/own.png": 30,
		"img/local.webp": 500, "fonts/f.ttf": 600, "v.mov": 700, ".hidden/f.ttf": 5, "readme.md": 90, "types.d.ts": 4,
		"miniprogram_npm/x/i.png": 8,
	})
	in := Input{
		Tree: tree,
		Uses: []rewrite.Use{
			use("img/both.png", "p/p.wxml"), use("img/both.png", "sub/a.wxml"), use("img/sub.png", "sub/a.wxml"), use("img/alone.png", "alone/a.wxml"),
			use("img/main.png", "p/p.wxml"), use("sub/own.png", "sub/a.wxml"), use("img/local.webp", "p/p.wxml"),
		},
		StyleFiles: []rewrite.StyleFile{
			{Value: "../img/main.png", At: rewrite.Place{File: "p/p.wxss", Line: 1, Column: 5}, Image: "img/main.png"},
			{Value: "../fonts/f.ttf?v=1#x", At: rewrite.Place{File: "p/p.wxss", Line: 2, Column: 5}},
			{Value: "../img/none.png", At: rewrite.Place{File: "p/p.wxss", Line: 3, Column: 5}},
		},
	}
	r := Look(in)
	var got strings.Builder
	for _, f := range r.NotShipped {
		fmt.Fprintf(&got, "not shipped %s %s %d %s\n", f.Path, f.Kind, f.Bytes, f.At)
	}
	for _, m := range r.Misplaced {
		fmt.Fprintf(&got, "misplaced %s %d %s %s %s independent=%v\n", m.Path, m.Bytes, m.Package, m.Root, m.At, strings.Contains(m.Hint, "independent"))
	}
	for _, f := range r.Unused {
		fmt.Fprintf(&got, "unused %s %d %s\n", f.Path, f.Bytes, f.Package)
	}
	for _, s := range r.StyleFiles {
		fmt.Fprintf(&got, "style %s %s %q\n", s.At, s.Value, s.Path)
	}
	want := `not shipped fonts/f.ttf font 600 
not shipped img/local.webp image 500 p/p.wxml:1:2
not shipped v.mov video 700 
misplaced img/alone.png 50 alone alone alone/a.wxml:1:2 independent=true
misplaced img/sub.png 300 shop sub sub/a.wxml:1:2 independent=false
unused img/nobody.png 40 main
style p/p.wxss:1:5 ../img/main.png "img/main.png"
style p/p.wxss:2:5 ../fonts/f.ttf?v=1#x ""
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if r.Largest[0].Path != "img/sub.png" && r.Largest[0].Path != "app.json" {
		t.Errorf("the largest is %+v", r.Largest[0])
	}

	in.Hidden = "p/q.wxml"
	if r := Look(in); len(r.Unused)+len(r.Misplaced) > 0 {
		t.Errorf("with a hidden source it says %+v %+v", r.Unused, r.Misplaced)
	}
	data, err := json.Marshal(Look(Input{Tree: tree}))
	if err != nil || strings.Contains(string(data), "null") {
		t.Errorf("%s, %v", data, err)
	}
}

func TestAdvice(t *testing.T) {
	files := map[string]int{"a.mp3": 100 << 10, "a.png": 100 << 10, "b.js": 1 << 20, "v.mp4": 1 << 19}
	for i := range 30 {
		files[fmt.Sprintf("p/%d.json", i)] = 1
	}
	over := func() map[string]bool {
		out := map[string]bool{}
		r := Look(Input{Tree: app(t, files)})
		if len(r.Largest) != largest || len(r.Files) != len(files)+1 {
			t.Errorf("%d of %d files", len(r.Largest), len(r.Files))
		}
		for _, a := range r.Advice {
			if a.Over != (a.Bytes > a.Limit) || a.Hint == "" {
				t.Errorf("%+v", a)
			}
			out[a.Name] = a.Over
		}
		return out
	}
	if got := over(); got[MediaAdvice] || !got[MainAdvice] || got[ProviderAdvice] || len(got) != 3 {
		t.Errorf("at the limit of the images: %v", got)
	}
	files["a.png"]++
	if got := over(); !got[MediaAdvice] {
		t.Errorf("one byte over: %v", got)
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{"A/B.PNG": Image, "x.ttf": Font, "x": Other, "x.wxs": Script, ".json": Data} {
		if got := KindOf(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	known := map[Kind]bool{}
	for _, k := range Kinds() {
		known[k] = true
	}
	for suffix, k := range kinds {
		if !known[k] {
			t.Errorf("%s: the kind %s is not listed", suffix, k)
		}
	}
}
