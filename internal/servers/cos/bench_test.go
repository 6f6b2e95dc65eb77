package cos

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

// BenchmarkRequests measures signed requests for 10 KB over loopback, without
// syncing.
func BenchmarkRequests(b *testing.B) {
	s, err := New(Options{Dir: b.TempDir(), Credentials: []Credentials{testKeys}, NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(s)
	tr := &http.Transport{}
	b.Cleanup(func() {
		tr.CloseIdleConnections()
		srv.Close()
		s.Close()
	})
	content := strings.Repeat("0123456789", 1000)
	for _, method := range []string{"PUT", "GET"} {
		b.Run(method, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				req, err := http.NewRequest(method, srv.URL+"/k", strings.NewReader(content))
				if err != nil {
					b.Fatal(err)
				}
				if method == "GET" {
					req.Body, req.ContentLength = http.NoBody, 0
				}
				sdk.AddAuthorizationHeader(testKeys.ID, testKeys.Key, "", req, sdk.NewAuthTime(time.Hour))
				resp, err := tr.RoundTrip(req)
				if err != nil {
					b.Fatal(err)
				}
				if n, _ := io.Copy(io.Discard, resp.Body); resp.StatusCode != 200 || method == "GET" && n != int64(len(content)) {
					b.Fatal(resp.Status)
				}
				resp.Body.Close()
			}
		})
	}
}
