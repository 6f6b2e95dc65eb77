package rewrite

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// beginning is a folder that code puts before paths that stand elsewhere:
// '..' + icon. slash says that it ends in a slash, so that they begin without.
// One that means the root makes many other things as well: it counts only for
// the page or component that it belongs to, whose path without suffix is owner.
type beginning struct {
	dir   string
	slash bool
	owner string
}

func beginningIn(f *Facts, dir string, slash bool) beginning {
	b := beginning{dir: dir, slash: slash}
	if dir == "." {
		b.owner = stem(f.Path)
	}
	return b
}

// routeNames are properties and variables that hold the address of a page.
var routeNames = map[string]bool{"url": true, "path": true, "route": true, "page": true, "pagePath": true, "link": true, "href": true}

// routeName reports whether a property or variable of that name is likely to
// hold the address of a page.
func routeName(name string) bool {
	return routeNames[name] || strings.HasSuffix(name, "Url") || strings.HasSuffix(name, "Path")
}

// holdsPages reports whether pages lie in or below a folder.
func (d *decider) holdsPages(dir string) bool {
	return dir == "." || slices.ContainsFunc(d.in.Pages, func(p string) bool { return strings.HasPrefix(p, dir+"/") })
}

// dots reports whether a head is only a way to a folder: "..", "./..".
func dots(head string) bool {
	return head != "" && strings.Trim(head, "./") == "" && (strings.HasSuffix(head, "/") || strings.HasSuffix("/"+head, "/.") || strings.HasSuffix("/"+head, "/.."))
}

// begins notes the folders that a head which ends in no name may mean.
func (d *decider) begins(f *Facts, r *Ref, head string) {
	first, _ := d.bases(f, r)
	for _, b := range first {
		dir, ok := joinPath(b, pathOnly(head))
		if !ok || routeName(r.Prop) && d.holdsPages(dir) {
			continue
		}
		d.heads[beginningIn(f, dir, strings.HasSuffix(head, "/"))] = true
	}
}

// open keeps the images whose path a head with an unknown end begins, when it
// is not known to make an image's path.
func (d *decider) open(f *Facts, r *Ref) {
	head, ok := r.Head, r.HeadKnown
	if r.Const != nil {
		head, ok = d.constant(f, *r.Const)
		head += r.Head
	}
	if !ok || isURL(head) || pathOnly(head) != head || pathOnly(r.Tail) != "" {
		return
	}
	d.begins(f, r, head)
	if strings.Contains(head, "/") {
		d.unfinished(f, r, head, d.place(f, r.Whole.Start))
	}
}

// unfinished keeps the images whose path a value without a suffix begins: other
// code may add the rest.
func (d *decider) unfinished(f *Facts, r *Ref, value string, at Place) {
	if f.Kind == source.JSON || d.understood(f, r) || strings.HasPrefix(value, "/") && strings.Trim(value, "/") == "" {
		return
	}
	first, _ := d.bases(f, r)
	for _, b := range first {
		p, ok := joinPath(b, pathOnly(value))
		if !ok || p == "." || d.isCode(p) {
			continue
		}
		d.stayAll(d.begin(p), DynamicRef, at, "this may be the beginning of a path that is put together at run time")
	}
}

// isCode reports whether a path without a suffix names a page, a component or
// a script.
func (d *decider) isCode(p string) bool {
	if d.pages[p] {
		return true
	}
	for _, s := range []string{".wxml", ".js", ".ts", ".wxs"} {
		if d.files[p+s] != nil {
			return true
		}
	}
	return false
}

// begin returns the images whose path begins with p, in the same folder or
// directly in the folder p.
func (d *decider) begin(p string) []*picture {
	var out []*picture
	i := sort.Search(len(d.all), func(i int) bool { return d.all[i].path >= p })
	for ; i < len(d.all) && strings.HasPrefix(d.all[i].path, p); i++ {
		if rest := d.all[i].path[len(p):]; strings.IndexByte(rest, '/') <= 0 && strings.Count(rest, "/") <= 1 {
			out = append(out, d.all[i])
		}
	}
	return out
}

// understood reports whether every use of the beginning in r became part of a
// reference.
func (d *decider) understood(f *Facts, r *Ref) bool {
	return r.Understood && f.KeepAll == nil && d.importsUnderstood(f, r)
}

// prefixed keeps the images of literals that code may put a known beginning
// before, and those that they name then.
func (d *decider) prefixed() {
	if len(d.heads) == 0 {
		return
	}
	for _, f := range d.in.Sources {
		if f.Err != nil || f.Kind == source.JSON {
			continue
		}
		for i := range f.Refs {
			if r := &f.Refs[i]; !r.Dynamic && r.Base != ModuleID && hasSuffixFold(pathOnly(r.Value), d.suffixes(f)) && !isURL(r.Value) {
				d.prefixedRef(f, r)
			}
		}
	}
}

func (d *decider) prefixedRef(f *Facts, r *Ref) {
	value := pathOnly(r.Value)
	rel, slash := strings.CutPrefix(value, "/")
	for _, im := range d.byName[path.Base(value)] {
		dir, ok := ".", im.path == rel
		if !ok {
			dir, ok = strings.CutSuffix(im.path, "/"+rel)
		}
		if !ok || !d.heads[beginningIn(f, dir, !slash)] {
			continue
		}
		at := d.place(f, r.Whole.Start)
		const hint = "code puts a folder before this path"
		d.stay(im, DynamicRef, at, hint)
		for _, u := range d.usesOf(f, r) {
			d.stay(u, DynamicRef, at, hint)
		}
	}
}

// usesOf returns the image that r was resolved to, if it was.
func (d *decider) usesOf(f *Facts, r *Ref) []*picture {
	first, _ := d.bases(f, r)
	return d.hits(first, r.Value)
}

// replaced finds the part of a path that a replace() fills in.
func (d *decider) replaced(value string) (start, end int) {
	for _, old := range d.holes {
		if i := strings.LastIndex(value, old); i > strings.IndexByte(value, '/') {
			return i, i + len(old)
		}
	}
	return -1, -1
}

// findHoles collects what replace() puts something unknown for.
func (d *decider) findHoles() {
	for _, f := range d.in.Sources {
		d.holes = append(d.holes, f.Replaced...)
	}
	slices.Sort(d.holes)
	d.holes = slices.Compact(d.holes)
}

// single reports whether a value can only be one path, not a list or a text
// with several.
func single(value string) bool { return !strings.ContainsAny(value, ",;|\"'<>\n") }
