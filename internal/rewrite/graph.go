package rewrite

import (
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// graph knows which files render, import or use which.
type graph struct {
	files     map[string]*Facts
	pages     map[string]bool
	pageDirs  []string
	users     map[string][]string // template or WXS file → WXML files that pull it in
	importers map[string][]string // style → styles that import it
	global    map[string]string   // usingComponents of app.json
	rendered  map[string][]string // WXML file → folders it is rendered in
	generics  map[string][]stand  // generic component → what stands for it, and where
}

// stand is a component that stands for a generic one in a WXML file.
type stand struct{ file, tag string }

func newGraph(in Input) *graph {
	g := &graph{
		files: map[string]*Facts{}, pages: map[string]bool{}, users: map[string][]string{},
		importers: map[string][]string{}, rendered: map[string][]string{}, generics: map[string][]stand{},
	}
	for _, f := range in.Sources {
		g.files[f.Path] = f
	}
	for _, p := range in.Pages {
		g.pages[p] = true
		g.pageDirs = append(g.pageDirs, path.Dir(p))
	}
	slices.Sort(g.pageDirs)
	g.pageDirs = slices.Compact(g.pageDirs)
	if app := g.files["app.json"]; app != nil {
		g.global = app.Components
	}
	for _, f := range in.Sources {
		for _, u := range f.Generics {
			if s := (stand{f.Path, u.Tag}); !slices.Contains(g.generics[u.Name], s) {
				g.generics[u.Name] = append(g.generics[u.Name], s)
			}
		}
		for _, i := range f.Imports {
			switch i.Kind {
			case ImportTemplate, ImportWXS:
				if t := g.target(f.Path, i.Path, ".wxml", ".wxs"); t != "" {
					g.users[t] = append(g.users[t], f.Path)
				}
			case ImportStyle:
				if t := g.target(f.Path, i.Path, path.Ext(f.Path), "/index"+path.Ext(f.Path)); t != "" {
					g.importers[t] = append(g.importers[t], f.Path)
				}
			}
		}
	}
	return g
}

// target finds the file that an import in from names.
func (g *graph) target(from, name string, suffixes ...string) string {
	name = pathOnly(strings.TrimSpace(name))
	base := path.Dir(from)
	if strings.HasPrefix(name, "/") {
		base = "."
	}
	p := path.Join(base, name)
	for _, s := range append([]string{""}, suffixes...) {
		if g.files[p+s] != nil {
			return p + s
		}
		if dir, file := path.Split(p + s); g.files[dir+"_"+file] != nil { // a Sass partial
			return dir + "_" + file
		}
	}
	return ""
}

// stem is a path without its suffix.
func stem(p string) string { return strings.TrimSuffix(p, path.Ext(p)) }

// renderedIn returns the folders in which the paths of a WXML or WXS file may
// resolve: those of the pages and components that it is part of.
func (g *graph) renderedIn(file string) []string {
	if dirs, ok := g.rendered[file]; ok {
		return dirs
	}
	var dirs []string
	seen := map[string]bool{}
	var visit func(string)
	visit = func(f string) {
		if seen[f] {
			return
		}
		seen[f] = true
		if g.renders(f) || len(g.users[f]) == 0 {
			dirs = append(dirs, path.Dir(f))
		}
		for _, u := range g.users[f] {
			visit(u)
		}
	}
	visit(file)
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	g.rendered[file] = dirs
	return dirs
}

// renders reports whether a WXML file is that of a page or a component.
func (g *graph) renders(file string) bool {
	if source.KindOf(file) != source.WXML {
		return false
	}
	s := stem(file)
	return g.pages[s] || g.files[s+".json"] != nil || g.files[s+".js"] != nil || g.files[s+".ts"] != nil
}

// components returns the folders of the components that tag may name in a WXML
// file: the declared one, and those that others put in for a generic one. plugin
// is true when one of them comes from a plugin.
func (g *graph) components(wxml, tag string) (dirs []string, plugin bool) {
	add := func(file, tag string) {
		dir, foreign := g.component(file, tag)
		plugin = plugin || foreign
		if dir != "" {
			dirs = append(dirs, dir)
		}
	}
	add(wxml, tag)
	for _, u := range g.generics[tag] {
		add(u.file, u.tag)
	}
	return unique(dirs), plugin
}

// component returns the folder of the component that tag names in a WXML file,
// "" when nothing declares it, and whether it comes from a plugin.
func (g *graph) component(wxml, tag string) (dir string, plugin bool) {
	seen := map[string]bool{}
	for _, f := range g.renderers(wxml, seen) {
		if j := g.files[stem(f)+".json"]; j != nil && j.Components[tag] != "" {
			return g.componentDir(j.Path, j.Components[tag])
		}
	}
	if g.global[tag] != "" {
		return g.componentDir("app.json", g.global[tag])
	}
	return "", false
}

// renderers lists a WXML file and all that pull it in.
func (g *graph) renderers(file string, seen map[string]bool) []string {
	if seen[file] {
		return nil
	}
	seen[file] = true
	out := []string{file}
	for _, u := range g.users[file] {
		out = append(out, g.renderers(u, seen)...)
	}
	return out
}

func (g *graph) componentDir(json, name string) (dir string, plugin bool) {
	switch {
	case strings.Contains(name, "://"):
		return "", true
	case strings.HasPrefix(name, "/"):
		return path.Dir(strings.TrimPrefix(name, "/")), false
	}
	near := path.Join(path.Dir(json), name)
	if g.files[near+".wxml"] != nil || g.files[near+".json"] != nil || strings.HasPrefix(name, ".") {
		return path.Dir(near), false
	}
	if g.files[name+".wxml"] != nil || g.files[name+".json"] != nil {
		return path.Dir(name), false
	}
	if g.files[near+"/index.json"] != nil {
		return near, false
	}
	return "", false
}

// bases returns the folders against which a reference resolves, and those to
// try when nothing was found there: a hit in a fallback is not certain enough
// to move the image.
func (g *graph) bases(f *Facts, r *Ref) (first, fallback []string) {
	own := path.Dir(f.Path)
	switch r.Base {
	case Rendered:
		return g.renderedIn(f.Path), []string{own}
	case ComponentAttr:
		dirs, _ := g.components(f.Path, r.Tag)
		first = append(slices.Clone(g.renderedIn(f.Path)), dirs...)
		return unique(first), []string{own}
	case API:
		_, rest := g.scriptBases(f)
		first, _ = g.scriptBases(f)
		return []string{"."}, unique(append(first, rest...))
	case Script:
		return g.scriptBases(f)
	case InJSONFile:
		return unique([]string{".", own}), nil
	}
	first = []string{own}
	if f.Kind != source.WXSS {
		seen := map[string]bool{}
		for _, i := range g.styleUsers(f.Path, seen) {
			first = append(first, path.Dir(i))
		}
	}
	return unique(first), nil
}

func (g *graph) styleUsers(file string, seen map[string]bool) []string {
	if seen[file] {
		return nil
	}
	seen[file] = true
	var out []string
	for _, u := range g.importers[file] {
		out = append(out, u)
		out = append(out, g.styleUsers(u, seen)...)
	}
	return out
}

func (g *graph) scriptBases(f *Facts) (first, fallback []string) {
	if f.Kind == source.WXS || f.Kind == source.WXML {
		first = slices.Clone(g.renderedIn(f.Path))
	}
	if w := stem(f.Path) + ".wxml"; g.files[w] != nil {
		first = append(first, g.renderedIn(w)...)
	}
	return unique(append(first, path.Dir(f.Path), ".")), g.pageDirs
}

func unique(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}
