package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	store "github.com/wecos-go/wecos/internal/servers/cos"
)

// TestFaultsOverLoopback lets every third request fail, in both ways in which
// a busy service does.
func TestFaultsOverLoopback(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]store.Fault{"503": {Status: 503}, "reset": {Reset: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			srv := serve(t, store.Options{Fault: func(*http.Request) store.Fault {
				if n.Add(1)%3 == 1 {
					return fault
				}
				return store.Fault{}
			}}, nil)
			c, ctx := dial(t, srv.URL, nil), context.Background()
			for key, o := range map[string]Object{
				"data":   {Data: []byte("data")},
				"file":   file("file", 4, nil),
				"stream": file(strings.Repeat("s", smallObject+1), smallObject+1, nil),
				"parts":  file(strings.Repeat("p", MultipartThreshold+1), MultipartThreshold+1, nil),
			} {
				if err := c.Put(ctx, key, o); err != nil {
					t.Errorf("put %s: %v", key, err)
				}
				if info, err := c.Head(ctx, key); err != nil || info.Size != max(o.Size, int64(len(o.Data))) {
					t.Errorf("head %s: %+v, %v", key, info, err)
				}
			}
			if err := c.Copy(ctx, "data", "copy"); err != nil {
				t.Errorf("copy: %v", err)
			}
			keys := 0
			for _, err := range c.List(ctx, "") {
				if err != nil {
					t.Fatal(err)
				}
				keys++
			}
			if keys != 5 {
				t.Errorf("%d keys are listed", keys)
			}
		})
	}
}

func TestWrongKeysOverLoopback(t *testing.T) {
	srv := serve(t, store.Options{}, nil)
	tests := map[string]func(*COSConfig){
		"InvalidAccessKeyId":    func(c *COSConfig) { c.SecretID = "AKIDother" },
		"SignatureDoesNotMatch": func(c *COSConfig) { c.SecretKey = "other" },
	}
	for code, change := range tests {
		var fatal *FatalError
		if err := dial(t, srv.URL, change).Put(context.Background(), "k", Object{Data: []byte("x")}); !errors.As(err, &fatal) || fatal.Code != code || fatal.Hint == "" {
			t.Errorf("%s: %v", code, err)
		}
	}
	late := serve(t, store.Options{Now: func() time.Time { return time.Now().Add(5 * time.Hour) }}, nil)
	var fatal *FatalError
	if err := dial(t, late.URL, nil).Put(context.Background(), "k", Object{Data: []byte("x")}); !errors.As(err, &fatal) || fatal.Code != "RequestTimeTooSkewed" {
		t.Errorf("a clock five hours behind: %v", err)
	}
}

// TestFailedPartsAreRemoved denies the second part.
func TestFailedPartsAreRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	srv := serve(t, store.Options{Dir: dir}, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.RawQuery, "partNumber=2") {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	c := dial(t, srv.URL, nil)
	var fatal *FatalError
	if err := c.Put(context.Background(), "k", Object{Data: make([]byte, MultipartThreshold+1)}); !errors.As(err, &fatal) {
		t.Errorf("error %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, store.DefaultBucket, "uploads")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// TestLostReplyOfCompletion lets the store do the work but loses its word.
func TestLostReplyOfCompletion(t *testing.T) {
	t.Parallel()
	var lost atomic.Int32
	srv := serve(t, store.Options{}, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.Contains(r.URL.RawQuery, "uploadId=") && lost.Add(1) == 1 {
				h.ServeHTTP(httptest.NewRecorder(), r)
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	c := dial(t, srv.URL, nil)
	if err := c.Put(context.Background(), "k", Object{Data: make([]byte, MultipartThreshold+1)}); err != nil {
		t.Errorf("error %v", err)
	}
	if lost.Load() != 2 {
		t.Errorf("%d completions were sent", lost.Load())
	}
}

// TestEarlyReply answers before the body has been read, while the transport is
// still sending it.
func TestEarlyReply(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer srv.Close()
	c := dial(t, srv.URL, func(cfg *COSConfig) { cfg.Attempts = 2 })
	for _, size := range []int{smallObject, 8 << 20} {
		o := Object{Size: int64(size), Open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(make([]byte, size))), nil
		}}
		if err := c.Put(context.Background(), "k", o); err == nil {
			t.Error("a refused upload succeeded")
		}
	}
}
