package upload

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	store "github.com/wecos-go/wecos/internal/servers/cos"
)

const (
	testID  = "AKIDuploadtest"
	testKey = "a-very-secret-key"
)

// serve runs the real store over loopback. wrap, if not nil, stands before it.
func serve(t *testing.T, opt store.Options, wrap func(http.Handler) http.Handler) *httptest.Server {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	opt.Credentials = []store.Credentials{{ID: testID, Key: testKey}}
	opt.NoSync = true
	s, err := store.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	var h http.Handler = s
	if wrap != nil {
		h = wrap(s)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.Close()
		s.Close()
	})
	return srv
}

// dial returns a client of the store at address.
func dial(t *testing.T, address string, change func(*COSConfig)) *COS {
	t.Helper()
	cfg := COSConfig{Endpoint: address, Bucket: store.DefaultBucket, SecretID: testID, SecretKey: testKey, Workers: 8}
	if change != nil {
		change(&cfg)
	}
	c, err := NewCOS(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// file is an Object whose content is opened anew for every attempt.
func file(content string, size int64, opened *atomic.Int32) Object {
	return Object{Size: size, Open: func() (io.ReadCloser, error) {
		if opened != nil {
			opened.Add(1)
		}
		// Hides everything but Read and Close, as a pipe would.
		return struct{ io.ReadCloser }{io.NopCloser(strings.NewReader(content))}, nil
	}}
}

func TestStore(t *testing.T) {
	t.Parallel()
	srv := serve(t, store.Options{}, nil)
	c, ctx := dial(t, srv.URL, nil), context.Background()
	png := "\x89PNG\r\n\x1a\n"
	objects := map[string]Object{
		"data.png":      {Data: []byte(png + "data"), CacheControl: "max-age=60"},
		"empty":         {Data: []byte{}, ContentType: "image/gif"},
		"empty file":    file("", 0, nil),
		"图/文件 @2x.png":  file(png+"file", 12, nil),
		"a#b?c%d+e&.gi": file("GIF89a", 6, nil),
		"stream.png":    file(png+strings.Repeat("s", smallObject), smallObject+8, nil),
		"parts.png":     file(png+strings.Repeat("p", MultipartThreshold), MultipartThreshold+8, nil),
		"data parts":    {Data: bytes.Repeat([]byte("d"), MultipartThreshold+1)},
	}
	for key, o := range objects {
		if err := c.Put(ctx, key, o); err != nil {
			t.Fatalf("put %q: %v", key, err)
		}
		want := o.Data
		if want == nil {
			rc, _ := o.Open()
			want, _ = io.ReadAll(rc)
		}
		rc, info, err := c.Get(ctx, key)
		if err != nil {
			t.Fatalf("get %q: %v", key, err)
		}
		got, err := io.ReadAll(rc)
		rc.Close()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("get %q: %d bytes, want %d, %v", key, len(got), len(want), err)
		}
		head, err := c.Head(ctx, key)
		if err != nil || head != info || head.Size != int64(len(want)) || head.Key != key || head.CRC64 == 0 && len(want) > 0 {
			t.Errorf("head %q: %+v, get %+v, %v", key, head, info, err)
		}
		if strings.HasSuffix(key, ".png") && info.ContentType != "image/png" {
			t.Errorf("type of %q: %s", key, info.ContentType)
		}
		if len(want) <= MultipartThreshold && info.ETag != fmt.Sprintf("%x", md5.Sum(want)) {
			t.Errorf("ETag of %q: %s", key, info.ETag)
		}
		if err := c.Copy(ctx, key, "copy of "+key); err != nil {
			t.Errorf("copy %q: %v", key, err)
		}
	}
	seen := map[string]int64{}
	last := ""
	for info, err := range c.List(ctx, "") {
		if err != nil {
			t.Fatal(err)
		}
		if info.Key <= last || info.ETag == "" {
			t.Errorf("listed %+v after %q", info, last)
		}
		last = info.Key
		seen[info.Key] = info.Size
	}
	for key, o := range objects {
		size := max(o.Size, int64(len(o.Data)))
		if seen[key] != size || seen["copy of "+key] != size {
			t.Errorf("listed: %q of %d bytes and its copy of %d, want %d", key, seen[key], seen["copy of "+key], size)
		}
		for range 2 { // again: a missing object is no error
			if err := c.Delete(ctx, key); err != nil {
				t.Errorf("delete %q: %v", key, err)
			}
		}
		if _, err := c.Head(ctx, key); !errors.Is(err, ErrNotFound) {
			t.Errorf("head %q after delete: %v", key, err)
		}
		if rc, _, err := c.Get(ctx, key); !errors.Is(err, ErrNotFound) {
			rc.Close()
			t.Errorf("get %q after delete: %v", key, err)
		}
	}
	if len(seen) != 2*len(objects) {
		t.Errorf("%d objects are listed, want %d", len(seen), 2*len(objects))
	}
	if err := c.Copy(ctx, "missing", "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("copy of nothing: %v", err)
	}
}

func TestCacheControlIsKept(t *testing.T) {
	t.Parallel()
	srv := serve(t, store.Options{}, nil)
	c := dial(t, srv.URL, nil)
	for _, size := range []int{10, smallObject + 1, MultipartThreshold + 1} {
		o := file(strings.Repeat("x", size), int64(size), nil)
		o.CacheControl, o.ContentType = "max-age=31536000, immutable", "image/webp"
		if err := c.Put(context.Background(), "k", o); err != nil {
			t.Fatal(err)
		}
		resp, err := srv.Client().Head(srv.URL + "/k")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if h := resp.Header; h.Get("Cache-Control") != o.CacheControl || h.Get("Content-Type") != o.ContentType {
			t.Errorf("%d bytes: %v", size, h)
		}
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	const n = 1500
	srv := serve(t, store.Options{}, nil)
	c, ctx := dial(t, srv.URL, nil), context.Background()
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("f/图+%%26 %04d", i)
	}
	for _, err := range Each(ctx, 8, append(keys, "other"), func(ctx context.Context, key string) error {
		return c.Put(ctx, key, Object{Data: []byte("x"), ContentType: "image/png"})
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	i := 0
	for info, err := range c.List(ctx, "f/") {
		if err != nil {
			t.Fatal(err)
		}
		if info.Key != keys[i] {
			t.Fatalf("key %d is %q", i, info.Key)
		}
		i++
	}
	if i != n {
		t.Errorf("%d keys are listed, want %d", i, n)
	}
	for range c.List(ctx, "f/") {
		break // a caller may stop
	}
}

func TestBadKeysSendNothing(t *testing.T) {
	var requests atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer srv.Close()
	c, ctx := dial(t, srv.URL, nil), context.Background()
	for _, key := range []string{"", ".", "..", "/a", "a/../b", "a\nb"} {
		var bad *KeyError
		_, headErr := c.Head(ctx, key)
		_, _, getErr := c.Get(ctx, key)
		for i, err := range []error{
			c.Put(ctx, key, Object{Data: []byte("x")}), headErr, getErr,
			c.Delete(ctx, key), c.Copy(ctx, key, "x"), c.Copy(ctx, "x", key),
		} {
			if !errors.As(err, &bad) {
				t.Errorf("operation %d on %q: %v", i, key, err)
			}
		}
	}
	for _, o := range []Object{{}, {Size: -1, Open: file("", 0, nil).Open}} {
		if err := c.Put(ctx, "k", o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestChangedFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	srv := serve(t, store.Options{Dir: dir}, nil)
	c, ctx := dial(t, srv.URL, nil), context.Background()
	gone := errors.New("gone")
	for _, size := range []int64{100, smallObject + 100, MultipartThreshold + 100} {
		for _, delta := range []int64{-1, 1} {
			var opened atomic.Int32
			o := file(strings.Repeat("x", int(size+delta)), size, &opened)
			if err := c.Put(ctx, "k", o); !errors.Is(err, ErrSizeChanged) || opened.Load() != 1 {
				t.Errorf("%d bytes, %+d: %v after %d attempts", size, delta, err, opened.Load())
			}
		}
		o := Object{Size: size, Open: func() (io.ReadCloser, error) { return nil, gone }}
		if err := c.Put(ctx, "k", o); !errors.Is(err, gone) {
			t.Errorf("%d bytes, gone: %v", size, err)
		}
	}
	if _, err := c.Head(ctx, "k"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a changed file became an object: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, store.DefaultBucket, "uploads")); len(left) > 0 {
		t.Errorf("parts are left: %v", left)
	}
}

// TestServiceAddress goes through the address of the service, over TLS, to a
// store that knows buckets by their Host header.
func TestServiceAddress(t *testing.T) {
	s, err := store.New(store.Options{Dir: t.TempDir(), NoSync: true, Bucket: "pic-125", Credentials: []store.Credentials{{ID: testID, Key: testKey}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused certificate
	srv.StartTLS()
	defer srv.Close()
	connect := func(bucket string, trust bool) *COS {
		d, err := NewDestination(Settings{Bucket: bucket, Region: "ap-guangzhou"})
		if err != nil {
			t.Fatal(err)
		}
		tr := newTransport(4, nil)
		tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, srv.Listener.Addr().String())
		}
		if trust {
			tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
		}
		t.Cleanup(tr.CloseIdleConnections)
		return dial(t, d.Endpoint, func(cfg *COSConfig) { cfg.Transport, cfg.Bucket = tr, d.Bucket })
	}
	ctx := context.Background()
	c := connect("pic-125", true)
	if err := c.Put(ctx, "图.png", Object{Data: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	if err := c.Copy(ctx, "图.png", "b.png"); err != nil {
		t.Error(err)
	}
	var fatal *FatalError
	if err := connect("none-125", true).Put(ctx, "a.png", Object{Data: []byte("x")}); !errors.As(err, &fatal) || fatal.Code != "NoSuchBucket" || fatal.Bucket != "none-125" {
		t.Errorf("no such bucket: %v", err)
	}
	if err := connect("pic-125", false).Put(ctx, "a.png", Object{Data: []byte("x")}); !errors.As(err, &fatal) || fatal.Code != codeCertificate {
		t.Errorf("a certificate nobody trusts: %v", err)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	const workers = 16
	var opened atomic.Int32
	s, err := store.New(store.Options{Dir: t.TempDir(), NoSync: true, Credentials: []store.Credentials{{ID: testID, Key: testKey}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	srv.Start()
	defer srv.Close()
	c := dial(t, srv.URL, func(cfg *COSConfig) { cfg.Workers = workers })
	for _, err := range Each(context.Background(), workers, make([]int, 400), func(ctx context.Context, _ int) error {
		return c.Put(ctx, "k", Object{Data: make([]byte, 2000)})
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	// A few more than workers: a request may find its connection a moment
	// after it has begun to open another.
	if n := opened.Load(); n > 2*workers {
		t.Errorf("%d connections for %d workers", n, workers)
	}
}

func TestConfigErrors(t *testing.T) {
	good := COSConfig{Endpoint: "https://cos.example.com", Bucket: "b-1", SecretID: "id", SecretKey: "key"}
	for setting, change := range map[string]func(*COSConfig){
		"cos.secret_id":  func(c *COSConfig) { c.SecretID = " " },
		"cos.secret_key": func(c *COSConfig) { c.SecretKey = "" },
		"cos.endpoint":   func(c *COSConfig) { c.Endpoint = "http://cos.example.com" },
	} {
		cfg := good
		change(&cfg)
		var want *SettingError
		if _, err := NewCOS(cfg); !errors.As(err, &want) || want.Setting != setting {
			t.Errorf("%s: %v", setting, err)
		}
	}
	good.Endpoint = "https://cos.example.com/path"
	if _, err := NewCOS(good); err == nil {
		t.Error("an endpoint with a path is accepted")
	}
}
