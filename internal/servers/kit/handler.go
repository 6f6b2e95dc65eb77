package kit

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// handler is everything between the connection and the apps.
func (s *Server) handler() http.Handler {
	limits := s.opt.Limits
	pace := conn.Pace{Idle: limits.BodyIdleTime}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.handlers.enter() {
			panic(http.ErrAbortHandler) // the stores are about to close
		}
		defer s.handlers.leave()
		start := time.Now()
		app, folder := s.appOf(r.URL.Path)
		from := peer(r)
		trusted := s.proxies.trusts(from)
		q := &request{
			client: s.proxies.client(from, r.Header), log: s.opt.Log, time: limits.RequestTime,
			https: r.TLS != nil || trusted && forwardedHTTPS(r.Header),
		}
		if trusted {
			q.host = forwardedHost(r.Header)
		}
		if app != nil {
			q.app = app.Name
		}
		if q.id = r.Header.Get("X-Request-Id"); !trusted || !goodID(q.id) {
			q.id = newID()
		}
		paced, end := pace.Begin(w, r)
		q.reply = &reply{ResponseWriter: paced, ctx: r.Context()}
		h := w.Header()
		h["X-Request-Id"] = []string{q.id}
		h["X-Content-Type-Options"] = []string{"nosniff"}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		if limits.Body > 0 && r.Body != nil && r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, limits.Body)
		}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &watchedBody{r.Body, q.reply}
		}
		finished := false
		s.metrics.inFlight.Inc()
		path := r.URL.Path
		defer func() {
			if !q.reply.hijacked {
				end()
			}
			s.metrics.inFlight.Dec()
			s.finish(r, path, q, time.Since(start), finished)
		}()
		if folder != "" {
			r = below(r, folder)
		}
		s.serve(q.reply, r, app, q)
		finished = true
	})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, app *App, q *request) {
	fail := plainFail
	if app != nil {
		fail = app.fail()
	}
	preflight := cors(w.Header(), r, s.opt.AllowedOrigins)
	if wait := s.rates.take(q.client, time.Now()); wait > 0 {
		s.metrics.limited.Inc()
		refuse(w, r, fail, &LimitError{RetryAfter: wait})
		return
	}
	switch {
	case preflight:
		w.WriteHeader(http.StatusNoContent)
	case app == nil && s.opt.Other != nil:
		defer recovered(w, r, fail)
		s.opt.Other.ServeHTTP(w, r)
	case app == nil:
		NotFound(w, r)
	default:
		defer recovered(w, r, fail)
		app.Handler.ServeHTTP(w, r)
	}
}

// appOf finds the app that a path belongs to. A single one has them all; of
// several, each has its prefixes and a folder with its name, which stands for
// everything it would have alone.
func (s *Server) appOf(path string) (app *App, folder string) {
	if len(s.apps) == 1 {
		return &s.apps[0], ""
	}
	for i := range s.apps {
		app := &s.apps[i]
		for _, prefix := range app.Prefixes {
			if strings.HasPrefix(path, prefix) {
				return app, ""
			}
		}
		if folder := "/" + app.Name; strings.HasPrefix(path, folder+"/") {
			return app, folder
		}
	}
	return nil, ""
}

// below is r as seen from a folder.
func below(r *http.Request, folder string) *http.Request {
	inner := *r
	u := *r.URL
	u.Path, u.RawPath = strings.TrimPrefix(u.Path, folder), strings.TrimPrefix(u.RawPath, folder)
	inner.URL = &u
	return &inner
}

// forwardedHTTPS reports whether the nearest proxy was spoken to in TLS.
func forwardedHTTPS(h http.Header) bool {
	return strings.EqualFold(lastOf(h["X-Forwarded-Proto"]), "https")
}

// maxLoggedPath bounds a path in the log, in bytes.
const maxLoggedPath = 200

// statusAborted stands for a reply that the client did not get, or not whole, as
// nginx has it.
const statusAborted = 499

// finish counts and logs a request. The query is not logged: it may hold codes
// and tokens.
func (s *Server) finish(r *http.Request, path string, q *request, took time.Duration, finished bool) {
	status := q.reply.status
	aborted := !finished || q.aborted(r)
	switch {
	case q.reply.hijacked:
		status = http.StatusSwitchingProtocols
	case aborted:
		status = statusAborted
	case status == 0:
		status = http.StatusOK
	}
	s.metrics.observe(q.app, r.Method, status, took)
	var coded interface{ StatusCode() int }
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case aborted && !finished, aborted && s.stopping.Load():
		level = slog.LevelWarn // the server's doing
	case aborted:
	case q.err != nil && !errors.As(q.err, &coded): // else it is the client's mistake
		level = slog.LevelWarn
	}
	if s.opt.NoAccessLog && level == slog.LevelInfo || !q.log.Enabled(r.Context(), level) {
		return
	}
	if len(path) > maxLoggedPath {
		path = path[:maxLoggedPath] + "…"
	}
	message := "request"
	if aborted {
		message = "request aborted"
	}
	attrs := [11]slog.Attr{
		slog.String("request", q.id), slog.String("app", q.app), slog.String("client", q.client.String()),
		slog.String("method", r.Method), slog.String("path", path), slog.Int("status", status),
		slog.Int64("bytes", q.reply.bytes), slog.Float64("ms", float64(took.Microseconds())/1000),
	}
	n := 8
	if q.err != nil {
		attrs[n] = slog.String("error", q.err.Error())
		n++
	}
	if aborted && q.reply.status != 0 && !q.reply.late {
		attrs[n] = slog.Int("begun", q.reply.status)
		n++
	}
	q.log.LogAttrs(r.Context(), level, message, attrs[:n]...)
}
