package rewrite

import (
	"cmp"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Decide settles for every image whether it goes online or stays, and lists
// the edits that follow. It is pure: the same input gives the same decision.
func Decide(in Input) *Decision {
	d := &decider{
		in: in, graph: newGraph(in), gallery: newGallery(in),
		covered: map[*Facts][]source.Span{}, localFuncs: map[string]bool{}, keepAll: map[*Facts]*Place{}, readOnly: in.ReadOnly,
		heads: map[beginning]bool{}, leaks: map[*Facts][]leak{},
	}
	if d.readOnly == nil {
		d.readOnly = func(string) bool { return false }
	}
	for _, f := range in.Sources {
		for _, name := range f.LocalFuncs {
			d.localFuncs[name] = true
		}
		d.localConsts(f)
	}
	if in.Usage {
		d.users = users{}
	}
	d.forward()
	d.findHoles()
	d.findLeaks()
	for _, f := range in.Sources {
		if f.Err == nil {
			d.file(f)
		}
	}
	d.words()
	d.prefixed()
	d.prefixes()
	for _, f := range in.Sources {
		d.guard(f)
	}
	d.derive()
	d.unreferenced()
	d.settle()
	return d.decision()
}

// use is a static reference that was resolved to one image.
type use struct {
	f     *Facts
	r     *Ref
	value string // the whole value, with that of a constant
	im    *picture
	url   bool // it names the image by an address that an earlier run wrote
}

// bare is a literal that is only the base name of images.
type bare struct {
	f  *Facts
	r  *Ref
	im []*picture
}

type decider struct {
	in Input
	*graph
	*gallery
	uses     []use
	bares    []bare
	dynamics []*dynamic
	pairs    [][2]*picture
	covered  map[*Facts][]source.Span
	readOnly func(string) bool
	// localFuncs are functions that hand an image to a local-only API.
	localFuncs map[string]bool
	// keepAll are the sources whose every image literal stays.
	keepAll map[*Facts]*Place
	// imported counts what scripts take from each other, once asked for.
	imported map[*Facts]importCount
	scripts  map[string][]*Facts // by name, for imports by an alias
	leaks    map[*Facts][]leak   // what local-only APIs of other files take from a file
	leakDirs map[string][]leak   // and from the attributes of the components in a folder
	heads    map[beginning]bool  // what code puts before paths
	holes    []string            // what code replaces in paths
	warnings []Warning
	// misspellings are paths in the wrong case.
	misspellings []Misspelling
	// addresses and missing are what a check of the app is about.
	addresses []Address
	missing   []Missing
	users     users   // nil when nobody asked
	public    *string // the bundler's public path, once asked for
	kept      int     // static references whose image stays
	ends      map[string]bool
	styled    map[string]bool
	// completing holds the strings that complete a dynamic reference.
	completing map[string]bool
}

func (d *decider) place(f *Facts, offset int) Place {
	line, col := f.Lines.Position(offset)
	return Place{File: f.Path, Line: line, Column: col}
}

// stay keeps an image for a reason, the first of which counts.
func (d *decider) stay(im *picture, reason Reason, at Place, hint string) {
	im.referenced = true
	d.used(im, at)
	if im.keep != nil {
		return
	}
	if !im.local {
		// It cannot stay: it is gone. Whoever needs the file must bring it back.
		if reason != NameInCode && reason != CaseMismatch {
			d.warnings = append(d.warnings, Warning{At: at, Text: "needs the file " + im.path + ", which is online only", Hint: "wecos restore " + im.path})
		}
		return
	}
	if hint == "" {
		hint = hints[reason]
	}
	im.keep = &Keep{Path: im.path, Reason: reason, At: at, Hint: hint}
}

// stayAll keeps all images that one reference may mean.
func (d *decider) stayAll(ims []*picture, reason Reason, at Place, hint string) {
	for _, im := range ims {
		d.stay(im, reason, at, hint)
	}
}

// maxPath is the length of the longest path that is looked up.
const maxPath = 4096

// file resolves the references of one source.
func (d *decider) file(f *Facts) {
	for i := range f.Refs {
		r := &f.Refs[i]
		switch {
		case len(r.Value)+len(r.Head)+len(r.Tail) > maxPath: // names in it stay names
		case r.Base == ModuleID:
			d.cover(f, r.Whole)
		case r.Dynamic:
			d.dynamicRef(f, r)
		default:
			d.static(f, r)
		}
	}
}

// cover notes that the names in a reference were understood.
func (d *decider) cover(f *Facts, s source.Span) { d.covered[f] = append(d.covered[f], s) }

// suffixes are those that Extract was asked for.

func sortPictures(ims []*picture) {
	slices.SortFunc(ims, func(a, b *picture) int { return cmp.Compare(a.path, b.path) })
}

// unreferenced settles what happens to images that nothing names.
func (d *decider) unreferenced() {
	if !d.in.KeepUnreferenced {
		return
	}
	for _, im := range d.all {
		if !im.referenced {
			d.stay(im, Unreferenced, Place{}, "")
			im.referenced = false
		}
	}
}

// settle lets keeps spread until nothing changes: to the other candidates of a
// dynamic reference that cannot be rewritten, and to derived names.
func (d *decider) settle() {
	for changed := true; changed; {
		changed = false
		for _, dy := range d.dynamics {
			if dy.settled {
				continue
			}
			if !dy.rewritable {
				dy.settled = true
			} else if i := slices.IndexFunc(dy.candidates, func(im *picture) bool { return im.keep != nil }); i >= 0 {
				dy.rewritable, dy.settled = false, true
				dy.why = "its other image " + dy.candidates[i].path + " stays"
			}
			if dy.settled {
				changed = true
				d.stayAll(dy.candidates, DynamicRef, dy.at, dy.hint())
			}
		}
		for _, dy := range d.dynamics {
			if dy.rewritable || dy.shadowed {
				continue
			}
			dy.shadowed = true
			for _, im := range dy.deeper {
				if !im.referenced && im.keep == nil {
					changed = true
					d.stay(im, DynamicRef, dy.at, dy.hint())
				}
			}
		}
		for _, p := range d.pairs {
			a, b := p[0], p[1]
			if (a.keep == nil) != (b.keep == nil) {
				if b.keep != nil {
					a, b = b, a
				}
				if b.local && a.local {
					changed = true
					d.stay(b, DynamicRef, a.keep.At, "code makes its name from that of "+a.path+", which stays")
				}
			}
		}
	}
	for _, dy := range d.dynamics {
		if dy.rewritable {
			for _, im := range dy.candidates {
				im.plain = true
			}
			for _, im := range dy.deeper {
				im.plain = im.plain || !im.referenced
			}
		}
	}
}
