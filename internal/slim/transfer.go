package slim

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"

	"github.com/wecos-go/wecos/internal/safefs"
)

// transfer is one image that has to be online: where its content lies and the
// key that it goes to.
type transfer struct {
	path string // of the image in the app
	key  string
	sum  sum
	size int64
	mode fs.FileMode
	// local says that the image lies in the app and leaves it afterwards.
	local bool

	from *safefs.Root
	name string // below from
}

func (t transfer) open() (io.ReadCloser, error) {
	f, err := t.from.Open(t.name)
	if err != nil {
		return nil, err
	}
	return &verifying{f: f, name: t.path, want: t.sum, hash: sha256.New()}, nil
}

// inMemory is the size up to which content is read once and kept, for the
// backup as well as for the upload.
const inMemory = 256 << 10

// read returns the content of a small image, nil for a larger one.
func (t transfer) read() ([]byte, error) {
	if t.size > inMemory {
		return nil, nil
	}
	data, err := t.from.ReadFile(t.name, inMemory)
	if err == nil && sumOf(data) != t.sum {
		err = &safefs.ChangedError{Name: t.path}
	}
	return data, err
}

// readAll returns the content, which is t's or an error.
func (t transfer) readAll(ctx context.Context) ([]byte, error) {
	r, err := t.open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(&cancellable{ctx, r})
	return data, errors.Join(err, r.Close())
}

func (t transfer) content() content { return content{t.sum, t.size} }

// etag is what the service calls the content when it was sent in one piece.
func (t transfer) etag(ctx context.Context) (string, error) {
	r, err := t.open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := md5.New()
	if _, err := io.Copy(h, &cancellable{ctx, r}); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// verifying reads a file and ends in a *safefs.ChangedError instead of io.EOF
// when the content was not want, so that a half-written image never becomes an
// object.
type verifying struct {
	f    io.ReadCloser
	name string
	want sum
	hash hash.Hash
}

func (v *verifying) Read(p []byte) (int, error) {
	n, err := v.f.Read(p)
	v.hash.Write(p[:n])
	if err == io.EOF && sum(v.hash.Sum(nil)) != v.want {
		err = &safefs.ChangedError{Name: v.name}
	}
	return n, err
}

func (v *verifying) Close() error { return v.f.Close() }

// cancellable reads until its context ends.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancellable) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
