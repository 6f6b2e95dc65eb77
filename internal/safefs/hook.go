package safefs

import "errors"

// OpKind is a kind of file operation, as a Hook sees it.
type OpKind string

// The operations that a Hook sees.
const (
	OpRead    OpKind = "read"    // open a file or folder to read it, read a copy back
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
// operation from happening and is what the operation returns; with ErrSkipSync a
// sync is left out and counts as done. It may be called from several
// goroutines.
type Hook func(Op) error

// ErrSkipSync is what a Hook returns for an OpSync or OpSyncDir that need not
// happen: tests that simulate a crash do not need a disk that survives one.
var ErrSkipSync = errors.New("sync left out")

// before asks the hook whether an operation may happen.
func (r *Root) before(kind OpKind, name string) error {
	if r.hook == nil {
		return nil
	}
	return r.hook(Op{Kind: kind, Dir: r.dir, Name: name})
}

// skipped makes a sync that a hook left out one that is done.
func skipped(err error) error {
	if errors.Is(err, ErrSkipSync) {
		return nil
	}
	return err
}
