package kit

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// handler is everything between the connection and the apps.
func (s *Server) handler() http.Handler {
	limits := s.opt.Limits
	pace := conn.Pace{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handlers.Add(1)
		defer s.handlers.Done()
		start := time.Now()
		app := s.appOf(r.URL.Path)
		from := peer(r)
		trusted := s.proxies.trusts(from)
		q := &request{
			client: s.proxies.client(from, r.Header), log: s.opt.Log, time: limits.RequestTime,
			https: r.TLS != nil || trusted && forwardedHTTPS(r.Header),
		}
		if app != nil {
			q.app = app.Name
		}
		if q.id = r.Header.Get("X-Request-Id"); !trusted || !goodID(q.id) {
			q.id = newID()
		}
		paced, end := pace.Begin(w, r)
		q.reply = &reply{ResponseWriter: paced}
		h := w.Header()
		h["X-Request-Id"] = []string{q.id}
		h["X-Content-Type-Options"] = []string{"nosniff"}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
		if limits.Body > 0 && r.Body != nil && r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, limits.Body)
		}
		finished := false
		s.metrics.inFlight.Inc()
		defer func() {
			if !q.reply.hijacked {
				end()
			}
			s.metrics.inFlight.Dec()
			s.finish(r, q, time.Since(start), finished)
		}()
		s.serve(q.reply, r, app, q)
		finished = true
	})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, app *App, q *request) {
	fail := plainFail
	if app != nil {
		fail = app.fail()
	}
	if wait := s.rates.take(q.client, time.Now()); wait > 0 {
		s.metrics.limited.Inc()
		refuse(w, r, fail, &LimitError{RetryAfter: wait})
		return
	}
	if cors(w, r, s.opt.AllowedOrigins) {
		return
	}
	if app == nil {
		NotFound(w, r)
		return
	}
	defer recovered(w, r, fail)
	app.Handler.ServeHTTP(w, r)
}

// appOf finds the app that a path belongs to; a single one has them all.
func (s *Server) appOf(path string) *App {
	if len(s.apps) == 1 {
		return &s.apps[0]
	}
	for i := range s.apps {
		for _, prefix := range s.apps[i].Prefixes {
			if strings.HasPrefix(path, prefix) {
				return &s.apps[i]
			}
		}
	}
	return nil
}

// forwardedHTTPS reports whether the nearest proxy was spoken to in TLS.
func forwardedHTTPS(h http.Header) bool {
	all := strings.Join(h["X-Forwarded-Proto"], ",")
	return strings.EqualFold(strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:]), "https")
}

// maxLoggedPath bounds a path in the log, in bytes.
const maxLoggedPath = 200

// finish counts and logs a request. The query is not logged: it may hold codes
// and tokens.
func (s *Server) finish(r *http.Request, q *request, took time.Duration, finished bool) {
	status := q.reply.status
	switch {
	case q.reply.hijacked:
		status = http.StatusSwitchingProtocols
	case !finished:
		status = 499 // cut off, as nginx calls it
	case status == 0:
		status = http.StatusOK
	}
	s.metrics.observe(q.app, r.Method, status, took)
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
	} else if q.err != nil || !finished {
		level = slog.LevelWarn
	}
	if s.opt.NoAccessLog && level == slog.LevelInfo || !q.log.Enabled(r.Context(), level) {
		return
	}
	path := r.URL.Path
	if len(path) > maxLoggedPath {
		path = path[:maxLoggedPath] + "…"
	}
	attrs := [10]slog.Attr{
		slog.String("request", q.id), slog.String("app", q.app), slog.String("client", q.client.String()),
		slog.String("method", r.Method), slog.String("path", path), slog.Int("status", status),
		slog.Int64("bytes", q.reply.bytes), slog.Duration("took", took.Round(time.Microsecond)),
	}
	n := 8
	if q.err != nil {
		attrs[n] = slog.String("error", q.err.Error())
		n++
	}
	q.log.LogAttrs(r.Context(), level, "request", attrs[:n]...)
}
