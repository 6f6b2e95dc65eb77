package upload

import (
	"bytes"
	"context"
	"hash"
	"io"
	"sync"
)

// opened opens the content for as long as ctx lasts: its end closes the
// content, so that nobody waits for a slow disk.
func (o Object) opened(ctx context.Context) (io.ReadCloser, error) {
	if o.Data != nil {
		return &endingReader{ctx, bytes.NewReader(o.Data), func() error { return nil }}, nil
	}
	rc, err := o.Open()
	if err != nil {
		return nil, &localError{err}
	}
	once := sync.OnceValue(rc.Close)
	stop := context.AfterFunc(ctx, func() { _ = once() })
	return &endingReader{ctx, rc, func() error {
		stop()
		return once()
	}}, nil
}

type endingReader struct {
	ctx   context.Context
	r     io.Reader
	close func() error
}

// oneRead is the most that is read between two looks at the context.
const oneRead = 256 << 10

func (r *endingReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p[:min(len(p), oneRead)])
}

func (r *endingReader) Close() error { return r.close() }

// countedReader passes on exactly the announced number of bytes and sums them.
// Content that is shorter or longer ends in ErrSizeChanged before the last
// byte is passed on, so that a half-written file never becomes an object. The
// transport reads it in a goroutine that may outlive the request: whoever asks
// for the outcome does not wait for a read under way.
type countedReader struct {
	r     io.Reader
	close func() error
	left  int64 // only for whoever reads

	mu  sync.Mutex
	crc hash.Hash64
	err error // of the content, not of the wire
}

func (b *countedReader) Read(p []byte) (int, error) {
	if err := b.failed(); err != nil {
		return 0, err
	}
	if b.left == 0 || len(p) == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), b.left)]
	n, err := b.r.Read(p)
	switch {
	case err == io.EOF && int64(n) < b.left:
		err = ErrSizeChanged
	case err == io.EOF:
		err = nil
	case err == nil && int64(n) == b.left:
		err = b.atEnd()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.err = err
		return 0, err
	}
	b.left -= int64(n)
	b.crc.Write(p[:n])
	return n, nil
}

// atEnd makes sure that nothing follows.
func (b *countedReader) atEnd() error {
	var more [1]byte
	switch n, err := io.ReadFull(b.r, more[:]); {
	case n > 0:
		return ErrSizeChanged
	case err == io.EOF:
		return nil
	default:
		return err
	}
}

func (b *countedReader) Close() error { return b.close() }

func (b *countedReader) failed() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *countedReader) sum() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.crc.Sum64()
}
