package safefs

import (
	"crypto/sha256"
	"io"
	"sync"
)

// buffers keep copies from allocating one each.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// Hash returns the SHA-256 and the length of the regular file name.
func (r *Root) Hash(name string) (sum [32]byte, size int64, err error) {
	f, err := r.Open(name)
	if err != nil {
		return sum, 0, err
	}
	defer f.Close()
	return hash(f)
}

func hash(from io.Reader) (sum [32]byte, size int64, err error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	h := sha256.New()
	// The struct hides WriteTo, which would not use the buffer.
	size, err = io.CopyBuffer(h, struct{ io.Reader }{from}, *buf)
	if err != nil {
		return sum, 0, err
	}
	h.Sum(sum[:0])
	return sum, size, nil
}

// check returns a *ChangedError unless name is a regular file with the SHA-256
// want.
func (r *Root) check(name string, want [32]byte) error {
	sum, _, err := r.Hash(name)
	if gone(err) || err == nil && sum != want {
		return &ChangedError{Name: name}
	}
	return err
}

// Check returns a *ChangedError unless name is a regular file with the SHA-256
// want. A file that surely is as seen, which may be nil, when it had that
// content is not read again.
func (r *Root) Check(name string, want [32]byte, seen *Seen) error {
	if info, err := r.Lstat(name); err == nil && seen.still(info) {
		return nil
	}
	return r.check(name, want)
}
