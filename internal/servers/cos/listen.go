package cos

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// maxHeader bounds the header of a request in bytes; net/http adds 4 KB.
const maxHeader = 64 << 10

// ListenOptions bound what connections may do. Zero values stand for the
// defaults.
type ListenOptions struct {
	// HeaderTimeout is the time for the header of a request; 0 is 10 seconds.
	HeaderTimeout time.Duration
	// IdleTimeout is the time between two requests; 0 is 2 minutes.
	IdleTimeout time.Duration
	// Drain is the time that requests under way have at the end; 0 is 5
	// seconds.
	Drain time.Duration
	// MaxConns is how many connections may be open; others wait to be
	// accepted. 0 is 4096.
	MaxConns int
}

func (o ListenOptions) withDefaults() ListenOptions {
	or := func(d, def time.Duration) time.Duration {
		if d <= 0 {
			return def
		}
		return d
	}
	o.HeaderTimeout = or(o.HeaderTimeout, 10*time.Second)
	o.IdleTimeout = or(o.IdleTimeout, 2*time.Minute)
	o.Drain = or(o.Drain, 5*time.Second)
	if o.MaxConns <= 0 {
		o.MaxConns = 4096
	}
	return o
}

// Running is a handler that is being served.
type Running struct {
	// URL is the address of the store, without a trailing slash.
	URL string

	done chan struct{}
	err  error
}

// Listen serves h on addr as ListenWith does without options.
func Listen(ctx context.Context, addr string, h http.Handler) (*Running, error) {
	return ListenWith(ctx, addr, h, ListenOptions{})
}

// ListenWith serves h on addr (host:port; port 0 picks a free one) until ctx
// ends. The error is a *conn.AddrInUseError when the port is taken.
func ListenWith(ctx context.Context, addr string, h http.Handler, opt ListenOptions) (*Running, error) {
	opt = opt.withDefaults()
	ln, err := conn.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: opt.HeaderTimeout,
		IdleTimeout:       opt.IdleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	conn.DropUnused(srv)
	r := &Running{URL: "http://" + conn.Reachable(ln.Addr()), done: make(chan struct{})}
	go r.serve(ctx, srv, conn.Bound(ln, conn.Bounds{Total: opt.MaxConns}), opt.Drain)
	return r, nil
}

func (r *Running) serve(ctx context.Context, srv *http.Server, ln net.Listener, drain time.Duration) {
	defer close(r.done)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case r.err = <-failed:
		return
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		r.err = errors.Join(err, srv.Close())
	}
	<-failed // http.ErrServerClosed
}

// Wait returns when nothing is served any more. The error is nil if that is
// because the context ended and every request came to its end.
func (r *Running) Wait() error {
	<-r.done
	return r.err
}
