package scan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// walk is one scan under way. The tree is listed by one goroutine; files are
// read by several afterwards.
type walk struct {
	ctx      context.Context
	layout   *Layout
	realRoot string // Root without symbolic links
	images   map[string]bool
	black    *blacklist
	// What is excluded: by what it is, so that links and mounts lead nowhere
	// else, and by its path as the disk spells it.
	exclude []fs.FileInfo
	own     map[string]bool
	workers int
	fault   func(rel string) error
	// moving are files that are still being written.
	moving map[string]bool

	files []File
	// linked are the files and folders that a symbolic link inside the app
	// leads to, in lower case: some file systems compare without case.
	linked map[string]bool
	links  bool // there is a symbolic link

	mu       sync.Mutex
	problems []Problem
}

// view is how a folder was reached, which says what its files may be used for.
type view struct {
	hidden bool // below a hidden folder: counts, but is not read
	npm    bool // below miniprogram_npm: read, but never edited
	link   bool // through a symbolic link: read, but never edited
}

func (w *walk) problem(p string, err error, source bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problems = append(w.problems, Problem{Path: p, Err: plain(err), Source: source})
}

// plain drops the absolute path from a system error: a Problem names its path
// itself.
func plain(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// dir lists the folder at rel.
func (w *walk) dir(rel string, v view) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	entries, err := os.ReadDir(w.abs(rel))
	if err == nil {
		err = w.fault(rel)
	}
	if err != nil {
		w.problem(rel, err, !v.hidden)
	}
	for _, e := range entries {
		if err := w.entry(path.Join(rel, e.Name()), e, v); err != nil {
			return err
		}
	}
	return nil
}

// entry takes in what lies at p, in a folder that was reached by v.
func (w *walk) entry(p string, e fs.DirEntry, v view) error {
	if neverShips(e.Name()) {
		return nil
	}
	switch t := e.Type(); {
	case t.IsDir():
		return w.subfolder(p, e, v)
	case t&fs.ModeSymlink != 0:
		w.links = true
		return w.link(p, v)
	case t.IsRegular():
		return w.file(p, v)
	default:
		// Some systems report folders behind a mount point as irregular.
		hides := t&fs.ModeIrregular != 0 || source.KindOf(e.Name()) != source.Other
		w.problem(p, errNotRegular, hides && !v.hidden)
		return nil
	}
}

func (w *walk) abs(rel string) string {
	return filepath.Join(w.layout.Root, filepath.FromSlash(rel))
}

// subfolder descends into the folder at p unless it is none of the app's.
func (w *walk) subfolder(p string, e fs.DirEntry, v view) error {
	inner, ours := w.below(p, e, v)
	if !ours {
		return nil
	}
	return w.dir(p, inner)
}

// below returns how the files of the folder at p are reached, and whether that
// is one of the app's.
func (w *walk) below(p string, e fs.DirEntry, v view) (view, bool) {
	if w.own[p] || w.layout.leftOut(p) || w.layout.project.pack.prunes(p) {
		return v, false
	}
	if len(w.exclude) > 0 {
		info, err := e.Info()
		if err != nil {
			w.problem(p, err, !v.hidden)
			return v, false
		}
		if w.excluded(info) {
			return v, false
		}
	}
	v.hidden = v.hidden || strings.HasPrefix(e.Name(), ".")
	v.npm = v.npm || e.Name() == "miniprogram_npm"
	return v, true
}

func (w *walk) excluded(info fs.FileInfo) bool {
	for _, x := range w.exclude {
		if os.SameFile(x, info) {
			return true
		}
	}
	return false
}

// file notes the file at p; it is read later.
func (w *walk) file(p string, v view) error {
	if w.layout.project.pack.ignored(p) {
		return nil
	}
	if len(w.files) == maxFiles {
		return fmt.Errorf("folder %s holds more than %d files", w.layout.Root, maxFiles)
	}
	f := File{Path: p, Ships: ships(p), Package: w.layout.packageOf(p)}
	if !v.hidden {
		f.Kind = source.KindOf(p)
		f.ReadOnly = f.Kind != source.Other && (v.npm || v.link)
		if suffix, ok := imageSuffix(w.images, path.Base(p)); ok && f.Kind == source.Other {
			f.Image, f.Foreign = true, v.npm
			f.Keep, f.Hint = w.keep(p, suffix, v)
		}
	}
	w.files = append(w.files, f)
	return nil
}

// keep finds the reason why the image at p stays whatever names it.
func (w *walk) keep(p, suffix string, v view) (rewrite.Reason, string) {
	listed := w.black.matches(p) // always asked, so that no entry seems unused
	switch {
	case v.link:
		return rewrite.Symlink, linkHint
	case listed:
		return rewrite.Blacklisted, ""
	case v.npm:
		return rewrite.Blacklisted, "the images of npm packages stay: building npm would bring them back"
	case !w.images[suffix]:
		return rewrite.Suffix, fmt.Sprintf("add %q to uploadFileSuffix", suffix)
	}
	return "", ""
}
