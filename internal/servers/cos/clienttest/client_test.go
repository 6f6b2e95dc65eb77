package clienttest

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	sdk "github.com/tencentyun/cos-go-sdk-v5"
	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var keys = cos.Credentials{ID: "AKIDclient", Key: "secret of the client"}

const (
	bucketName = "pictures-1250000000"
	otherName  = "other-1250000000"
)

// world is a store, and the SDK as a program would set it up.
type world struct {
	*sdk.Client
	t       *testing.T
	address string // of the store
	dial    *http.Transport
}

func newWorld(t *testing.T, opt cos.Options) *world {
	t.Helper()
	opt.Dir, opt.Bucket, opt.Buckets, opt.NoSync = t.TempDir(), bucketName, []string{otherName}, true
	if opt.Credentials == nil {
		opt.Credentials = []cos.Credentials{keys}
	}
	server, err := cos.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server)
	// The SDK finds the service by its real names; only the way there differs.
	tr := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, front.Listener.Addr().String())
	}}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		front.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{t: t, address: front.URL, dial: tr}
	w.Client = w.client(bucketName, keys)
	return w
}

// client is a further one.
func (w *world) client(bucket string, k cos.Credentials) *sdk.Client {
	parse := func(s string) *url.URL {
		u, err := url.Parse(s)
		if err != nil {
			w.t.Fatal(err)
		}
		return u
	}
	c := sdk.NewClient(&sdk.BaseURL{
		BucketURL:  parse("http://" + bucket + ".cos.ap-guangzhou.myqcloud.com"),
		ServiceURL: parse("http://service.cos.myqcloud.com"),
	}, &http.Client{Transport: &sdk.AuthorizationTransport{
		SecretID: k.ID, SecretKey: k.Key, SessionToken: k.Token, Transport: w.dial,
	}})
	c.Conf.RetryOpt.Count = 1
	c.Conf.RetryOpt.AutoSwitchHost = false
	return c
}

// source names an object for a copy.
func source(bucket, key string) string { return bucket + ".cos.ap-guangzhou.myqcloud.com/" + key }

func (w *world) put(t *testing.T, key, content string, opt *sdk.ObjectPutOptions) *sdk.Response {
	t.Helper()
	resp, err := w.Object.Put(t.Context(), key, strings.NewReader(content), opt)
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return resp
}

func (w *world) get(t *testing.T, key string, opt *sdk.ObjectGetOptions) (string, *sdk.Response) {
	t.Helper()
	resp, err := w.Object.Get(t.Context(), key, opt)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	return read(t, resp.Body), resp
}

func read(t *testing.T, body io.ReadCloser) string {
	t.Helper()
	defer body.Close()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// plain sends a request without the SDK, to the bucket that its host names.
func (w *world) plain(t *testing.T, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := w.dial.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp, read(t, resp.Body)
}

// want checks that an error is one of the service's.
func want(t *testing.T, err error, status int, code string) {
	t.Helper()
	var e *sdk.ErrorResponse
	if !errors.As(err, &e) {
		t.Errorf("error %v, want %d %s", err, status, code)
		return
	}
	if e.Response.StatusCode != status || e.Code != code || code != "" && e.RequestID == "" {
		t.Errorf("error %d %s, want %d %s", e.Response.StatusCode, e.Code, status, code)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// check is a named one; each uses keys of its own.
type check struct {
	name string
	run  func(*testing.T, *world)
}

func run(t *testing.T, w *world, checks []check) {
	t.Helper()
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) { c.run(t, w) })
	}
}

func etag(content string) string { return fmt.Sprintf(`"%x"`, md5.Sum([]byte(content))) }

// photo is a JPEG with something to lose.
func photo(t *testing.T, w, h int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * y), uint8(x ^ y), uint8(x + y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
