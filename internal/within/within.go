// Package within tells whether one path lies within another, however the two
// are spelled: through symbolic links, or on a disk that does not tell names
// apart by case, as most of Windows and macOS do not.
//
// It only looks, and it asks the disk rather than to guess from the system: one
// computer may have disks of both kinds, and folders of both kinds on one disk.
package within

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Rel returns path relative to dir with slashes, "." for dir itself, and
// whether path lies within dir. Both are absolute; neither has to exist.
func Rel(dir, path string) (string, bool) { return system.rel(dir, path) }

// Real returns path with its symbolic links resolved and with its names as the
// disk spells them. What does not exist stays as it is.
func Real(path string) string { return system.real(path) }

// Spelling returns name as the folder in which it is looked up spells it: with
// other case, where the folder takes both for one name and holds the other.
// exists tells whether a name is found there, names lists what is.
//
// Whether two names lead to one file is not asked: some file systems number a
// file anew for every spelling.
func Spelling(name string, exists func(string) bool, names func() ([]string, error)) (string, error) {
	other := otherCase(name)
	if other == name || !exists(other) || !exists(name) {
		return name, nil
	}
	all, err := names()
	if err != nil || slices.Contains(all, name) {
		return name, err
	}
	for _, n := range all {
		if strings.EqualFold(n, name) {
			return n, nil
		}
	}
	return name, nil
}

// Fold returns the same for names that differ in case only, as
// strings.EqualFold sees it.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, name)
}

// otherCase returns name with the case of one letter changed; a name without
// letters as it is.
func otherCase(name string) string {
	for i, r := range name {
		for _, other := range []rune{unicode.ToUpper(r), unicode.ToLower(r)} {
			if other != r {
				return name[:i] + string(other) + name[i+len(string(r)):]
			}
		}
	}
	return name
}

// disk is what is asked of a file system, by absolute names.
type disk struct {
	exists  func(name string) bool
	names   func(dir string) ([]string, error)
	resolve func(name string) (string, error) // fails for what does not exist
}

var system = disk{
	exists: func(name string) bool {
		_, err := os.Lstat(name)
		return err == nil
	},
	names: func(dir string) ([]string, error) {
		f, err := os.Open(dir)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return f.Readdirnames(-1)
	},
	resolve: filepath.EvalSymlinks,
}

func (d disk) rel(dir, path string) (string, bool) {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), true
	}
	if rel, err := filepath.Rel(d.real(dir), d.real(path)); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), true
	}
	return "", false
}

func (d disk) real(path string) string {
	path = d.resolved(path)
	at := filepath.VolumeName(path) + string(filepath.Separator)
	for name := range strings.SplitSeq(strings.TrimPrefix(path, at), string(filepath.Separator)) {
		if name == "" {
			continue
		}
		spelled, err := Spelling(name,
			func(n string) bool { return d.exists(filepath.Join(at, n)) },
			func() ([]string, error) { return d.names(at) })
		if err != nil { // whoever may not list it has to take it as it is
			spelled = name
		}
		at = filepath.Join(at, spelled)
	}
	return at
}

// resolved resolves the symbolic links in the longest part of path that exists.
func (d disk) resolved(path string) string {
	for dir, rest := filepath.Clean(path), ""; ; {
		if real, err := d.resolve(dir); err == nil {
			return filepath.Join(real, rest)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return filepath.Clean(path)
		}
		rest = filepath.Join(filepath.Base(dir), rest)
		dir = parent
	}
}
