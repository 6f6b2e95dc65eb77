// Package scan walks a mini-program once and says what is there: sources with
// their content, images with their hash, packages with their limits.
//
// It never uploads, edits or removes anything, and it never follows a symbolic
// link out of the app.
package scan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/within"
)

// Options say what to walk. All folders are absolute.
type Options struct {
	AppDir string
	// Suffixes are those of the images that may go online, lower case with the
	// dot.
	Suffixes []string
	// Blacklist are files, folders or globs of images that stay, relative to
	// ConfigDir, to AppDir or to the app root.
	Blacklist []string
	ConfigDir string
	// Exclude are folders that are never scanned, such as backups.
	Exclude []string
	// Workers is the number of parallel readers; 0 is the number of processors.
	Workers int

	// fault, if set, makes reading a path fail: tests run as users whom no
	// permission stops.
	fault func(rel string) error
}

// maxFiles bounds what one scan takes in. No app comes near it; a wrong folder,
// or a link that makes a tree appear again and again, may.
const maxFiles = 2_000_000

// Scan walks the app folder once. The result is sorted and depends on nothing
// but the files.
//
// A folder that is no mini-program is a *NotMiniProgramError, a broken app.json
// or project.config.json a *FileError, a glob that cannot be understood a
// *PatternError. What cannot be read inside the app is in Tree.Problems.
func Scan(ctx context.Context, opt Options) (*Tree, error) {
	w, err := newWalk(ctx, opt)
	if err != nil {
		return nil, err
	}
	if err := w.everything(); err != nil {
		return nil, err
	}
	return w.tree(), nil
}

// List lists the files that Scan would take in, without looking at what they
// hold, in no order: only what a name tells is filled in.
func List(ctx context.Context, opt Options) ([]File, error) {
	w, err := newWalk(ctx, opt)
	if err != nil {
		return nil, err
	}
	if err := w.list(); err != nil {
		return nil, err
	}
	return w.files, nil
}

// newWalk looks at what all files depend on.
func newWalk(ctx context.Context, opt Options) (*walk, error) {
	layout, err := OpenLayout(opt.AppDir)
	if err != nil {
		return nil, err
	}
	black, err := newBlacklist(opt.Blacklist, layout, opt.ConfigDir)
	if err != nil {
		return nil, err
	}
	w := &walk{
		ctx:      ctx,
		layout:   layout,
		realRoot: within.Real(layout.Root),
		images:   imageSuffixes(opt.Suffixes),
		black:    black,
		own:      map[string]bool{},
		linked:   map[string]bool{},
		moving:   map[string]bool{},
		workers:  opt.Workers,
		fault:    opt.fault,
	}
	if w.fault == nil {
		w.fault = func(string) error { return nil }
	}
	for _, dir := range opt.Exclude {
		if _, ok := within.Rel(dir, layout.Root); ok {
			return nil, fmt.Errorf("folder %s is excluded, but the app lies in it", dir)
		}
		if info, err := os.Stat(dir); err == nil {
			w.exclude = append(w.exclude, info)
		}
		if rel, ok := within.Rel(w.realRoot, within.Real(dir)); ok {
			w.own[rel] = true
		}
	}
	return w, nil
}

// list takes in all folders and reads nothing.
func (w *walk) list() error {
	if err := w.dir(".", view{}); err != nil {
		return err
	}
	w.settleLinks()
	return nil
}

// everything lists all folders and reads what is to be read.
func (w *walk) everything() error {
	if err := w.list(); err != nil {
		return err
	}
	w.leaveAlone()
	if err := w.readFiles(w.files); err != nil {
		return err
	}
	for _, err := range w.layout.project.pack.bad {
		w.problem(filepath.Base(w.layout.project.file), err, false)
	}
	return nil
}

// tree is what the walk found.
func (w *walk) tree() *Tree {
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	slices.SortStableFunc(w.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return &Tree{
		Layout:          w.layout,
		Files:           w.files,
		Problems:        w.problems,
		UnusedBlacklist: w.black.unused(),
		exclude:         w.exclude,
		links:           w.links,
	}
}
