package kit

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// stuckTime is how long handlers may go on when their context and their
// connections are gone.
const stuckTime = 5 * time.Second

// Server serves apps until its context ends.
type Server struct {
	opt     Options
	apps    []App
	proxies proxies
	rates   *clientRates
	metrics *metrics
	ln      *conn.Listener
	url     string
	admin   *adminServer // nil without an admin address

	stopping atomic.Bool
	handlers gate
	cancel   context.CancelFunc // of the requests
	endTLS   func()
	done     chan struct{}
	err      error
}

// Start listens and serves until ctx ends. When it returns, clients can
// connect. Where it fails, the apps have not been closed. A port that is taken
// is a *conn.AddrInUseError, another address that cannot be listened on a
// *conn.ListenError, and a certificate that cannot be used a *certs.FileError.
func Start(ctx context.Context, opt Options, apps ...App) (*Server, error) {
	if len(apps) == 0 {
		return nil, errors.New("there is nothing to serve")
	}
	s := &Server{opt: opt.withDefaults(), apps: apps, done: make(chan struct{})}
	s.proxies = s.opt.TrustedProxies
	s.rates = newClientRates(s.opt.Limits.ClientRate, s.opt.Limits.ClientBurst)
	ln, err := opt.Listener, error(nil)
	if ln == nil {
		if ln, err = conn.Listen(ctx, opt.Addr); err != nil {
			return nil, err
		}
	}
	if err := s.start(ctx, ln); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return s, nil
}

// start serves on ln.
func (s *Server) start(ctx context.Context, ln net.Listener) (err error) {
	s.ln = conn.Bound(ln, conn.Bounds{
		Total: max(s.opt.Limits.Conns, 0), Each: max(s.opt.Limits.ClientConns, 0),
		Client: func(a netip.Addr) netip.Addr {
			if s.proxies.trusts(a) {
				return netip.Addr{}
			}
			return clientKey(a)
		},
	})
	if s.metrics, err = newMetrics(s.ln, s.apps); err != nil {
		return err
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	secure, endTLS, err := s.opt.TLS.start(base, ln.Addr(), s.opt.Log)
	if err != nil {
		return err
	}
	if s.opt.AdminAddr != "" {
		if s.admin, err = startAdmin(ctx, s); err != nil {
			endTLS()
			return err
		}
	}
	s.cancel, s.endTLS = cancel, endTLS
	s.url = "http://" + conn.Reachable(ln.Addr())
	if secure != nil {
		s.url = "https://" + conn.Reachable(ln.Addr())
	}
	srv := &http.Server{
		Handler:           s.handler(),
		TLSConfig:         secure,
		ReadHeaderTimeout: max(s.opt.Limits.HeaderTime, 0),
		IdleTimeout:       max(s.opt.Limits.IdleTime, 0),
		MaxHeaderBytes:    max(s.opt.Limits.Header, 0),
		ErrorLog:          log.New(io.Discard, "", 0), // what clients do wrong
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	conn.DropUnused(srv)
	go s.run(ctx, srv)
	return nil
}

// URL is the address of the server, without a trailing slash.
func (s *Server) URL() string { return s.url }

// AdminURL is the address of health and metrics, or "".
func (s *Server) AdminURL() string {
	if s.admin == nil {
		return ""
	}
	return s.admin.url
}

// Wait returns when nothing is served any more and the apps are closed. The
// error is nil if that is because the context ended and everything could be
// closed.
func (s *Server) Wait() error {
	<-s.done
	return s.err
}

func (s *Server) run(ctx context.Context, srv *http.Server) {
	defer close(s.done)
	defer s.cancel()
	failed := make(chan error, 1)
	go func() {
		if srv.TLSConfig != nil {
			failed <- srv.ServeTLS(s.ln, "", "")
		} else {
			failed <- srv.Serve(s.ln)
		}
	}()
	var served error
	select {
	case served = <-failed:
		served = errors.Join(served, srv.Close())
	case <-ctx.Done():
		s.drain(context.WithoutCancel(ctx), srv)
		<-failed // http.ErrServerClosed
	}
	s.stopping.Store(true)
	s.cancel()
	s.ln.CloseConns()
	if left := s.handlers.close(stuckTime); left > 0 {
		s.opt.Log.Error("handlers have not ended, though their context has", "count", left)
	}
	s.endTLS()
	errs := []error{served}
	for _, app := range slices.Backward(s.apps) {
		if app.Close != nil {
			errs = append(errs, app.Close())
		}
	}
	if s.admin != nil {
		errs = append(errs, s.admin.stop())
	}
	s.err = errors.Join(errs...)
}

// drain says not ready, takes no new connection, and gives those under way
// their time.
func (s *Server) drain(ctx context.Context, srv *http.Server) {
	s.stopping.Store(true)
	s.opt.Log.Info("stopping", "connections", s.ln.Open())
	begin := time.Now()
	if limit := s.opt.Limits.DrainTime; limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	var draining sync.WaitGroup
	for _, app := range s.apps {
		if app.Drain != nil {
			draining.Go(func() { app.Drain(ctx) })
		}
	}
	if err := srv.Shutdown(ctx); err != nil {
		s.opt.Log.Warn("requests under way were cut off", "after", time.Since(begin).Round(time.Millisecond))
		_ = srv.Close() // closes what Shutdown waited for
	}
	draining.Wait()
}
