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

// OpKind is a kind of file operation, as a Hook sees it.
type OpKind string

// The operations that a Hook sees.
const (
	OpRead    OpKind = "read"    // open a file or folder to read it
	OpCreate  OpKind = "create"  // create a temporary or lock file
	OpWrite   OpKind = "write"   // fill a created file
	OpSync    OpKind = "sync"    // make a file's content durable
	OpRename  OpKind = "rename"  // put a temporary file in its place
	OpRemove  OpKind = "remove"  // remove a file or empty folder
	OpMkdir   OpKind = "mkdir"   // create one folder
	OpSyncDir OpKind = "syncdir" // make the entries of a folder durable
)

// Changes reports whether operations of kind k change what is on disk.
func (k OpKind) Changes() bool { return k != OpRead }

// Op is one file operation that is about to happen. Name is relative to the
// root's folder Dir.
type Op struct {
	Kind OpKind
	Dir  string
	Name string
}

// Hook is asked before every file operation of a Root. An error keeps the
// operation from happening and is what the operation returns; with SkipSync a
// sync is left out and counts as done. It may be called from several
// goroutines.
type Hook func(Op) error

// SkipSync is what a Hook returns for an OpSync or OpSyncDir that need not
// happen: tests that simulate a crash do not need a disk that survives one.
var SkipSync = errors.New("sync left out")

// Root is a folder and the durable operations below it. All names are relative
// to it, with slashes; a name that would leave it, also through a symbolic
// link, is an error. A Root may be used by several goroutines.
type Root struct {
	root *os.Root
	dir  string
	hook Hook
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
	r := &Root{root: root, dir: dir}
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
	probe := &Root{dir: dir}
	for _, o := range opts {
		o(probe)
	}
	if err := probe.before(OpMkdir, "."); err != nil {
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
func (r *Root) Close() error { return r.root.Close() }

// before asks the hook whether an operation may happen.
func (r *Root) before(kind OpKind, name string) error {
	if r.hook == nil {
		return nil
	}
	return r.hook(Op{Kind: kind, Dir: r.dir, Name: name})
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
	l, err := local(name)
	if err != nil {
		return nil, err
	}
	return r.root.Lstat(l)
}

// Open opens the regular file name for reading. Anything else, a symbolic link
// too, is a *NotRegularError.
func (r *Root) Open(name string) (*os.File, error) {
	l, err := local(name)
	if err != nil {
		return nil, err
	}
	if err := r.before(OpRead, name); err != nil {
		return nil, err
	}
	// Lstat first: opening a named pipe would wait for its writer.
	seen, err := r.root.Lstat(l)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, &NotRegularError{Name: name, Mode: seen.Mode()}
	}
	f, err := r.root.Open(l)
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
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("read %s: longer than %d bytes", name, limit)
	}
	return data, nil
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
	l, err := local(name)
	if err != nil {
		return err
	}
	if info, err := r.root.Stat(l); err == nil && info.IsDir() {
		return nil
	}
	parent := path.Dir(name)
	if parent != "." {
		if err := r.MkdirAll(parent, b); err != nil {
			return err
		}
	}
	if err := r.before(OpMkdir, name); err != nil {
		return err
	}
	if err := r.root.Mkdir(l, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
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
	l, err := local(name)
	if err != nil {
		return err
	}
	if err := r.before(OpRemove, name); err != nil {
		return err
	}
	if err := r.root.Remove(l); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Rename moves from to to, both below r, and makes the move durable.
func (r *Root) Rename(from, to string) error {
	if err := r.rename(from, to); err != nil {
		return err
	}
	if err := r.syncDir(path.Dir(to)); err != nil || path.Dir(from) == path.Dir(to) {
		return err
	}
	return r.syncDir(path.Dir(from))
}

func (r *Root) rename(from, to string) error {
	lf, err := local(from)
	if err != nil {
		return err
	}
	lt, err := local(to)
	if err != nil {
		return err
	}
	if err := r.before(OpRename, to); err != nil {
		return err
	}
	return r.root.Rename(lf, lt)
}

// syncDir makes the entries of the folder name durable.
func (r *Root) syncDir(name string) error {
	if err := r.before(OpSyncDir, name); err != nil {
		return skipped(err)
	}
	l, err := local(name)
	if err != nil {
		return err
	}
	return syncFolder(r.root, l)
}

// skipped makes a sync that a hook left out one that is done.
func skipped(err error) error {
	if errors.Is(err, SkipSync) {
		return nil
	}
	return err
}
