package pngpack

import (
	"bytes"
	"compress/zlib"
	"context"
	"io"
)

const (
	trialLevel = 6
	finalLevel = 9
	// piece is how much is compressed between two looks at the context.
	piece = 1 << 18
)

func deflatedSize(ctx context.Context, data []byte) (int, error) {
	var n counter
	err := deflateTo(ctx, &n, data, trialLevel)
	return int(n), err
}

func deflate(ctx context.Context, data []byte) ([]byte, error) {
	var out bytes.Buffer
	err := deflateTo(ctx, &out, data, finalLevel)
	return out.Bytes(), err
}

func deflateTo(ctx context.Context, out io.Writer, data []byte, level int) error {
	w, err := zlib.NewWriterLevel(out, level)
	if err != nil {
		return err
	}
	for len(data) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(piece, len(data))
		if _, err := w.Write(data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return w.Close()
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
