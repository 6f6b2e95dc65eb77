package scan

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// Changes say where to look since the scan before.
type Changes struct {
	// Paths are relative to Options.AppDir, with slashes. One that is or was a
	// folder stands for everything below it. What no path names is taken to be
	// as it was.
	Paths []string
	// All says to look everywhere, whatever Paths says.
	All bool
	// Moving are files that are still being written, relative to
	// Options.AppDir: images among them stay, sources are not edited. They have
	// to be named in Paths when they have come to rest.
	Moving []string
}

// Scanner scans one app again and again, and looks only at what changed. Its
// methods must not run at the same time.
type Scanner struct {
	opt  Options
	last *Tree // nil before the first scan
	// due are the paths that changed since last, relative to AppDir. With all
	// they are not enough. Both outlive a scan that fails.
	due    map[string]bool
	all    bool
	moving []string
}

// NewScanner returns a scanner whose first scan looks everywhere.
func NewScanner(opt Options) *Scanner {
	return &Scanner{opt: opt, due: map[string]bool{}}
}

// Note has the next scan look at changes; what was noted before still counts,
// but for Moving.
func (s *Scanner) Note(c Changes) {
	s.Touch(c.Paths...)
	s.all = s.all || c.All
	s.moving = c.Moving
}

// Touch has the next scan look at paths, which are as in Changes.
func (s *Scanner) Touch(paths ...string) {
	for _, p := range paths {
		s.due[p] = true
	}
}

// Scan returns the tree that the function Scan would, provided that every change
// since the scan before was noted. Errors are those of the function Scan; after
// one, nothing that was noted is forgotten.
//
// Everything is looked at when a change may reach further than its own path:
// after one of app.json or project.config.json, and while there are symbolic
// links or something that cannot be read. The sizes of hidden folders, which
// change nothing else, are those of the last scan of everything.
func (s *Scanner) Scan(ctx context.Context) (*Tree, error) {
	w, err := newWalk(ctx, s.opt)
	if err != nil {
		return nil, err
	}
	for _, p := range s.moving {
		if rel, ok := w.inRoot(p); ok {
			w.moving[rel] = true
		}
	}
	part := false
	if s.alike(w) {
		if part, err = w.again(s.last, s.due); err != nil {
			return nil, err
		}
	}
	if !part {
		w.files, w.problems = nil, nil
		if err := w.everything(); err != nil {
			return nil, err
		}
	}
	s.last, s.all, s.moving = w.tree(), false, nil
	clear(s.due)
	s.touchFresh()
	return s.last, nil
}

// fresh is how young a change is at most that a second one may hide behind: the
// clocks of file systems are coarse.
const fresh = 2 * time.Second

// touchFresh has the next scan read those sources again that had changed just
// before they were read. From then on their looks are enough to know them by.
func (s *Scanner) touchFresh() {
	below, err := filepath.Rel(s.last.AppDir, s.last.Root)
	if err != nil {
		return
	}
	for i := range s.last.Files {
		f := &s.last.Files[i]
		if age := f.ReadAt.Sub(f.ModTime); f.Kind != source.Other && age >= 0 && age < fresh {
			s.Touch(path.Join(filepath.ToSlash(below), f.Path))
		}
	}
}

// alike reports whether what all files depend on is as it was in the last scan.
func (s *Scanner) alike(w *walk) bool {
	_, below := w.inRoot(".") // else paths say nothing
	return below && s.last != nil && !s.all && !s.last.links && len(s.last.Problems) == 0 &&
		s.last.Root == w.layout.Root && s.last.said == w.layout.said &&
		slices.EqualFunc(s.last.exclude, w.exclude, os.SameFile)
}

// inRoot turns a path below the folder that was asked for into one below the
// app root, "." for the root itself or a folder above it. It is false for what
// lies elsewhere.
func (w *walk) inRoot(p string) (string, bool) {
	abs := filepath.Join(w.layout.AppDir, filepath.FromSlash(p))
	if rel, err := filepath.Rel(w.layout.Root, abs); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), true
	}
	rel, err := filepath.Rel(abs, w.layout.Root)
	return ".", err == nil && filepath.IsLocal(rel)
}

// again takes over the files of last, except for what lies at or below the paths
// in due, at which it looks. It reports whether that is enough: if not, the walk
// holds nothing that counts.
func (w *walk) again(last *Tree, due map[string]bool) (enough bool, err error) {
	places := map[string]bool{}
	for p := range due {
		rel, ok := w.inRoot(p)
		if rel == "." && ok {
			return false, nil
		}
		places[rel] = places[rel] || ok
	}
	covered := func(p string) bool { // p, or a folder above it, is looked at
		for ; p != "."; p = path.Dir(p) {
			if places[p] {
				return true
			}
		}
		return false
	}
	w.files = make([]File, 0, len(last.Files)+len(places))
	for i := range last.Files {
		f := &last.Files[i]
		if covered(f.Path) {
			continue
		}
		if f.Image {
			w.black.matches(f.Path) // so that no entry seems unused
		}
		w.files = append(w.files, *f)
	}
	known := len(w.files)
	folders := folders{w: w, listed: map[string]map[string]fs.DirEntry{}}
	for _, p := range slices.Sorted(maps.Keys(places)) {
		if !places[p] || covered(path.Dir(p)) {
			continue
		}
		if err := folders.look(p); err != nil {
			return false, err
		}
	}
	if folders.unsure || w.links || len(w.problems) > 0 {
		return false, nil
	}
	w.leaveAlone()
	return true, w.readFiles(w.files[known:])
}

// leaveAlone keeps the images that are still being written, and sources from
// being edited.
func (w *walk) leaveAlone() {
	if len(w.moving) == 0 {
		return
	}
	for i := range w.files {
		f := &w.files[i]
		switch {
		case !w.moving[f.Path]:
		case f.Candidate():
			f.Keep, f.Hint = rewrite.ChangedDuringRun, "it is still being written"
		case f.Kind != source.Other:
			f.ReadOnly = true
		}
	}
}

// folders are listings of folders, each made once. Looking names up in them,
// rather than asking for each, gives the spelling that is on the disk where the
// system does not tell spellings apart.
type folders struct {
	w      *walk
	listed map[string]map[string]fs.DirEntry
	unsure bool // something is not as a watched folder should be
}

// entry returns what the folder at dir holds as name, nil for nothing.
func (f *folders) entry(dir, name string) fs.DirEntry {
	in, ok := f.listed[dir]
	if !ok {
		entries, err := os.ReadDir(f.w.abs(dir))
		f.unsure = f.unsure || err != nil
		in = map[string]fs.DirEntry{}
		for _, e := range entries {
			in[e.Name()] = e
		}
		f.listed[dir] = in
	}
	return in[name]
}

// look takes in what lies at p now.
func (f *folders) look(p string) error {
	var v view
	for dir, rest := ".", p; ; {
		name, below, deeper := strings.Cut(rest, "/")
		e := f.entry(dir, name)
		at := path.Join(dir, name)
		switch {
		case e == nil || neverShips(name):
			return nil
		case !deeper:
			return f.w.entry(at, e, v)
		case !e.IsDir():
			f.unsure = f.unsure || !e.Type().IsRegular()
			return nil
		}
		inner, ours := f.w.below(at, e, v)
		if !ours {
			return nil
		}
		v, dir, rest = inner, at, below
	}
}
