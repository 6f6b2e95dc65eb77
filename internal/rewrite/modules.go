package rewrite

import (
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// publicPath returns what the bundler's runtime puts before asset names, if
// all sources agree on it.
func (d *decider) publicPath() (string, bool) {
	if d.public == nil {
		found := ""
		for _, f := range d.in.Sources {
			for _, p := range f.Public {
				if found != "" && found != p {
					p = "?"
				}
				found = p
			}
		}
		if !strings.HasPrefix(found, "/") {
			found = ""
		}
		d.public = &found
	}
	return *d.public, *d.public != ""
}

// module finds the script that another imports.
func (d *decider) module(f *Facts, name string) *Facts {
	if t := d.target(f.Path, name, ".js", ".ts", ".wxs", "/index.js", "/index.ts"); t != "" {
		return d.files[t]
	}
	return nil
}

// constant returns the value of a constant that another script sets.
func (d *decider) constant(f *Facts, u ConstUse) (string, bool) {
	if u.Module == "" {
		return d.publicPath()
	}
	if m := d.module(f, u.Module); m != nil {
		e, ok := m.Exports[u.Name]
		return e.Value, ok
	}
	return "", false
}

// localConsts keeps the images of constants of other modules that reach a
// local-only API; one that is not found keeps the literals of both files.
func (d *decider) localConsts(f *Facts) {
	if f.KeepAll != nil && f.Kind.Script() {
		at := d.place(f, f.KeepAll.Start)
		d.keepAll[f] = &at
	}
	for _, u := range f.LocalConsts {
		m := d.module(f, u.Module)
		if m == nil {
			d.keepAll[f] = &Place{File: f.Path, Line: 1, Column: 1}
			continue
		}
		e, ok := m.Exports[u.Name]
		at := d.place(m, e.Offset)
		if !ok {
			at = Place{File: f.Path, Line: 1, Column: 1}
			d.keepAll[f], d.keepAll[m] = &at, &at
			continue
		}
		for i := range m.Refs {
			if r := &m.Refs[i]; r.Whole.Start == e.Offset && !r.Dynamic {
				first, fallback := d.bases(m, r)
				d.stayAll(d.hits(append(slices.Clone(first), fallback...), e.Value), LocalOnlyAPI, at, "")
			}
		}
	}
}

// lost returns the call whose image could not be followed, so that every
// literal of f stays, or nil.
func (d *decider) lost(f *Facts) *Place { return d.keepAll[f] }

// importsUnderstood reports whether every use that other scripts make of an
// exported value became the beginning of a reference.
func (d *decider) importsUnderstood(f *Facts, r *Ref) bool {
	if len(r.Exports) == 0 {
		return true
	}
	if f.Kind != source.JS && f.Kind != source.TS { // expressions use what WXS exports
		return false
	}
	if d.imported == nil {
		d.countImports()
	}
	c := d.imported[f]
	if c.leaks {
		return false
	}
	for _, name := range r.Exports {
		if n := c.uses[name]; n.Reads != n.Understood {
			return false
		}
	}
	return true
}

// importCount is what other scripts take from one.
type importCount struct {
	uses  map[string]UseCount
	leaks bool // somebody takes all of it
}

// leak notes that somebody takes all of a module.
func (d *decider) leak(m *Facts) {
	if m != nil {
		c := d.imported[m]
		c.leaks = true
		d.imported[m] = c
	}
}

// alias returns the scripts that an import may mean whose path is no file:
// those of its last name (resolveAlias of app.json, and what bundlers know).
func (d *decider) alias(name string) []*Facts {
	if d.scripts == nil {
		d.scripts = map[string][]*Facts{}
		for _, f := range d.in.Sources {
			if !f.Kind.Script() {
				continue
			}
			base := path.Base(stem(f.Path))
			if base == "index" {
				base = path.Base(path.Dir(f.Path))
			}
			d.scripts[base] = append(d.scripts[base], f)
		}
	}
	return d.scripts[strings.TrimLeft(path.Base(stem(name)), "@~")]
}

func (d *decider) countImports() {
	d.imported = map[*Facts]importCount{}
	for _, f := range d.in.Sources {
		for _, i := range f.Imports {
			if i.Kind != ImportScript || i.Bound {
				continue
			}
			d.leak(d.module(f, i.Path))
		}
		for _, i := range f.Imports {
			if i.Kind == ImportScript && d.module(f, i.Path) == nil {
				for _, m := range d.alias(i.Path) {
					d.leak(m)
				}
			}
		}
		for u, n := range f.ConstUses {
			m := d.module(f, u.Module)
			if m == nil {
				continue
			}
			c := d.imported[m]
			if c.uses == nil {
				c.uses = map[string]UseCount{}
			}
			if u.Name == "" {
				c.leaks = true
			}
			t := c.uses[u.Name]
			c.uses[u.Name] = UseCount{Reads: t.Reads + n.Reads, Understood: t.Understood + n.Understood}
			d.imported[m] = c
		}
	}
}
