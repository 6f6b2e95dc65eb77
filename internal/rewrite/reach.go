package rewrite

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// leak says that the values of properties of these names reach a local-only
// API in another file, at a call that could not be followed there.
type leak struct {
	names []string
	at    Place
}

// forward adds the functions that hand a parameter to one that hands it to a
// local-only API.
func (d *decider) forward() {
	from := map[string][]string{}
	for _, f := range d.in.Sources {
		for _, w := range f.Forwards {
			from[w.To] = append(from[w.To], w.From)
		}
	}
	for todo := slices.Collect(maps.Keys(d.localFuncs)); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, n := range from[name] {
			if !d.localFuncs[n] {
				d.localFuncs[n] = true
				todo = append(todo, n)
			}
		}
	}
}

// findLeaks finds for every script with a call that could not be followed from
// which other files its images may come: the modules it imports, the global
// data of the app, its own WXML (data-…), and, for a component, all who use it.
func (d *decider) findLeaks() {
	dirs := map[string][]leak{}
	for _, f := range d.in.Sources {
		d.localBound(f)
		if slices.ContainsFunc(f.LostCalls, func(name string) bool { return d.localFuncs[name] }) && d.keepAll[f] == nil {
			d.keepAll[f] = &Place{File: f.Path, Line: 1, Column: 1}
		}
		if f.KeepAll == nil || !f.Kind.Script() {
			continue
		}
		l := leak{f.Lost, d.place(f, f.KeepAll.Start)}
		for _, i := range f.Imports {
			if m := d.module(f, i.Path); i.Kind == ImportScript && m != nil {
				d.leaks[m] = append(d.leaks[m], l)
			}
		}
		for _, name := range []string{"app.js", "app.ts", stem(f.Path) + ".wxml"} {
			if m := d.files[name]; m != nil && m != f {
				d.leaks[m] = append(d.leaks[m], l)
			}
		}
		if j := d.files[stem(f.Path)+".json"]; j != nil {
			dirs[path.Dir(f.Path)] = append(dirs[path.Dir(f.Path)], l)
		}
	}
	if len(dirs) > 0 {
		d.leakingComponents(dirs)
	}
}

// localBound keeps the images of the scripts behind a WXML file that binds data
// of theirs to an attribute which takes only files.
func (d *decider) localBound(f *Facts) {
	for _, b := range f.LocalBound {
		for _, user := range d.renderers(f.Path, map[string]bool{}) {
			for _, suffix := range []string{".js", ".ts"} {
				s := d.files[stem(user)+suffix]
				if s == nil || d.keepAll[s] != nil || !slices.ContainsFunc(b.Names, func(n string) bool { return mentions(s.Lines.Data(), n) }) {
					continue
				}
				at := d.place(f, b.Offset)
				d.keepAll[s] = &at
			}
		}
	}
}

// mentions reports whether the name stands in data as a whole word.
func mentions(data []byte, name string) bool {
	for i := 0; ; i++ {
		j := bytes.Index(data[i:], []byte(name))
		if j < 0 {
			return false
		}
		i += j
		end := i + len(name)
		if (i == 0 || !wordByte(data[i-1])) && (end == len(data) || !wordByte(data[end])) {
			return true
		}
	}
}

// leakingComponents hands the leaks of components, by folder, on to whoever
// uses them.
func (d *decider) leakingComponents(dirs map[string][]leak) {
	for _, f := range d.in.Sources {
		if f.Kind != source.WXML {
			continue
		}
		for _, b := range f.Bound {
			for _, l := range d.componentLeaks(dirs, f.Path, b.Tag) {
				if l.attribute(b.Attr) {
					l.names = append(slices.Clone(l.names), b.Names...)
				}
				for _, user := range d.renderers(f.Path, map[string]bool{}) {
					d.leakInto(stem(user)+".js", l)
					d.leakInto(stem(user)+".ts", l)
				}
			}
		}
	}
	d.leakDirs = dirs
}

// componentLeaks are the leaks, by folder, of the components that tag may name.
func (d *decider) componentLeaks(dirs map[string][]leak, wxml, tag string) []leak {
	var out []leak
	found, _ := d.components(wxml, tag)
	for _, dir := range found {
		out = append(out, dirs[dir]...)
	}
	return out
}

func (d *decider) leakInto(file string, l leak) {
	if f := d.files[file]; f != nil {
		d.leaks[f] = append(d.leaks[f], l)
	}
}

// leaked returns the call that what stands at r may reach in another file.
func (d *decider) leaked(f *Facts, r *Ref) (Place, bool) {
	name, data := strings.CutPrefix(r.Prop, "data-")
	for _, l := range d.leaks[f] {
		if data && l.attribute(name) || f.Kind.Script() && r.Prop != "" && slices.Contains(l.names, r.Prop) {
			return l.at, true
		}
	}
	if r.Base == ComponentAttr && len(d.leakDirs) > 0 {
		for _, l := range d.componentLeaks(d.leakDirs, f.Path, r.Tag) {
			if l.attribute(r.Prop) {
				return l.at, true
			}
		}
	}
	return Place{}, false
}

// attribute reports whether the attribute, whose hyphens and capitals do not
// count, is one of the properties.
func (l leak) attribute(name string) bool {
	name = strings.ReplaceAll(name, "-", "")
	return slices.ContainsFunc(l.names, func(n string) bool { return n == "" || strings.EqualFold(n, name) })
}
