package pngpack

import (
	"bytes"
	"compress/zlib"
	"context"
	"io"
)

const (
	// Ways to filter are told apart with a quick level as well as with a slow
	// one.
	trialLevel = 3
	finalLevel = 9
	// largeLevel is for more data than large, where the last percent takes
	// most of the time.
	largeLevel = 8
	large      = 1 << 20
	// piece is how much is compressed between two looks at the context.
	piece = 1 << 16
)

func deflatedSize(ctx context.Context, data []byte) (int, error) {
	var n counter
	err := deflateTo(ctx, &n, data, trialLevel)
	return int(n), err
}

func deflate(ctx context.Context, data []byte) ([]byte, error) {
	level := finalLevel
	if len(data) > large {
		level = largeLevel
	}
	var out bytes.Buffer
	err := deflateTo(ctx, &out, data, level)
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
