package safefs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// TempPrefix begins the base name of every temporary file.
const TempPrefix = ".wecos-tmp-"

// TempName returns the name of the temporary file that a write of name goes
// through: in the same folder and always the same, so that the next attempt, or
// a recovery that knows name, finds what a crash left behind. Its length does
// not depend on that of name.
func TempName(name string) string {
	sum := sha256.Sum256([]byte(path.Base(name)))
	return path.Join(path.Dir(name), TempPrefix+hex.EncodeToString(sum[:8]))
}

// IsTemp reports whether name is that of a temporary file of this package.
func IsTemp(name string) bool { return strings.HasPrefix(path.Base(name), TempPrefix) }

// WriteFileAtomic makes data the content of name: a reader sees the old content
// or the new, never a part, and after a power cut it is one of the two. Missing
// folders are created. An existing regular file keeps its mode, a new one gets
// mode. Without a batch the new content is durable on return; with one it is
// put in place by the batch's Flush.
func (r *Root) WriteFileAtomic(name string, data []byte, mode fs.FileMode, b *Batch) error {
	return r.WriteFunc(name, mode, b, func(w io.Writer) error { return writeAll(w, data) })
}

// WriteFunc is WriteFileAtomic for content that fill writes; nothing appears
// when fill fails.
func (r *Root) WriteFunc(name string, mode fs.FileMode, b *Batch, fill func(io.Writer) error) error {
	if err := r.MkdirAll(path.Dir(name), b); err != nil {
		return err
	}
	return r.put(name, mode, b, nil, fill)
}

// ReplaceIf replaces the content of the regular file name by data, provided its
// SHA-256 is still want just before the new content takes its place; otherwise
// it is a *ChangedError and the file stays as it is. The mode stays. With a
// batch the check and the replacement are made by the batch's Flush.
func (r *Root) ReplaceIf(name string, want [32]byte, data []byte, b *Batch) error {
	guard := func() error { return r.check(name, want) }
	err := r.put(name, 0, b, guard, func(w io.Writer) error { return writeAll(w, data) })
	if gone(err) {
		return &ChangedError{Name: name}
	}
	return err
}

// RemoveIf removes the regular file name, provided its SHA-256 is want;
// otherwise it is a *ChangedError and the file stays. With a batch the removal
// becomes durable with the batch's Flush, else on return.
func (r *Root) RemoveIf(name string, want [32]byte, b *Batch) error {
	if err := r.check(name, want); err != nil {
		return err
	}
	if b == nil {
		return r.Remove(name)
	}
	if err := r.remove(name); err != nil {
		return err
	}
	b.touched(r, path.Dir(name))
	return nil
}

// put is the one way in which content arrives: fill writes a temporary file in
// the folder of name, which a batch then syncs and renames. guard, which may be
// nil, has the last word before the rename.
func (r *Root) put(name string, mode fs.FileMode, b *Batch, guard func() error, fill func(io.Writer) error) error {
	p := pending{root: r, temp: TempName(name), name: name, mode: mode.Perm(), guard: guard}
	switch old, err := r.Lstat(name); {
	case err == nil && !old.Mode().IsRegular():
		return &NotRegularError{Name: name, Mode: old.Mode()}
	case err == nil:
		p.mode, p.old = old.Mode().Perm(), old
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := r.fillTemp(p.temp, fill); err != nil {
		return errors.Join(err, r.discard(p.temp))
	}
	if b != nil {
		b.add(p)
		return nil
	}
	own := NewBatch(1)
	own.add(p)
	err := own.Flush(context.Background())
	if failed := (*BatchError)(nil); errors.As(err, &failed) && len(failed.Failures) == 1 {
		return failed.Failures[0].Err
	}
	return err
}

// fillTemp writes a temporary file that only its owner may read until it gets
// the mode of the file that it stands for.
func (r *Root) fillTemp(temp string, fill func(io.Writer) error) error {
	l, err := local(temp)
	if err != nil {
		return err
	}
	if err := r.before(OpCreate, temp); err != nil {
		return err
	}
	f, err := r.root.OpenFile(l, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		// What a crash left is removed rather than opened: it may be a link.
		if err := r.root.Remove(l); err != nil {
			return err
		}
		f, err = r.root.OpenFile(l, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return err
	}
	if err = r.before(OpWrite, temp); err == nil {
		err = fill(f)
	}
	return errors.Join(err, f.Close())
}

// discard removes a temporary file that is not wanted any more.
func (r *Root) discard(temp string) error {
	if _, err := r.Lstat(temp); err != nil {
		return nil
	}
	return r.remove(temp)
}

func writeAll(w io.Writer, data []byte) error {
	n, err := w.Write(data)
	if err == nil && n != len(data) {
		err = io.ErrShortWrite
	}
	return err
}

// gone reports whether err says that there is no such regular file any more.
func gone(err error) bool {
	irregular := (*NotRegularError)(nil)
	return errors.Is(err, fs.ErrNotExist) || errors.As(err, &irregular)
}
