// Package audit judges what the package of a mini-program consists of: what is
// large, what cannot ship, what nothing names, what lies in the wrong package.
//
// It never touches the file system, the network or the clock, and changes
// nothing: it looks at a scan and at who names which image.
package audit

import (
	"cmp"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/scan"
)

// largest is how many files Report.Largest lists.
const largest = 20

// Input is what Look judges.
type Input struct {
	Tree *scan.Tree
	// Uses and StyleFiles are those of a decision about the same tree.
	Uses       []rewrite.Use
	StyleFiles []rewrite.StyleFile
	// Hidden is a source that could not be read; "" is none. What it names is
	// unknown, so that nothing can be said about who uses an image.
	Hidden string
}

// Report is what an audit found. Lists are sorted and never nil; sizes are in
// bytes, paths relative to the app's root.
type Report struct {
	Advice []Advice `json:"advice"`
	// Largest are the largest files that ship, the largest first.
	Largest []File `json:"largest"`
	// NotShipped are images, fonts and the like that the uploader leaves out,
	// so that a device never sees them.
	NotShipped []NotShipped `json:"notShipped"`
	// Misplaced are images of the main package that only one subpackage uses.
	Misplaced []Misplaced `json:"misplaced"`
	// Unused are images that ship though no source names them.
	Unused []File `json:"unused"`
	// StyleFiles are the url()s that a device does not load.
	StyleFiles []StyleFile `json:"styleFiles"`

	// Files is all that ships, for pictures of it; the largest first.
	Files []File `json:"-"`
}

// File is one file of the package.
type File struct {
	Path    string `json:"path"`
	Package string `json:"package"` // its name: "main", or the subpackage's
	Kind    Kind   `json:"kind"`
	Bytes   int64  `json:"bytes"`
}

// NotShipped is a file that does not reach a device.
type NotShipped struct {
	Path  string `json:"path"`
	Kind  Kind   `json:"kind"`
	Bytes int64  `json:"bytes"`
	At    string `json:"at"` // a place that names it, or ""
	Hint  string `json:"hint"`
}

// Misplaced is an image of the main package that belongs to a subpackage.
type Misplaced struct {
	Path    string `json:"path"`
	Bytes   int64  `json:"bytes"`
	Package string `json:"package"` // the name of the subpackage
	Root    string `json:"root"`    // and its folder
	At      string `json:"at"`      // a place that names the image
	Hint    string `json:"hint"`
}

// StyleFile is a url() of a style sheet that names a file of the package.
type StyleFile struct {
	At    string `json:"at"`
	Value string `json:"value"`
	Path  string `json:"path"` // of the image; "" when it is none
	Hint  string `json:"hint"`
}

// Look judges in. The same input gives the same report.
func Look(in Input) *Report {
	a := &auditor{in: in, uses: map[string][]rewrite.Use{}}
	for _, u := range in.Uses {
		a.uses[u.Image] = append(a.uses[u.Image], u)
	}
	r := &Report{
		Largest: []File{}, NotShipped: []NotShipped{}, Misplaced: []Misplaced{}, Unused: []File{}, StyleFiles: []StyleFile{},
	}
	for i := range in.Tree.Files {
		a.file(r, &in.Tree.Files[i])
	}
	a.styles(r)
	slices.SortFunc(r.Files, larger)
	slices.SortFunc(r.Unused, larger)
	slices.SortFunc(r.Misplaced, func(x, y Misplaced) int {
		return cmp.Or(cmp.Compare(x.Root, y.Root), cmp.Compare(y.Bytes, x.Bytes), cmp.Compare(x.Path, y.Path))
	})
	r.Largest = append(r.Largest, r.Files[:min(largest, len(r.Files))]...)
	r.Advice = advice(in.Tree, r.Files)
	return r
}

func larger(a, b File) int {
	return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
}

type auditor struct {
	in   Input
	uses map[string][]rewrite.Use // by image
}

// file judges one file of the app.
func (a *auditor) file(r *Report, f *scan.File) {
	kind := KindOf(f.Path)
	if !f.Ships {
		if hint := notShipping(f, kind); hint != "" {
			r.NotShipped = append(r.NotShipped, NotShipped{Path: f.Path, Kind: kind, Bytes: f.Size, At: a.at(f.Path), Hint: hint})
		}
		return
	}
	file := File{Path: f.Path, Package: a.in.Tree.Packages[f.Package].Name, Kind: kind, Bytes: f.Size}
	r.Files = append(r.Files, file)
	if !f.Image || f.Foreign || a.in.Hidden != "" {
		return
	}
	if len(a.uses[f.Path]) == 0 {
		r.Unused = append(r.Unused, file)
		return
	}
	if to, ok := a.only(f); ok {
		pkg := a.in.Tree.Packages[to]
		hint := "only " + pkg.Root + " names it: move it there, and the main package gets smaller"
		if pkg.Independent {
			hint = pkg.Root + " is independent and cannot use what lies outside: move it there"
		}
		r.Misplaced = append(r.Misplaced, Misplaced{Path: f.Path, Bytes: f.Size, Package: pkg.Name, Root: pkg.Root, At: a.at(f.Path), Hint: hint})
	}
}

// only returns the subpackage that alone uses an image of the main package.
func (a *auditor) only(f *scan.File) (pkg int, ok bool) {
	if f.Package != 0 {
		return 0, false
	}
	for i, u := range a.uses[f.Path] {
		from := a.in.Tree.File(u.At.File)
		if from == nil || from.Package == 0 || i > 0 && from.Package != pkg {
			return 0, false
		}
		pkg = from.Package
	}
	return pkg, pkg != 0
}

// at is the first place that names an image, or "".
func (a *auditor) at(image string) string {
	if uses := a.uses[image]; len(uses) > 0 {
		return uses[0].At.String()
	}
	return ""
}

// styles lists the url()s that a device does not load. Files that do not exist
// are for a check of the references, not of the package.
func (a *auditor) styles(r *Report) {
	for _, s := range a.in.StyleFiles {
		hint := "devices load only https addresses and data: here"
		switch path := a.named(s); {
		case path == "":
			continue
		case s.Image != "" && a.in.Tree.File(s.Image) != nil && a.in.Tree.File(s.Image).Candidate():
			hint += ": wecos moves the image online and writes its address"
		case KindOf(path) == Font:
			hint += ": put the font online, or inline it"
		default:
			hint += ": put the file online, or inline it"
		}
		r.StyleFiles = append(r.StyleFiles, StyleFile{At: s.At.String(), Value: s.Value, Path: s.Image, Hint: hint})
	}
}
