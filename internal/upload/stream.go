package upload

import (
	"hash"
	"io"
	"sync"
)

// countedReader passes on exactly the announced number of bytes and sums them.
// Content that is shorter or longer ends in ErrSizeChanged before the last
// byte is passed on, so that a half-written file never becomes an object. The
// transport reads it in a goroutine that may outlive the request.
type countedReader struct {
	mu    sync.Mutex
	r     io.Reader
	close func() error
	left  int64
	crc   hash.Hash64
	err   error // of the content, not of the wire
}

func (b *countedReader) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
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
