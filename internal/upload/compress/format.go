package compress

import (
	"bytes"
	"context"
	"io"

	"github.com/wecos-go/wecos/internal/upload/compress/pngpack"
)

// format is a type of picture, known by its first bytes.
type format struct {
	name, contentType string
	magic             []string
	compress          func(*Engine, context.Context, []byte) (outcome, error)
}

func formatOf(data []byte) *format {
	formats := []format{
		{"JPEG", "image/jpeg", []string{"\xff\xd8\xff"}, (*Engine).jpeg},
		{"PNG", "image/png", []string{pngpack.Signature}, (*Engine).png},
		{"GIF", "image/gif", []string{"GIF87a", "GIF89a"}, (*Engine).gif},
	}
	for i := range formats {
		for _, magic := range formats[i].magic {
			if bytes.HasPrefix(data, []byte(magic)) {
				return &formats[i]
			}
		}
	}
	return nil
}

// reader reads bytes until the context is done, so that decoders stop too.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func newReader(ctx context.Context, data []byte) io.Reader {
	return &reader{ctx, bytes.NewReader(data)}
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p[:min(len(p), 1<<16)])
}
