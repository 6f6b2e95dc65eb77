package upload

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"time"
)

// newTransport keeps a connection open for every worker. The default transport
// keeps two, and opens a connection for every other request under load. A
// proxy comes from HTTPS_PROXY, HTTP_PROXY and NO_PROXY.
func newTransport(workers int, roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         dialer.DialContext,
		MaxIdleConnsPerHost: 2 * workers,
		// A request that waits for a connection opens one even if another is
		// free a moment later. A few to spare keep downloads that are read
		// slowly from blocking uploads.
		MaxConnsPerHost:       workers + max(workers/4, 2),
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			RootCAs:            roots,
			ClientSessionCache: tls.NewLRUClientSessionCache(2 * workers),
		},
		// Objects must arrive as they are stored.
		DisableCompression: true,
		// Headers and a small image leave in one packet train.
		WriteBufferSize: 32 << 10,
	}
}

// maxReply bounds every reply that is not an object: the SDK reads them whole.
// A listing of 1,000 keys of 850 bytes, percent-encoded, stays below.
const maxReply = 8 << 20

// call carries to the round tripper what cannot be said through the SDK.
type call struct {
	data       []byte // the request's body, when it is in memory
	copySource string
	download   bool // the reply's body is an object
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// roundTripper stands between the SDK and the signer.
type roundTripper struct{ next http.RoundTripper }

func (t *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	c, _ := req.Context().Value(callKey{}).(*call)
	if c == nil {
		c = new(call)
	}
	if c.data != nil || c.copySource != "" {
		clone := *req
		req = &clone
	}
	if c.data != nil {
		// The SDK wraps the body in a reader of its own, for which net/http
		// sends the headers apart and which it cannot send again when a kept
		// connection turns out to be closed.
		if req.Body != nil {
			req.Body.Close()
		}
		req.GetBody = func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(c.data)), nil
		}
		req.Body, _ = req.GetBody()
		req.ContentLength = int64(len(c.data))
	}
	if c.copySource != "" {
		req.Header = req.Header.Clone()
		req.Header.Set("X-Cos-Copy-Source", c.copySource)
	}
	resp, err := t.next.RoundTrip(req)
	if err == nil && (!c.download || resp.StatusCode >= 300) {
		resp.Body = &limitedBody{io.LimitReader(resp.Body, maxReply), resp.Body}
	}
	return resp, err
}

type limitedBody struct {
	io.Reader
	io.Closer
}
