package upload

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	store "github.com/wecos-go/wecos/internal/servers/cos"
)

func TestProbe(t *testing.T) {
	image := []byte("\x89PNG\r\n\x1a\nimage")
	mux := http.NewServeMux()
	serve := func(path string, h http.HandlerFunc) { mux.HandleFunc(path, h) }
	write := func(w http.ResponseWriter) { _, _ = w.Write(image) }
	serve("/good", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the probe is signed")
		}
		write(w)
	})
	serve("/attachment", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `Attachment; filename="a.png"`)
		write(w)
	})
	serve("/forced", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("x-cos-force-download", "true"); write(w) })
	serve("/inline", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "inline")
		write(w)
	})
	serve("/private", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })
	serve("/other", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", len(image)))
	})
	serve("/shorter", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(image[1:]) })
	serve("/partial", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206); write(w) })
	serve("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	})
	serve("/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write(image[:5])
	})
	serve("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good", http.StatusFound) })
	serve("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	srv := httptest.NewServer(mux)
	defer srv.Close()

	tests := []struct {
		path   string
		status int // of the result
		ok     bool
		forced bool
		hint   string
	}{
		{"/good", 200, true, false, ""},
		{"/attachment", 200, true, true, ""},
		{"/forced", 200, true, true, ""},
		{"/inline", 200, true, false, ""},
		{"/redirect", 200, true, false, ""},
		{"/loop", 302, false, false, "targetHost"},
		{"/private", 403, false, false, "public read"},
		{"/missing", 404, false, false, "targetHost"},
		{"/partial", 206, false, false, "targetHost"},
		{"/other", 200, false, false, "targetHost"},
		{"/shorter", 200, false, false, "targetHost"},
		{"/endless", 200, false, false, "targetHost"},
		{"/broken", 200, false, false, "targetHost"},
	}
	for _, tt := range tests {
		res, err := Probe(context.Background(), srv.Client(), srv.URL+tt.path, sha256.Sum256(image), int64(len(image)))
		if (err == nil) != tt.ok || res.Match != tt.ok || res.Status != tt.status || res.ForcedDownload != tt.forced {
			t.Errorf("%s: %+v, %v", tt.path, res, err)
		}
		var probe *ProbeError
		if !tt.ok && (!errors.As(err, &probe) || !strings.Contains(probe.Hint, tt.hint)) {
			t.Errorf("%s: %#v", tt.path, err)
		}
		if tt.ok && (res.Size != int64(len(image)) || res.ContentType != "image/png") {
			t.Errorf("%s: %+v", tt.path, res)
		}
	}
	if res, _ := Probe(context.Background(), srv.Client(), srv.URL+"/redirect", sha256.Sum256(image), int64(len(image))); !strings.HasSuffix(res.URL, "/good") {
		t.Errorf("after redirects: %s", res.URL)
	}
	for _, address := range []string{"http://127.0.0.1:1/x", ":bad", "ftp://127.0.0.1/x"} {
		var probe *ProbeError
		if _, err := Probe(context.Background(), srv.Client(), address, [32]byte{}, 1); !errors.As(err, &probe) || probe.Status != 0 {
			t.Errorf("%s: %v", address, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Probe(ctx, srv.Client(), srv.URL+"/good", [32]byte{}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestProbeNeverLeavesHTTPS(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) }))
	defer plain.Close()
	secure := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer secure.Close()
	if res, err := Probe(context.Background(), secure.Client(), secure.URL, sha256.Sum256([]byte("x")), 1); err == nil || res.Status != 302 {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestProbeDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})}
		if _, err := Probe(t.Context(), client, "https://img.example.com/a.png", [32]byte{}, 1); !errors.Is(err, errTimeout) {
			t.Errorf("error %v", err)
		}
	})
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestProbeOfStore goes the whole way: upload, then the final URL.
func TestProbeOfStore(t *testing.T) {
	for _, private := range []bool{false, true} {
		srv := serve(t, store.Options{Private: private}, nil)
		d, err := NewDestination(Settings{Bucket: store.DefaultBucket, Endpoint: srv.URL, Folder: "/图 片/"})
		if err != nil {
			t.Fatal(err)
		}
		key, image := d.Key("a#b?c%20d+@2x.png"), []byte("image")
		if err := dial(t, d.Endpoint, nil).Put(context.Background(), key, Object{Data: bytes.Clone(image)}); err != nil {
			t.Fatal(err)
		}
		res, err := Probe(context.Background(), srv.Client(), d.URL(key), sha256.Sum256(image), int64(len(image)))
		if (err == nil) == private || res.Match == private {
			t.Errorf("private %v: %+v, %v", private, res, err)
		}
	}
}
