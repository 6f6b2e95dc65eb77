package report

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/report/treemap"
	"github.com/wecos-go/wecos/internal/slim"
)

// htmlMap is a treemap for one shape of screen.
type htmlMap struct {
	Class string
	Packs []htmlPack
}

// box is where something lies in what holds it, in percent.
type box struct{ Left, Top, Width, Height string }

type htmlPack struct {
	box
	Name, Size string
	Bare       bool // too small for a heading
	Tiles      []htmlTile
}

type htmlTile struct {
	box
	Kind, Title, Label string
}

// shape is the size of a map on a typical screen, in pixels, and the area below
// which rectangles are drawn as one.
type shape struct {
	class  string
	w, h   float64
	little float64
}

var shapes = []shape{{"wide", 1200, 640, 200}, {"tall", 390, 560, 120}}

// heading is the height of a package's name, as in the style sheet.
const heading = 18

// folder is a folder of a package with what is in it.
type folder struct {
	name    string
	bytes   int64
	count   int
	kind    audit.Kind // of all of them, or audit.Other
	folders map[string]*folder
	files   []audit.File
}

func (f *folder) add(file audit.File, parts []string) {
	f.kind = common(f.count, f.kind, file.Kind)
	f.bytes += file.Bytes
	f.count++
	if len(parts) == 1 {
		f.files = append(f.files, file)
		return
	}
	if f.folders == nil {
		f.folders = map[string]*folder{}
	}
	sub := f.folders[parts[0]]
	if sub == nil {
		sub = &folder{name: path.Join(f.name, parts[0])}
		f.folders[parts[0]] = sub
	}
	sub.add(file, parts[1:])
}

// common is the kind of n files of kind a and others of kind b.
func common(n int, a, b audit.Kind) audit.Kind {
	if n == 0 || a == b {
		return b
	}
	return audit.Other
}

// treemaps draws every file of the packages, once for each shape of screen.
func treemaps(res *slim.Result) []htmlMap {
	packages := map[string]*folder{}
	var names []string
	for _, f := range res.Report.Files {
		top := packages[f.Package]
		if top == nil {
			top = &folder{}
			packages[f.Package] = top
			names = append(names, f.Package)
		}
		top.add(f, strings.Split(f.Path, "/"))
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(packages[b].bytes, packages[a].bytes), cmp.Compare(a, b))
	})
	out := make([]htmlMap, 0, len(shapes))
	for _, s := range shapes {
		out = append(out, s.draw(names, packages))
	}
	return out
}

func (s shape) draw(names []string, packages map[string]*folder) htmlMap {
	m := htmlMap{Class: s.class}
	weights := make([]float64, len(names))
	var total int64
	for i, name := range names {
		weights[i] = float64(packages[name].bytes)
		total += packages[name].bytes
	}
	for i, r := range treemap.Layout(weights, treemap.Rect{W: s.w, H: s.h}) {
		if r.Area() < 1 { // nothing to see
			continue
		}
		top := packages[names[i]]
		p := htmlPack{box: boxOf(r, treemap.Rect{W: s.w, H: s.h}), Name: safe(names[i]), Size: size(top.bytes), Bare: r.W < 60 || r.H < 3*heading}
		inner := treemap.Rect{W: r.W, H: r.H}
		if !p.Bare {
			inner.H -= heading
		}
		d := drawing{shape: s, area: inner, total: total}
		d.folder(top, inner)
		p.Tiles = d.tiles
		m.Packs = append(m.Packs, p)
	}
	return m
}

// drawing is one package while it is drawn.
type drawing struct {
	shape
	area  treemap.Rect
	total int64 // of the whole app
	tiles []htmlTile
}

// folder divides r among what is in f. What would be too little to be seen
// becomes one tile.
func (d *drawing) folder(f *folder, r treemap.Rect) {
	if f.bytes == 0 {
		return
	}
	var files []audit.File
	var folders []*folder
	var rest audit.File
	several := 0
	scale := r.Area() / float64(f.bytes)
	little := func(bytes int64) bool { return float64(bytes)*scale < d.little }
	for _, name := range slices.Sorted(maps.Keys(f.folders)) {
		sub := f.folders[name]
		if little(sub.bytes) {
			rest.Bytes += sub.bytes
			rest.Kind = common(several, rest.Kind, sub.kind)
			several += sub.count
			continue
		}
		folders = append(folders, sub)
	}
	for _, file := range f.files {
		if little(file.Bytes) {
			rest.Bytes += file.Bytes
			rest.Kind = common(several, rest.Kind, file.Kind)
			several++
			rest.Path = file.Path // in case it is the only one
			continue
		}
		files = append(files, file)
	}
	var weights []float64
	for _, sub := range folders {
		weights = append(weights, float64(sub.bytes))
	}
	for _, file := range files {
		weights = append(weights, float64(file.Bytes))
	}
	weights = append(weights, float64(rest.Bytes))
	rects := treemap.Layout(weights, r)
	for i, sub := range folders {
		d.folder(sub, rects[i])
	}
	for i, file := range files {
		d.tile(rects[len(folders)+i], string(file.Kind), file.Path, path.Base(file.Path), file.Bytes)
	}
	if last := rects[len(rects)-1]; rest.Bytes > 0 {
		switch {
		case several == 1 && rest.Path != "":
			d.tile(last, string(rest.Kind), rest.Path, path.Base(rest.Path), rest.Bytes)
		default:
			what := fmt.Sprintf("%s in %s", count(several, "small file"), cmp.Or(f.name, "the root"))
			d.tile(last, string(rest.Kind), what, count(several, "file"), rest.Bytes)
		}
	}
}

func (d *drawing) tile(r treemap.Rect, kind, name, label string, bytes int64) {
	t := htmlTile{
		box: boxOf(r, d.area), Kind: kind,
		Title: fmt.Sprintf("%s\n%s, %.1f%% of all", safe(name), size(bytes), float64(bytes)/float64(max(d.total, 1))*100),
	}
	if r.W >= 56 && r.H >= 20 {
		t.Label = safe(label)
		if r.H >= 36 {
			t.Label += " " + size(bytes)
		}
	}
	d.tiles = append(d.tiles, t)
}

func boxOf(r, in treemap.Rect) box {
	return box{
		Left: decimal((r.X - in.X) / in.W * 100), Top: decimal((r.Y - in.Y) / in.H * 100),
		Width: decimal(r.W / in.W * 100), Height: decimal(r.H / in.H * 100),
	}
}
