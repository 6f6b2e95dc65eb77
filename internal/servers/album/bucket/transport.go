package bucket

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxReply bounds a reply in bytes, which the SDK reads whole. A listing of
// 1,000 keys of 850 bytes, percent-encoded, stays below.
const maxReply = 8 << 20

// newTransport keeps as many connections as uploads usually come together; the
// default transport keeps two and opens one for nearly every request.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   64,
		MaxConnsPerHost:       256,
		IdleConnTimeout:       60 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true,
		WriteBufferSize:       32 << 10,
	}
}

type bodyKey struct{}

// withBody hands content in memory to the transport: the SDK wraps it in a
// reader without a length, and which cannot be sent again when a kept connection
// turns out to be closed.
func withBody(ctx context.Context, g *gate) context.Context {
	return context.WithValue(ctx, bodyKey{}, g)
}

// gate gives out readers of data until it is closed.
type gate struct {
	data []byte

	mu     sync.Mutex
	closed bool
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

func (g *gate) open() (io.ReadCloser, error) {
	return io.NopCloser(&gateReader{g, bytes.NewReader(g.data)}), nil
}

type gateReader struct {
	gate *gate
	r    *bytes.Reader
}

func (r *gateReader) Read(p []byte) (int, error) {
	r.gate.mu.Lock()
	defer r.gate.mu.Unlock()
	if r.gate.closed {
		return 0, errStopped
	}
	return r.r.Read(p)
}

// limited stands between signer and connections.
type limited struct{ next http.RoundTripper }

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	if g, ok := req.Context().Value(bodyKey{}).(*gate); ok {
		clone := *req
		req = &clone
		// The SDK compares the sum of what was read from its own reader.
		_, err := io.Copy(io.Discard, req.Body)
		if err = errors.Join(err, req.Body.Close()); err != nil {
			return nil, err
		}
		req.GetBody = g.open
		req.Body, _ = g.open()
		req.ContentLength = int64(len(g.data))
	}
	resp, err := l.next.RoundTrip(req)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxReply), resp.Body}
	}
	return resp, err
}

// errStopped ends a reader whose request is over.
var errStopped = errors.New("the request is over")

// onceReader is the body of a request whose content comes from elsewhere. The
// transport reads it in a goroutine that may outlive the request; after stop
// nothing is read any more.
type onceReader struct {
	mu   sync.Mutex
	r    io.Reader
	read bool
	err  error // of the content, not of the wire
}

func (b *onceReader) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	b.read = true
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

func (b *onceReader) wasRead() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// cause is the error of the content if it has one, else err.
func (b *onceReader) cause(err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	return err
}

// stop waits for a read under way and refuses all others.
func (b *onceReader) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = errStopped
	}
}
