package scan

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/within"
)

// Layout is what app.json and project.config.json say about the app folder.
type Layout struct {
	Root       string    // absolute folder that holds app.json
	AppDir     string    // absolute folder that was asked for
	Pages      []string  // pages of app.json, those of subpackages with their root, without suffix, sorted
	Packages   []Package // the main package first, then by Root
	TotalLimit int64     // bytes of all packages together

	project *project
	// said is the SHA-256 of both files: layouts that agree in it are alike.
	said [sha256.Size]byte
}

// Package is the main package or a subpackage.
type Package struct {
	Name        string // "main", or the subpackage's name, else its root
	Root        string // folder relative to Layout.Root without slashes at the ends; "" for the main package
	Independent bool   // runs without the main package
	Limit       int64  // bytes
}

// The platform's limits in bytes: of one package, and of all together.
const (
	packageLimit = 2 << 20
	totalLimit   = 30 << 20
)

// OpenLayout finds the app root below appDir, which must be absolute, and
// reads its app.json. It reads nothing else, so it is cheap.
//
// A folder that is no mini-program is a *NotMiniProgramError, a broken
// app.json or project.config.json a *FileError. An app.json that names no page
// is no mini-program either: other tools use that name too, and their folders
// must not be emptied.
func OpenLayout(appDir string) (*Layout, error) {
	if !filepath.IsAbs(appDir) {
		return nil, fmt.Errorf("app folder %q is not absolute", appDir)
	}
	appDir = filepath.Clean(appDir)
	notApp := func(dir, fix, format string, args ...any) error {
		return &NotMiniProgramError{Dir: dir, Reason: fmt.Sprintf(format, args...), Fix: fix}
	}
	const fix = "appDir must name the folder that holds app.json, or the project folder above it"

	switch info, err := os.Stat(appDir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, notApp(appDir, fix, "there is no such folder")
	case err != nil:
		return nil, fileError(appDir, err)
	case !info.IsDir():
		return nil, notApp(appDir, fix, "it is not a folder")
	}
	p, err := findProject(appDir)
	if err != nil {
		return nil, err
	}
	switch info, err := os.Stat(p.root); {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
		return nil, notApp(p.root, "correct miniprogramRoot in "+p.file, "the miniprogramRoot of %s is no folder", filepath.Base(p.file))
	case err != nil:
		return nil, fileError(p.root, err)
	}
	inside, ok := within.Rel(within.Real(appDir), within.Real(p.root))
	if !ok {
		return nil, notApp(p.root, "let appDir name the folder itself", "it is a symbolic link that leads out of %s", appDir)
	}
	if rel, err := filepath.Rel(appDir, p.root); err != nil || !filepath.IsLocal(rel) {
		// The project.config.json above spells the folder in another way.
		p.root = filepath.Join(appDir, filepath.FromSlash(inside))
	}

	l := &Layout{Root: p.root, AppDir: appDir, TotalLimit: totalLimit, project: p}
	data, err := readBounded(filepath.Join(p.root, "app.json"), maxConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if isFile(filepath.Join(p.root, "game.json")) {
			return nil, notApp(p.root, "wecos slims mini-programs, whose folder holds app.json", "mini-games are not supported")
		}
		return nil, notApp(p.root, hintBelow(p.root, fix), "it holds no app.json")
	case err != nil:
		return nil, fileError(filepath.Join(p.root, "app.json"), err)
	}
	if err := l.readApp(filepath.Join(p.root, "app.json"), data); err != nil {
		return nil, err
	}
	if len(l.Pages) == 0 {
		return nil, notApp(p.root, fix, "its app.json names no pages")
	}
	h := sha256.New()
	for _, part := range [][]byte{[]byte(p.file), p.data, data} {
		fmt.Fprintf(h, "%d ", len(part))
		h.Write(part)
	}
	h.Sum(l.said[:0])
	return l, nil
}

// hintBelow names the folders right below dir that look like the app, for
// people who gave the folder above.
func hintBelow(dir, otherwise string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return otherwise
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "node_modules" && isFile(filepath.Join(dir, e.Name(), "app.json")) && len(found) < 3 {
			found = append(found, e.Name())
		}
	}
	if len(found) == 0 {
		return otherwise
	}
	return fmt.Sprintf("there is an app.json in %s: let appDir name that folder", strings.Join(found, ", "))
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// Ships reports whether the uploader would pack the file or folder at the
// absolute path abs: whether it lies below Root and packOptions do not leave it
// out. A path where there is nothing yet is taken for a folder. Of a folder it
// is enough that one file in it might ship; which suffixes ship is not looked
// at.
func (l *Layout) Ships(abs string) bool {
	rel, ok := within.Rel(l.Root, abs)
	switch {
	case !ok:
		return false
	case rel == ".":
		return true
	case l.leftOut(rel):
		return false
	case isFile(abs):
		return !l.project.pack.ignored(rel)
	}
	// Every kind of file that this program would put into a folder.
	for _, name := range []string{"a.png", "images/a.png", "pages/a/index.wxml", "a.json", ".wecos/a.json", ".wecos/objects/a"} {
		if !l.project.pack.ignored(path.Join(rel, name)) {
			return true
		}
	}
	return false
}

// leftOut reports whether rel, or a folder that it lies in, never ships
// whatever packOptions say, or belongs to something else than the app.
func (l *Layout) leftOut(rel string) bool {
	for p := rel; p != "."; p = path.Dir(p) {
		if neverShips(path.Base(p)) || slices.Contains(l.project.foreign, p) {
			return true
		}
	}
	return false
}

// neverShips reports whether the uploader leaves out every file or folder
// called name.
func neverShips(name string) bool {
	switch name {
	case "node_modules", ".git", ".svn", ".DS_Store":
		return true
	}
	return false
}

// packageOf returns the index of the package that the file at p belongs to:
// the subpackage whose root is the longest that holds it, else the main one.
func (l *Layout) packageOf(p string) int {
	best := 0
	for i, pkg := range l.Packages {
		if i > 0 && len(pkg.Root) > len(l.Packages[best].Root) && strings.HasPrefix(p, pkg.Root+"/") {
			best = i
		}
	}
	return best
}
