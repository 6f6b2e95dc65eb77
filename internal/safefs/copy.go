package safefs

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"path"
)

// CopyVerified copies the regular file from below src to to below dst. The
// content is hashed while it is copied, and the copy is read back: it exists
// only if its SHA-256 is want. A source that is not want any more is a
// *ChangedError, a file that exists already at to stays and is fs.ErrExist.
// Missing folders are created; the copy has the mode of the source. With a
// batch it appears with the batch's Flush, else it is durable on return.
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
	return dst.create(to, info.Mode(), want, b, func(w io.Writer) error {
		buf := buffers.Get().(*[]byte)
		defer buffers.Put(buf)
		h := sha256.New()
		// The structs hide methods that would not use the buffer.
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(w, h)}, struct{ io.Reader }{f}, *buf); err != nil {
			return err
		}
		if [32]byte(h.Sum(nil)) != want {
			return &ChangedError{Name: from}
		}
		return nil
	})
}

// CreateVerified is CopyVerified for content that is in memory already and whose
// SHA-256 is want.
func (r *Root) CreateVerified(name string, data []byte, mode fs.FileMode, want [32]byte, b *Batch) error {
	return r.create(name, mode, want, b, all(data))
}

func (r *Root) create(name string, mode fs.FileMode, want [32]byte, b *Batch, fill func(io.Writer) error) error {
	if err := r.MkdirAll(path.Dir(name), b); err != nil {
		return err
	}
	return r.put(name, b, content{mode: mode, fresh: true, want: &want, fill: fill})
}
