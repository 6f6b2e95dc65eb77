package slim

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/upload"
)

// chaos stands between the client and the store and lets a share of the
// requests fail. Which ones depends on the request and how often it came, not
// on the order in which workers are scheduled.
type chaos struct {
	next        http.RoundTripper
	unavailable float64 // answered with 503 instead
	resetBefore float64 // the connection breaks before the store got the request
	resetAfter  float64 // the connection breaks after the store did its work
	wrongCRC    float64

	mu       sync.Mutex
	seen     map[string]uint64 // requests by what they are, and how often
	failures int
}

func (c *chaos) roll(r *http.Request) float64 {
	id := r.Method + " " + r.URL.Path + "?" + r.URL.Query().Get("marker")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[id]++
	h := fnv.New64a()
	_, _ = io.WriteString(h, id)
	_ = binary.Write(h, binary.LittleEndian, c.seen[id])
	return rand.New(rand.NewPCG(h.Sum64(), 1)).Float64()
}

func (c *chaos) RoundTrip(r *http.Request) (*http.Response, error) {
	roll := c.roll(r)
	strikes := func(share float64) bool {
		struck := 0 <= roll && roll < share
		roll -= share
		return struck
	}
	failed := func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.failures++
	}
	drop := func() {
		if r.Body != nil {
			r.Body.Close()
		}
	}
	switch {
	case strikes(c.unavailable):
		drop()
		failed()
		body := "<Error><Code>ServiceUnavailable</Code></Error>"
		return &http.Response{StatusCode: 503, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r}, nil
	case strikes(c.resetBefore):
		drop()
		failed()
		return nil, syscall.ECONNRESET
	case strikes(c.resetAfter):
		resp, err := c.next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		failed()
		return nil, syscall.ECONNRESET
	}
	wrong := strikes(c.wrongCRC)
	resp, err := c.next.RoundTrip(r)
	if err == nil && wrong && resp.Header.Get("X-Cos-Hash-Crc64ecma") != "" {
		resp.Header.Set("X-Cos-Hash-Crc64ecma", "1")
		failed()
	}
	return resp, err
}

// crowd is an app of n images, each with a reference.
func crowd(n int) tree {
	files := tree{"app.json": `{"pages": ["p/p"]}`, "p/p.js": "Page({})\n"}
	var wxml bytes.Buffer
	for i := range n {
		name := fmt.Sprintf("img/%02d/%04d.png", i/50, i)
		files[name] = png(name, 200)
		fmt.Fprintf(&wxml, "<image src=\"/%s\"/>\n", name)
	}
	files["p/p.wxml"] = wxml.String()
	return files
}

// through puts c between w and its store.
func (w *world) through(c *chaos) {
	w.t.Helper()
	tr := &http.Transport{MaxIdleConnsPerHost: 64}
	w.t.Cleanup(tr.CloseIdleConnections)
	c.next, c.seen = tr, map[string]uint64{}
	client, err := upload.NewCOS(upload.COSConfig{
		Endpoint: w.dest.Endpoint, Bucket: w.dest.Bucket, SecretID: credentials.ID, SecretKey: credentials.Key,
		Workers: 32, Backoff: time.Microsecond, Transport: c,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.cfg.Concurrency, w.store = 32, client
}

// TestChaos moves 2,000 images through a network in which every sixth request
// fails: all of them arrive.
func TestChaos(t *testing.T) {
	const n = 2000
	files := crowd(n)
	w := newWorld(t, files)
	direct := w.store
	c := &chaos{unavailable: 0.10, resetBefore: 0.025, resetAfter: 0.025, wrongCRC: 0.02}
	w.through(c)
	res := w.run()
	if c.failures < n/10 {
		t.Fatalf("only %d requests failed", c.failures)
	}
	if len(res.Failed) > 0 || res.Images.Removed != n || res.References.Rewritten != n {
		t.Errorf("%+v %+v, failed %d", res.Images, res.References, len(res.Failed))
	}
	// The objects, asked of the store itself.
	objects := map[string]bool{}
	for info, err := range direct.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		objects[info.Key] = true
	}
	wxml := w.read("app")["p/p.wxml"]
	keys := map[string]string{}
	for path, img := range w.manifest().Images {
		if other := keys[img.Key]; other != "" {
			t.Errorf("%s and %s have one key", path, other)
		}
		keys[img.Key] = path
		if !objects[img.Key] || img.Sum != sumOf([]byte(files[path])) {
			t.Errorf("%s is in the manifest but not online", path)
		}
		if strings.Count(wxml, w.dest.URL(img.Key)+`"`) != 1 {
			t.Errorf("%s is not referred to once", img.Key)
		}
	}
	if len(keys) != n || len(objects) != n {
		t.Errorf("%d images in the manifest, %d objects, want %d", len(keys), len(objects), n)
	}
	if strings.Contains(wxml, `"/img/`) {
		t.Error("references are left")
	}
	again := w.run()
	if again.Images.Uploaded != 0 || len(again.Edits) > 0 {
		t.Errorf("the second run did %+v", again.Images)
	}
}

// TestTotalFailure has a service that never works: the app stays as it is, to
// the byte and to the modification time.
func TestTotalFailure(t *testing.T) {
	for name, tt := range map[string]struct {
		images int
		c      *chaos
	}{
		"503":   {2000, &chaos{unavailable: 1}},
		"reset": {200, &chaos{resetBefore: 1}},
		"crc":   {200, &chaos{wrongCRC: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			c, files := tt.c, crowd(tt.images)
			w := newWorld(t, files)
			before := w.stamps("app")
			w.through(c)
			res, err := w.engine().Run(context.Background())
			if err == nil && len(res.Failed) != tt.images {
				t.Errorf("%d of %d failed", len(res.Failed), tt.images)
			}
			if err == nil && name != "crc" { // a listing has no checksum
				t.Error("a service that never answers is no error")
			}
			if c.failures == 0 || c.failures > 2*tt.images+600 {
				t.Errorf("%d requests failed", c.failures)
			}
			w.same("app", files)
			if !maps.Equal(w.stamps("app"), before) {
				t.Error("a file was touched")
			}
			if m := w.manifest(); len(m.Images) > 0 {
				t.Errorf("%d images are in the manifest", len(m.Images))
			}
		})
	}
}
