// Package safefs changes files so that a crash, a full disk or another program
// never costs data: every write goes to a temporary file first, is synced and
// renamed, and is guarded by the content that the caller saw before.
//
// It never decides what to write, and no name ever leaves its root: all
// operations go through os.Root.
package safefs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Root is a folder and the durable operations below it. All names are relative
// to it, with slashes; a name that would leave it, also through a symbolic
// link, is an error. A Root may be used by several goroutines.
type Root struct {
	root    *os.Root
	top     folder // root, as the folder of names without one
	dir     string
	hook    Hook
	folders folders
}

// Option changes how OpenRoot opens.
type Option func(*Root)

// WithHook makes h see every file operation of the root. A nil h sees nothing.
func WithHook(h Hook) Option { return func(r *Root) { r.hook = h } }

// OpenRoot opens the existing folder dir.
func OpenRoot(dir string, opts ...Option) (*Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	r := &Root{root: root, dir: dir, top: folder{Root: root, name: "."}}
	r.folders.open = map[string]*folder{}
	for _, o := range opts {
		o(r)
	}
	return r, nil
}

// CreateRoot opens the folder dir and creates it, with its parents, when it
// does not exist.
func CreateRoot(dir string, opts ...Option) (*Root, error) {
	r, err := OpenRoot(dir, opts...)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	r = &Root{dir: dir}
	for _, o := range opts {
		o(r)
	}
	if err := r.before(OpMkdir, "."); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return OpenRoot(dir, opts...)
}

// Dir returns the folder as it was given to OpenRoot.
func (r *Root) Dir() string { return r.dir }

// Close releases the folder.
func (r *Root) Close() error {
	r.Refresh()
	return r.root.Close()
}

// local turns a slash-separated name into one for os.Root.
func local(name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	l, err := filepath.Localize(name)
	if err != nil {
		return "", &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return l, nil
}

// Lstat describes name and does not follow a symbolic link at its end.
func (r *Root) Lstat(name string) (fs.FileInfo, error) {
	f, base, err := r.enter(name)
	if err != nil {
		return nil, err
	}
	defer r.leave(f)
	return f.Lstat(base)
}

// Open opens the regular file name for reading. Anything else, a symbolic link
// too, is a *NotRegularError.
func (r *Root) Open(name string) (*os.File, error) {
	if err := r.before(OpRead, name); err != nil {
		return nil, err
	}
	dir, base, err := r.enter(name)
	if err != nil {
		return nil, err
	}
	defer r.leave(dir)
	// Lstat first: opening a named pipe would wait for its writer.
	seen, err := dir.Lstat(base)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, &NotRegularError{Name: name, Mode: seen.Mode()}
	}
	f, err := dir.Open(base)
	if err != nil {
		return nil, err
	}
	got, err := f.Stat()
	if err == nil && !os.SameFile(seen, got) {
		err = &ChangedError{Name: name}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// OpenLinked opens name for reading and follows symbolic links as long as they
// stay below the root. What is no regular file in the end is a
// *NotRegularError.
func (r *Root) OpenLinked(name string) (*os.File, error) {
	l, err := local(name)
	if err != nil {
		return nil, err
	}
	if err := r.before(OpRead, name); err != nil {
		return nil, err
	}
	if info, err := r.root.Stat(l); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, &NotRegularError{Name: name, Mode: info.Mode()}
	}
	return r.root.Open(l)
}

// ReadFile returns the content of the regular file name, which must not be
// longer than limit bytes.
func (r *Root) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := r.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	data := make([]byte, 0, min(info.Size(), limit)+1)
	for {
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case int64(len(data)) > limit:
			return nil, fmt.Errorf("read %s: longer than %d bytes", name, limit)
		case err == io.EOF:
			return data, nil
		case err != nil:
			return nil, err
		case len(data) == cap(data):
			data = append(data, 0)[:len(data)]
		}
	}
}

// ReadDir returns the entries of the folder name, sorted by name.
func (r *Root) ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := local(name); err != nil {
		return nil, err
	}
	if err := r.before(OpRead, name); err != nil {
		return nil, err
	}
	return fs.ReadDir(r.root.FS(), name)
}

// MkdirAll creates the folder name and its parents and makes each new entry
// durable: at once, or with the batch's Flush.
func (r *Root) MkdirAll(name string, b *Batch) error {
	if name == "." {
		return nil
	}
	// Most often the folder is there, and used again in a moment.
	if f, _, err := r.enter(name + "/x"); err == nil {
		r.leave(f)
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := path.Dir(name)
	if err := r.MkdirAll(parent, b); err != nil {
		return err
	}
	if err := r.before(OpMkdir, name); err != nil {
		return err
	}
	dir, base, err := r.enter(name)
	if err != nil {
		return err
	}
	defer r.leave(dir)
	if err := dir.Mkdir(base, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if b != nil {
		b.touched(r, parent)
		return nil
	}
	return r.syncDir(parent)
}

// Remove removes the file or empty folder name; a missing one is no error. The
// removal is durable when Remove returns.
func (r *Root) Remove(name string) error {
	if err := r.remove(name); err != nil {
		return err
	}
	return r.syncDir(path.Dir(name))
}

func (r *Root) remove(name string) error {
	if err := r.before(OpRemove, name); err != nil {
		return err
	}
	dir, base, err := r.enter(name)
	if err == nil {
		defer r.leave(dir)
		r.forget(name)
		err = dir.Remove(base)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// rename moves from to to, in the same folder.
func (r *Root) rename(from, to string) error {
	if err := r.before(OpRename, to); err != nil {
		return err
	}
	dir, base, err := r.enter(from)
	if err != nil {
		return err
	}
	defer r.leave(dir)
	return dir.Rename(base, path.Base(to))
}

// syncDir makes the entries of the folder name durable.
func (r *Root) syncDir(name string) error {
	f, err := r.openDir(name)
	if f == nil || err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// openDir opens the folder name to sync it. It is nil when there is nothing to
// sync: a hook left it out, or the system has no such thing.
func (r *Root) openDir(name string) (*os.File, error) {
	if err := r.before(OpSyncDir, name); err != nil {
		return nil, skipped(err)
	}
	dir, _, err := r.enter(path.Join(name, "x"))
	if err != nil {
		return nil, err
	}
	defer r.leave(dir)
	return openFolder(dir.Root)
}
