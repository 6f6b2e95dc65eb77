package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// stuck is content of which a few bytes come, and then none until it is closed.
type stuck struct {
	reading func() // called when somebody waits
	closed  chan struct{}
	close   func()
	given   bool
}

func newStuck(reading func()) *stuck {
	s := &stuck{reading: reading, closed: make(chan struct{})}
	s.close = sync.OnceFunc(func() { close(s.closed) })
	return s
}

func (s *stuck) Read(p []byte) (int, error) {
	if !s.given {
		s.given = true
		return copy(p, "\x89PNG\r\n\x1a\n"+strings.Repeat("x", sniffLength)), nil
	}
	s.reading()
	<-s.closed
	return 0, errors.New("closed")
}

func (s *stuck) Close() error {
	s.close()
	return nil
}

// TestCancellation ends the context wherever a request may be: every call
// returns within 100 ms, with the cause.
func TestCancellation(t *testing.T) {
	const inTime = 100 * time.Millisecond
	cause := errors.New("a person pressed ctrl-c")
	reached := make(chan struct{}, 64)
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reached <- struct{}{}
		<-r.Context().Done()
	}
	headers := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		hang(w, r)
	}
	busy := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(http.StatusServiceUnavailable)
		reached <- struct{}{}
	}
	text := func(size int) Object { return file(strings.Repeat("x", size), int64(size), nil) }
	blocked := func(size int) Object {
		return Object{Size: int64(size), Open: func() (io.ReadCloser, error) {
			return newStuck(func() { reached <- struct{}{} }), nil
		}}
	}
	put := func(o Object) func(context.Context, *COS) error {
		return func(ctx context.Context, c *COS) error { return c.Put(ctx, "k", o) }
	}
	list := func(ctx context.Context, c *COS) (last error) {
		for _, err := range c.List(ctx, "") {
			last = err
		}
		return last
	}
	tests := []struct {
		name   string
		server http.HandlerFunc
		call   func(context.Context, *COS) error
	}{
		{"small object, no reply", hang, put(text(10))},
		{"small object, reply without end", headers, put(Object{Data: []byte("x")})},
		{"small object, slow disk", hang, put(blocked(1000))},
		{"stream, no reply", hang, put(text(smallObject + 1))},
		{"stream, slow disk", hang, put(blocked(smallObject + 1))},
		{"parts, no reply", hang, put(text(MultipartThreshold + 1))},
		{"parts, slow disk", hang, put(blocked(MultipartThreshold + 1))},
		{"pause before another attempt", busy, put(Object{Data: []byte("x")})},
		{"listing, no reply", hang, list},
		{"listing, reply without end", headers, list},
		{"listing, pause", busy, list},
		{"head", hang, func(ctx context.Context, c *COS) error { _, err := c.Head(ctx, "k"); return err }},
		{"get", hang, func(ctx context.Context, c *COS) error { _, _, err := c.Get(ctx, "k"); return err }},
		{"body of get", headers, func(ctx context.Context, c *COS) error {
			body, _, err := c.Get(ctx, "k")
			if err != nil {
				return err
			}
			defer body.Close()
			if _, err = io.Copy(io.Discard, body); err != nil {
				err = context.Cause(ctx) // a reader of the network says it in words of its own
			}
			return err
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(tt.server)
			defer srv.Close()
			c := dial(t, srv.URL, nil)
			best := time.Hour
			// Other programs share this computer: one of three must do it.
			for range 3 {
				for len(reached) > 0 {
					<-reached
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				done := make(chan error, 1)
				go func() { done <- tt.call(ctx, c) }()
				<-reached
				begin := time.Now()
				cancel(cause)
				err := <-done
				if best = min(best, time.Since(begin)); !errors.Is(err, cause) {
					t.Errorf("error %v", err)
				}
				if best <= inTime {
					return
				}
			}
			t.Errorf("it took %v", best)
		})
	}
}
