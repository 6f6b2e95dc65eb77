package upload

import (
	"bytes"
	"context"
	"hash/crc64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	store "github.com/wecos-go/wecos/internal/servers/cos"
)

// The two benchmarks differ in what is on top of net/http: the SDK, the
// signature, the checksum and the retry loop. The server is the same sink.

func sink(b *testing.B) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body)
		w.Header().Set("X-Cos-Hash-Crc64ecma", strconv.FormatUint(crc64.Checksum(body.Bytes(), crcTable), 10))
	}))
	b.Cleanup(srv.Close)
	return srv.URL
}

func BenchmarkPut(b *testing.B) {
	c, err := NewCOS(COSConfig{Endpoint: sink(b), Bucket: store.DefaultBucket, SecretID: testID, SecretKey: testKey})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	o := Object{Data: make([]byte, 10<<10)}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Put(context.Background(), "images/picture.png", o); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBarePut(b *testing.B) {
	url, data := sink(b)+"/images/picture.png", make([]byte, 10<<10)
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	b.ReportAllocs()
	for b.Loop() {
		req, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}
