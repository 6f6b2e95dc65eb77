package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// readyTime is how long an app may take to say whether it is ready.
const readyTime = 2 * time.Second

// adminServer answers /healthz, /readyz and /metrics on an address of its own,
// which clients do not reach.
type adminServer struct {
	url  string
	srv  *http.Server
	done chan struct{}

	mu  sync.Mutex
	was map[string]bool // readiness, as it was said last
}

func startAdmin(ctx context.Context, s *Server) (*adminServer, error) {
	addr := s.opt.AdminAddr
	if strings.HasPrefix(addr, ":") {
		addr = "127.0.0.1" + addr
	}
	ln, err := conn.Listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	if tcp, ok := ln.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		s.opt.Log.Warn("health and metrics are open to other computers", "address", ln.Addr().String())
	}
	a := &adminServer{url: "http://" + conn.Reachable(ln.Addr()), done: make(chan struct{}), was: make(map[string]bool)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { a.ready(w, r, s) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	a.srv = &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	conn.DropUnused(a.srv)
	bounded := conn.Bound(ln, conn.Bounds{Total: 64})
	go func() {
		defer close(a.done)
		_ = a.srv.Serve(bounded) // until stop
	}()
	return a, nil
}

func (a *adminServer) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := a.srv.Shutdown(ctx); err != nil {
		_ = a.srv.Close() // a scraper that hangs
	}
	<-a.done
	return nil
}

// ready says of each app whether it can do its work. Why not is in the log.
func (a *adminServer) ready(w http.ResponseWriter, r *http.Request, s *Server) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	errs := make([]error, len(s.apps))
	var asked sync.WaitGroup
	for i, app := range s.apps {
		if app.Ready != nil {
			asked.Go(func() { errs[i] = app.readiness(ctx) })
		}
	}
	asked.Wait()
	var text strings.Builder
	status := http.StatusOK
	for i, app := range s.apps {
		word := "ready"
		switch {
		case s.stopping.Load():
			word, status = "stopping", http.StatusServiceUnavailable
		case errs[i] != nil:
			word, status = "not ready", http.StatusServiceUnavailable
		}
		fmt.Fprintf(&text, "%s: %s\n", app.Name, word)
		a.note(s, app.Name, errs[i])
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text.String()))
}

// readiness asks the app; one that panics is not ready.
func (a *App) readiness(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v}
		}
	}()
	return a.Ready(ctx)
}

// note logs that an app has become ready, or not.
func (a *adminServer) note(s *Server, app string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	was, said := a.was[app]
	is := err == nil
	a.was[app] = is
	switch {
	case is == was && said, errors.Is(err, context.Canceled):
	case is && said:
		s.opt.Log.Info("ready again", "app", app)
	case !is:
		s.opt.Log.Error("not ready", "app", app, "error", err)
	}
}
