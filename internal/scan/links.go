package scan

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/within"
)

const linkHint = "put a copy in place of the symbolic link"

// Causes of problems with symbolic links.
var (
	errBroken  = errors.New("the symbolic link leads nowhere")
	errOutside = errors.New("the symbolic link leads out of the app and is not followed")
	errAbove   = errors.New("the symbolic link leads to a folder that it lies in")
)

// link notes what the symbolic link at p leads to.
//
// Inside the app, a link makes one file appear in two places. Either place may
// be the one that code names, and paths in a source mean something else seen
// from there; so images on both sides stay, and sources on both sides are read
// but not edited.
func (w *walk) link(p string, v view) error {
	if v.hidden || v.link || w.layout.leftOut(p) || w.layout.project.pack.ignored(p) {
		// Links behind links add nothing: their own places are scanned.
		return nil
	}
	isSource := source.KindOf(p) != source.Other
	target, err := filepath.EvalSymlinks(w.abs(p))
	if errors.Is(err, fs.ErrNotExist) {
		w.problem(p, errBroken, false)
		return nil
	}
	if err != nil {
		w.problem(p, err, true)
		return nil
	}
	info, err := os.Stat(target)
	if err != nil {
		w.problem(p, err, true)
		return nil
	}
	rel, inside := within.Rel(w.realRoot, within.Real(target))

	v.link = true
	switch {
	case info.IsDir() && (w.excluded(info) || inside && w.own[rel]):
		return nil
	case info.IsDir() && !inside:
		w.problem(p, errOutside, true)
		return nil
	case info.IsDir() && holds(rel, p):
		w.problem(p, errAbove, false)
		return nil
	case info.IsDir():
		w.linked[strings.ToLower(rel)] = true
		v.hidden = strings.HasPrefix(path.Base(p), ".")
		v.npm = v.npm || path.Base(p) == "miniprogram_npm"
		return w.dir(p, v)
	case !info.Mode().IsRegular():
		w.problem(p, errNotRegular, isSource)
		return nil
	case !inside:
		w.problem(p, errOutside, isSource)
		if isSource {
			return nil
		}
	default:
		w.linked[strings.ToLower(rel)] = true
	}
	return w.file(p, v)
}

// holds reports whether the folder at dir holds p.
func holds(dir, p string) bool {
	return dir == "." || strings.HasPrefix(p, dir+"/")
}

// settleLinks keeps what symbolic links lead to, once all of them are known.
func (w *walk) settleLinks() {
	if len(w.linked) == 0 {
		return
	}
	for i := range w.files {
		f := &w.files[i]
		if !w.isLinked(f.Path) {
			continue
		}
		switch {
		case f.Candidate():
			f.Keep, f.Hint = rewrite.Symlink, linkHint
		case f.Kind != source.Other:
			f.ReadOnly = true
		}
	}
}

func (w *walk) isLinked(p string) bool {
	for p = strings.ToLower(p); p != "."; p = path.Dir(p) {
		if w.linked[p] {
			return true
		}
	}
	return false
}
