package rewrite

import (
	"path"
	"slices"
	"strings"
)

// Misspelling is a path that names an image but for the case of letters. A disk
// that does not tell the two apart finds the image, a device does not.
type Misspelling struct {
	Value string // as written; what is not known of a dynamic path is "…"
	Path  string // of the image, or of the folder
	At    Place
}

// folds finds images without regard to case. Its maps are made when they are
// asked for: in most apps all names are right.
type folds struct {
	byPath, byName, byDir map[string][]*picture
	paths                 []string // of all images, in their order
}

// fold is what names that differ in case only have in common.
func fold(name string) string { return strings.ToLower(name) }

func foldAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fold(n)
	}
	return out
}

// foldedPaths are the paths of all images.
func (g *gallery) foldedPaths() []string {
	if g.folds.paths == nil {
		for _, im := range g.all {
			g.folds.paths = append(g.folds.paths, fold(im.path))
		}
	}
	return g.folds.paths
}

// folded fills m, if that was not done, with the images by what key makes of
// their path, without regard to case.
func (g *gallery) folded(m *map[string][]*picture, key func(path string) string) map[string][]*picture {
	if *m == nil {
		*m = make(map[string][]*picture, len(g.all))
		for i, p := range g.foldedPaths() {
			(*m)[key(p)] = append((*m)[key(p)], g.all[i])
		}
	}
	return *m
}

// pathFolded returns the images whose path is p but for case.
func (g *gallery) pathFolded(p string) []*picture {
	return g.folded(&g.folds.byPath, strings.Clone)[fold(p)]
}

// dirFolded returns the images directly in folders that are dir but for case.
func (g *gallery) dirFolded(dir string) []*picture {
	return g.folded(&g.folds.byDir, path.Dir)[fold(dir)]
}

// namesFolded are all images by base name.
func (g *gallery) namesFolded() map[string][]*picture { return g.folded(&g.folds.byName, path.Base) }

// foldHits is hits without regard to case.
func (g *gallery) foldHits(bases []string, value string) []*picture {
	var out []*picture
	for _, v := range spellings(value) {
		for _, b := range bases {
			if p, ok := joinPath(b, v); ok {
				for _, im := range g.pathFolded(p) {
					out = appendNew(out, im)
				}
			}
		}
	}
	return out
}

// misspelled keeps images that a path names in the wrong case, and has a person
// told.
func (d *decider) misspelled(value, is string, ims []*picture, at Place) {
	d.misspellings = append(d.misspellings, Misspelling{Value: value, Path: is, At: at})
	d.stayAll(ims, CaseMismatch, at, "")
}

// misspelledHead does so for a dynamic path whose head names no folder, and
// reports whether it does in another case.
func (d *decider) misspelledHead(dy *dynamic, bases []string) bool {
	i := strings.LastIndexByte(dy.head, '/')
	rest, tail := fold(dy.head[i+1:]), fold(dy.tail)
	var found []*picture
	for _, b := range bases {
		dir, ok := joinPath(b, dy.head[:i+1])
		if !ok {
			continue
		}
		for _, im := range d.dirFolded(dir) {
			if name := fold(path.Base(im.path)); len(name) >= len(rest)+len(tail) && strings.HasPrefix(name, rest) && strings.HasSuffix(name, tail) {
				found = appendNew(found, im)
			}
		}
	}
	if len(found) > 0 {
		d.misspelled(dy.head+"…"+dy.tail, found[0].path, found, dy.at)
	}
	return len(found) > 0
}

// misspelledFolder does so for a literal that names no folder of images.
func (d *decider) misspelledFolder(bases []string, value string, at Place) {
	for _, b := range bases {
		if dir, ok := joinPath(b, pathOnly(value)); ok && dir != "." {
			if ims := d.dirFolded(dir); len(ims) > 0 {
				d.misspelled(value, path.Dir(ims[0].path), ims, at)
				return
			}
		}
	}
}

// misspellingsInOrder are all of them, in the order of their places.
func (d *decider) misspellingsInOrder() []Misspelling {
	slices.SortStableFunc(d.misspellings, func(a, b Misspelling) int { return a.At.compare(b.At) })
	return slices.Compact(d.misspellings)
}
