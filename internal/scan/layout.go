package scan

import "errors"

// Layout is what app.json and project.config.json say about the app folder.
type Layout struct {
	Root       string    // absolute folder that holds app.json
	AppDir     string    // absolute folder that was asked for
	Pages      []string  // pages of app.json, those of subpackages with their root, without suffix, sorted
	Packages   []Package // the main package first, then by Root
	TotalLimit int64     // bytes of all packages together
}

// Package is the main package or a subpackage.
type Package struct {
	Name        string // "main", or the subpackage's name, else its root
	Root        string // folder relative to Layout.Root without slashes at the ends; "" for the main package
	Independent bool   // runs without the main package
	Limit       int64  // bytes
}

// OpenLayout finds the app root below appDir, which must be absolute, and
// reads its app.json. It reads nothing else, so it is cheap.
//
// A folder that is no mini-program is a *NotMiniProgramError, a broken
// app.json or project.config.json a *FileError.
func OpenLayout(appDir string) (*Layout, error) { return nil, errors.ErrUnsupported }

// Ships reports whether the uploader would pack the file or folder at the
// absolute path abs: whether it lies below Root and packOptions do not leave it
// out. The file need not exist; suffixes are not looked at, so that the answer
// for a folder holds for whatever is put there.
func (l *Layout) Ships(abs string) bool { return false }
