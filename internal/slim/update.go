package slim

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/scan"
)

// Update is a Run for a watcher: it looks only at what changed since the last
// Run or Update of this engine. There is neither a result nor an error when that
// is nothing but what the engine itself wrote.
//
// A file that changes while Update works is left to the call that the watcher
// makes for it. A call that fails forgets nothing: the next one looks at the
// same changes, too.
func (e *Engine) Update(ctx context.Context, c scan.Changes) (*Result, error) {
	e.scanner.Note(c)
	if !c.All && e.own(c.Paths) {
		return nil, nil
	}
	return e.run(ctx, true)
}

// own reports whether at each path there is what the engine left there.
func (e *Engine) own(paths []string) bool {
	for _, p := range paths { // cheap, and most often the answer
		if _, ok := e.left[p]; !ok {
			return false
		}
	}
	app, err := safefs.OpenRoot(e.opt.Config.AppDir)
	if err != nil {
		return false // the run will say what is wrong
	}
	defer app.Close()
	return !slices.ContainsFunc(paths, func(p string) bool { return !holds(app, p, e.left[p]) })
}

// holds reports whether the file at p has the content want, or is missing if
// want is zero.
func holds(app *safefs.Root, p string, want sum) bool {
	if want == (sum{}) {
		_, err := app.Lstat(p)
		return errors.Is(err, fs.ErrNotExist)
	}
	got, _, err := app.Hash(p)
	return err == nil && got == want
}

// leaves remembers what the commit c made of the app, and that the next scan
// has to look there.
func (e *Engine) leaves(c *commit) {
	watched := func(p string) string {
		rel, err := filepath.Rel(e.opt.Config.AppDir, filepath.Join(c.app.Dir(), filepath.FromSlash(p)))
		if err != nil { // another drive: the scanner knows better than to build on that
			return p
		}
		return filepath.ToSlash(rel)
	}
	for _, f := range c.j.Files {
		if c.rewritten[f.Path] {
			e.left[watched(f.Path)] = f.After
			e.scanner.Touch(watched(f.Path))
		}
	}
	for p := range c.removed {
		e.left[watched(p)] = sum{}
		e.scanner.Touch(watched(p))
	}
	for _, p := range c.changed {
		e.scanner.Touch(watched(p))
	}
}

// Overlooks reports whether a watcher need not watch a file or folder, because
// nothing that happens to it changes what a run does: packages, and where wecos
// itself writes. rel is relative to the folder of the app, with slashes.
func (e *Engine) Overlooks(rel string, dir bool) bool {
	name := path.Base(rel)
	if !dir {
		return safefs.IsTemp(name) || strings.HasPrefix(name, ".") && !scan.Reads(name, e.opt.Config.Suffixes)
	}
	if strings.HasPrefix(name, ".") || name == "node_modules" {
		return true
	}
	return slices.ContainsFunc(e.opt.Config.Exclude(), func(abs string) bool {
		return strings.EqualFold(filepath.Base(abs), name) && sameFolder(abs, filepath.Join(e.opt.Config.AppDir, filepath.FromSlash(rel)))
	})
}
