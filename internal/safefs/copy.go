package safefs

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"path"
)

// CopyVerified copies the regular file from below src to to below dst. The
// content is hashed while it is copied, and the copy is read back: it exists
// only if length and SHA-256 agree with what was read and with want. A source
// that is not want any more is a *ChangedError, a file that exists already at
// to stays and is fs.ErrExist. Missing folders are created; the copy has the
// mode of the source. With a batch it appears with the batch's Flush, else it
// is durable on return.
func CopyVerified(src *Root, from string, dst *Root, to string, want [32]byte, b *Batch) error {
	f, err := src.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := dst.MkdirAll(path.Dir(to), b); err != nil {
		return err
	}
	if err := dst.missing(to); err != nil {
		return err
	}
	var size int64
	fill := func(w io.Writer) error {
		buf := buffers.Get().(*[]byte)
		defer buffers.Put(buf)
		h := sha256.New()
		n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(w, h)}, struct{ io.Reader }{f}, *buf)
		if err != nil {
			return err
		}
		size = n
		if [32]byte(h.Sum(nil)) != want {
			return &ChangedError{Name: from}
		}
		return nil
	}
	readBack := func() error {
		sum, n, err := dst.Hash(TempName(to))
		if err == nil && (sum != want || n != size) {
			err = &MismatchError{Name: to}
		}
		return cmp.Or(err, dst.missing(to))
	}
	return dst.put(to, info.Mode(), b, readBack, fill)
}

// missing returns fs.ErrExist if there is anything called name.
func (r *Root) missing(name string) error {
	_, err := r.Lstat(name)
	switch {
	case err == nil:
		return &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}
