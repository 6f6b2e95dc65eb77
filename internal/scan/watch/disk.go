package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// disk is the watched folder as the sources see it.
type disk struct {
	root  string // absolute, without symbolic links
	skip  func(rel string, dir bool) bool
	fault func(rel string) error
}

// abs returns where rel lies.
func (d disk) abs(rel string) string { return filepath.Join(d.root, filepath.FromSlash(rel)) }

// rel returns an absolute name relative to the root, with slashes.
func (d disk) rel(abs string) (string, bool) {
	rel, err := filepath.Rel(d.root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// stamp is what shows, without reading a file, that it changed. The zero stamp
// is a file that is not there. Symbolic links are not followed.
type stamp struct {
	size  int64
	mtime int64 // nanoseconds
	mode  fs.FileMode
}

// stampOf leaves out the times of folders: they change with their files, which
// have stamps of their own.
func stampOf(info fs.FileInfo) stamp {
	if info.IsDir() {
		return stamp{mode: fs.ModeDir}
	}
	return stamp{size: info.Size(), mtime: info.ModTime().UnixNano(), mode: info.Mode()}
}

// stamp looks at rel.
func (d disk) stamp(rel string) stamp {
	info, err := os.Lstat(d.abs(rel))
	if err != nil {
		return stamp{}
	}
	return stampOf(info)
}

// readDir lists the folder at rel. There may be entries beside an error.
func (d disk) readDir(rel string) ([]fs.DirEntry, error) {
	if d.fault != nil {
		if err := d.fault(rel); err != nil {
			return nil, err
		}
	}
	return os.ReadDir(d.abs(rel))
}

// vanished reports whether err says that a name is not, or no longer, there as
// a folder.
func vanished(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// plain drops the absolute path from a system error: a Notice names its path
// itself.
func plain(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
