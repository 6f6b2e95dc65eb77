package slim

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/upload"
	"github.com/wecos-go/wecos/internal/upload/compress"
)

// compressor makes images smaller on their way to the store; nil leaves them
// as they are. The files of the app and their backups stay the originals.
type compressor struct {
	local *compress.Engine // nil when the service does it
	rule  string           // for the service
	// id is part of the hash in keys: other settings make another object.
	id string
	// whole bounds the bytes of originals that are in memory to be compressed.
	whole *semaphore.Weighted
}

// maxWhole bounds, in bytes, the originals that are in memory at once to be
// compressed, and so the largest that is.
const maxWhole = compress.MaxBytes

// newCompressor is what the configuration asks for.
func newCompressor(c *config.Compress) (*compressor, error) {
	if c == nil {
		return nil, nil
	}
	out := &compressor{
		id:    fmt.Sprintf("%s quality %d width %d", c.Engine, c.Quality, c.MaxWidth),
		whole: semaphore.NewWeighted(maxWhole),
	}
	if c.Engine == config.EngineCI {
		out.rule = fmt.Sprintf("imageView2/q/%d", c.Quality)
		if c.MaxWidth > 0 { // mode 2 never makes a picture larger
			out.rule = fmt.Sprintf("imageView2/2/w/%d/q/%d", c.MaxWidth, c.Quality)
		}
		return out, nil
	}
	var err error
	out.local, err = compress.New(compress.Options{Quality: c.Quality, MaxWidth: c.MaxWidth})
	return out, err
}

// byService reports whether the service compresses.
func (c *compressor) byService() bool { return c != nil && c.rule != "" }

// named is the hash that goes into the key of an image with the content s.
func (c *compressor) named(s sum) sum {
	if c == nil {
		return s
	}
	return sumOf(append(s[:], c.id...))
}

// smaller is what to put in the place of t, nil when that is t itself. data is
// its content when that was read already. A picture that cannot be compressed
// is no error: its original is as good as ever.
func (c *compressor) smaller(ctx context.Context, t transfer, data []byte) ([]byte, error) {
	if c == nil || c.local == nil || t.size > maxWhole {
		return nil, nil
	}
	if data == nil {
		if err := c.whole.Acquire(ctx, t.size); err != nil {
			return nil, err
		}
		defer c.whole.Release(t.size)
		var err error
		if data, err = t.readAll(ctx); err != nil {
			return nil, err
		}
	}
	got, err := c.local.Image(ctx, data)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil || !got.Changed:
		return nil, nil
	}
	return got.Data, nil
}

// packed is the content that the store gets for t, and the ETag that it has
// then: those of t itself, or of something smaller.
func (r *run) packed(ctx context.Context, t transfer) (content, string, error) {
	data, err := r.compressor.smaller(ctx, t, nil)
	if err != nil {
		return content{}, "", err
	}
	if data == nil {
		etag, err := t.etag(ctx)
		return t.content(), etag, err
	}
	return contentOf(data), md5Of(data), nil
}

func contentOf(data []byte) content { return content{sumOf(data), int64(len(data))} }

func md5Of(data []byte) string {
	s := md5.Sum(data)
	return hex.EncodeToString(s[:])
}

// processed reads what the service made of t: its bytes cannot be known
// otherwise, and the address has to answer with them.
func (r *run) processed(ctx context.Context, t transfer, p upload.Processed) (content, error) {
	r.service.note(p)
	if !p.Used {
		return t.content(), nil
	}
	h := sha256.New()
	n := counter(0)
	if err := r.download(ctx, t.key, io.MultiWriter(h, &n)); err != nil {
		return content{}, err
	}
	return content{sum(h.Sum(nil)), int64(n)}, nil
}

// service is what came of asking the service to compress.
type service struct {
	mu      sync.Mutex
	worked  bool
	refused error // the first answer that was a refusal
}

func (s *service) note(p upload.Processed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.worked = s.worked || p.Used
	if s.refused == nil {
		s.refused = p.Refused
	}
}

// warnings holds one when the service refused and compressed nothing: a person
// who asked for it would not learn of that otherwise.
func (s *service) warnings() []Warning {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.worked || s.refused == nil {
		return nil
	}
	reason := s.refused.Error()
	if e, ok := errors.AsType[*upload.Error](s.refused); ok {
		reason = e.Reason()
	}
	return []Warning{{
		Text: "the service compressed no image: " + reason,
		Hint: `image processing must be enabled for the bucket and allowed to the account; "compress": {"engine": "local"} does without`,
	}}
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
