package safefs

import (
	"bytes"
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

// content is what one file is about to get.
type content struct {
	mode fs.FileMode
	// fresh refuses to replace a file that is there, with fs.ErrExist.
	fresh bool
	// want is the SHA-256 of the new content, if that is to be read back.
	want *[32]byte
	// guard, which may be nil, has the last word before the rename.
	guard func() error
	fill  func(io.Writer) error
}

// WriteFileAtomic makes data the content of name: a reader sees the old content
// or the new, never a part, and after a power cut it is one of the two. Missing
// folders are created. An existing regular file keeps its mode and the spelling
// of its name, a new one gets mode. Without a batch the new content is durable on return; with one it is
// put in place by the batch's Flush.
func (r *Root) WriteFileAtomic(name string, data []byte, mode fs.FileMode, b *Batch) error {
	return r.WriteFunc(name, mode, b, all(data))
}

// WriteFunc is WriteFileAtomic for content that fill writes; nothing appears
// when fill fails.
func (r *Root) WriteFunc(name string, mode fs.FileMode, b *Batch, fill func(io.Writer) error) error {
	if err := r.MkdirAll(path.Dir(name), b); err != nil {
		return err
	}
	return r.put(name, b, content{mode: mode, fill: fill})
}

// ReplaceIf replaces the content of the regular file name by data, provided its
// SHA-256 is still want just before the new content takes its place; otherwise
// it is a *ChangedError and the file stays as it is. The mode stays. A file that
// surely is as seen, which may be nil, when it had that content is not read
// again. With a batch the check and the replacement are made by the batch's
// Flush.
func (r *Root) ReplaceIf(name string, want [32]byte, seen *Seen, data []byte, b *Batch) error {
	err := r.put(name, b, content{guard: func() error { return r.Check(name, want, seen) }, fill: all(data)})
	if gone(err) {
		return &ChangedError{Name: name}
	}
	return err
}

// RemoveIf removes the regular file name, provided its SHA-256 is want;
// otherwise it is a *ChangedError and the file stays. A file that surely is as
// seen, which may be nil, when it had that content is not read again. With a
// batch the removal becomes durable with the batch's Flush, else on return.
func (r *Root) RemoveIf(name string, want [32]byte, seen *Seen, b *Batch) error {
	if err := r.Check(name, want, seen); err != nil {
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

// put is the one way in which content arrives: w.fill writes a temporary file
// in the folder of name, which a batch then syncs and renames.
func (r *Root) put(name string, b *Batch, w content) error {
	p := &pending{root: r, temp: TempName(name), name: name, mode: w.mode.Perm(), guard: w.guard}
	switch old, err := r.Lstat(name); {
	case err == nil && w.fresh:
		return existing(name)
	case err == nil && !old.Mode().IsRegular():
		return &NotRegularError{Name: name, Mode: old.Mode()}
	case err == nil:
		p.mode, p.old = old.Mode().Perm(), old
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if w.fresh {
		p.guard = func() error { return r.missing(name) }
	}
	if err := r.fillTemp(p, w); err != nil {
		return errors.Join(err, p.discard())
	}
	if b != nil {
		b.add(p)
		return nil
	}
	own := NewBatch(1)
	own.add(p)
	err := own.Flush(context.Background())
	if failed, ok := errors.AsType[*BatchError](err); ok && len(failed.Failures) == 1 {
		return failed.Failures[0].Err
	}
	return err
}

// fillTemp writes the temporary file of p, which only its owner may read until
// it gets the mode of the file that it stands for. It stays open.
func (r *Root) fillTemp(p *pending, w content) error {
	if err := r.before(OpCreate, p.temp); err != nil {
		return err
	}
	dir, base, err := r.enter(p.temp)
	if err != nil {
		return err
	}
	defer r.leave(dir)
	const flags = os.O_RDWR | os.O_CREATE | os.O_EXCL
	p.file, err = dir.OpenFile(base, flags, newMode)
	if errors.Is(err, fs.ErrExist) {
		// What a crash left is removed rather than opened: it may be a link.
		if err := dir.Remove(base); err != nil {
			return err
		}
		p.file, err = dir.OpenFile(base, flags, newMode)
	}
	if err != nil {
		p.file = nil
		return err
	}
	if err := r.before(OpWrite, p.temp); err != nil {
		return err
	}
	if err := w.fill(p.file); err != nil {
		return err
	}
	if w.want != nil {
		if err := p.readBack(*w.want); err != nil {
			return err
		}
	}
	keepOwner(p.file, p.old)
	return p.setMode()
}

// newMode is that of a file that is being written, for its owner only.
const newMode = 0o600

// setMode gives the file its mode, on a disk that keeps modes: FAT and exFAT
// know only whether a file can be written, and refuse the rest.
func (p *pending) setMode() error {
	err := p.file.Chmod(p.mode)
	if err == nil {
		return nil
	}
	if info, failed := p.file.Stat(); failed == nil && info.Mode().Perm() != newMode {
		return nil // it has not kept that one either
	}
	return err
}

// readBack compares what was written with its SHA-256.
func (p *pending) readBack(want [32]byte) error {
	if err := p.root.before(OpRead, p.temp); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum, _, err := hash(p.file)
	if err == nil && sum != want {
		err = &MismatchError{Name: p.name}
	}
	return err
}

func all(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(data))
		return err
	}
}

// missing returns fs.ErrExist if there is anything called name.
func (r *Root) missing(name string) error {
	_, err := r.Lstat(name)
	switch {
	case err == nil:
		return existing(name)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

func existing(name string) error {
	return &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
}

// gone reports whether err says that there is no such regular file any more.
func gone(err error) bool {
	_, irregular := errors.AsType[*NotRegularError](err)
	return irregular || errors.Is(err, fs.ErrNotExist)
}
