package rewrite

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"sort"
	"strings"
)

// picture is one image while Decide works: a file in the app, or one that only
// the manifest remembers.
type picture struct {
	path       string
	local      bool
	online     *Online
	keep       *Keep
	plain      bool
	referenced bool
}

// gallery finds images by path, name and folder.
type gallery struct {
	all     []*picture // sorted by path
	byPath  map[string]*picture
	byName  map[string][]*picture // by base name
	byDir   map[string][]*picture // directly in a folder
	byURL   map[string]*picture
	folders []string // that hold images, sorted
	folds   folds
}

func newGallery(in Input) *gallery {
	g := &gallery{
		byPath: make(map[string]*picture, len(in.Images)),
		byName: map[string][]*picture{}, byDir: map[string][]*picture{}, byURL: map[string]*picture{},
	}
	for i := range in.Images {
		im := &in.Images[i]
		p := &picture{path: im.Path, local: true}
		if im.Keep != "" {
			p.keep = &Keep{Path: im.Path, Reason: im.Keep, Hint: im.Hint}
		}
		g.byPath[p.path] = p
		g.all = append(g.all, p)
	}
	for i := range in.Online {
		o := &in.Online[i]
		p := g.byPath[o.Path]
		if p == nil {
			p = &picture{path: o.Path}
			g.byPath[p.path] = p
			g.all = append(g.all, p)
		}
		p.online, p.plain = o, p.plain || o.Plain
		for _, u := range o.URLs {
			g.byURL[u] = p
		}
	}
	sortPictures(g.all)
	for _, p := range g.all {
		name, dir := path.Base(p.path), path.Dir(p.path)
		g.byName[name] = append(g.byName[name], p)
		g.byDir[dir] = append(g.byDir[dir], p)
	}
	g.folders = slices.Sorted(maps.Keys(g.byDir))
	return g
}

// joinPath resolves value against a folder of the app; ok is false when it leaves
// the app.
func joinPath(dir, value string) (string, bool) {
	if strings.HasPrefix(value, "/") {
		dir = "."
	}
	p := path.Join(dir, strings.TrimLeft(value, "/"))
	if p == ".." || strings.HasPrefix(p, "../") || strings.ContainsRune(p, 0) {
		return "", false
	}
	return p, true
}

// spellings returns the forms in which a path may name a file: as written,
// percent-decoded, and with what looks like a query taken for part of the name.
func spellings(value string) []string {
	out := []string{pathOnly(value)}
	if d, err := url.PathUnescape(out[0]); err == nil && d != out[0] {
		out = append(out, d)
	}
	if value != out[0] {
		out = append(out, value)
	}
	return out
}

// hits returns the images that value names from any of the folders.
func (g *gallery) hits(bases []string, value string) []*picture {
	var out []*picture
	for _, v := range spellings(value) {
		for _, b := range bases {
			if p, ok := joinPath(b, v); ok {
				if im := g.byPath[p]; im != nil {
					out = appendNew(out, im)
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return out
}

func appendNew(s []*picture, im *picture) []*picture {
	for _, o := range s {
		if o == im {
			return s
		}
	}
	return append(s, im)
}

// tail returns the images whose path ends in the longest tail of value, whole
// names compared; in the end all of that base name.
func (g *gallery) tail(value string) []*picture {
	for _, v := range spellings(value) {
		v = strings.TrimLeft(path.Clean("/"+strings.TrimLeft(v, "./")), "/")
		named := g.byName[path.Base(v)]
		if len(named) == 0 {
			continue
		}
		for t := v; t != ""; {
			var out []*picture
			for _, im := range named {
				if im.path == t || strings.HasSuffix(im.path, "/"+t) {
					out = append(out, im)
				}
			}
			if len(out) > 0 {
				return out
			}
			_, rest, ok := strings.Cut(t, "/")
			if !ok {
				break
			}
			t = rest
		}
		return named
	}
	return nil
}

// candidates returns the images in folder dir whose name begins with rest and
// ends with tail; those in deeper folders only when none lies there directly
// or when deep says that a slash is in between. The others below are returned
// apart.
func (g *gallery) candidates(dir, rest, tail string, deep bool) (found, deeper []*picture) {
	fits := func(name string) bool {
		return len(name) >= len(rest)+len(tail) && strings.HasPrefix(name, rest) && strings.HasSuffix(name, tail)
	}
	for _, im := range g.byDir[dir] {
		if fits(path.Base(im.path)) {
			found = append(found, im)
		}
	}
	prefix := dir + "/"
	if dir == "." {
		prefix = ""
	}
	i := sort.Search(len(g.all), func(i int) bool { return g.all[i].path >= prefix })
	for ; i < len(g.all) && strings.HasPrefix(g.all[i].path, prefix); i++ {
		if im := g.all[i]; path.Dir(im.path) != dir && fits(im.path[len(prefix):]) {
			deeper = append(deeper, im)
		}
	}
	if len(found) == 0 || deep && len(deeper) > 0 {
		return deeper, nil
	}
	return found, deeper
}

// hasImages reports whether images lie directly in a folder.
func (g *gallery) hasImages(dir string) bool { return len(g.byDir[dir]) > 0 }

// isURL reports whether a value is an address, not a path: it has a scheme, or
// a host without one. What begins with two slashes but no host is a path that
// somebody glued together.
func isURL(v string) bool {
	if rest, ok := strings.CutPrefix(v, "//"); ok {
		host, _, _ := strings.Cut(rest, "/")
		return strings.ContainsAny(host, ".:") && !strings.HasPrefix(host, ".")
	}
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
			continue
		case c == ':' && i > 1:
			return strings.HasPrefix(v[i:], "://") || strings.EqualFold(v[:i], "data") || strings.EqualFold(v[:i], "blob")
		}
		return false
	}
	return false
}
