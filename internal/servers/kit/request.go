package kit

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// request is what the kit knows about a request under way.
type request struct {
	id     string
	app    string
	client netip.Addr
	https  bool
	host   string        // that a trusted proxy was asked for; "" is the request's own
	time   time.Duration // for the handler
	log    *slog.Logger  // without the id
	reply  *reply
	err    error // what the request came to, for the log
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	q, _ := ctx.Value(requestKey{}).(*request)
	return q
}

// Log is the logger of a request, with its id; outside of one it drops
// everything.
func Log(ctx context.Context) *slog.Logger {
	if q := requestOf(ctx); q != nil {
		return q.log.With("request", q.id, "app", q.app)
	}
	return slog.New(slog.DiscardHandler)
}

// RequestID is the id of a request, which its reply and its log lines carry.
func RequestID(ctx context.Context) string {
	if q := requestOf(ctx); q != nil {
		return q.id
	}
	return ""
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// goodID reports whether an id that a proxy gave can be logged and sent back.
func goodID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// reply notes what a handler answers.
type reply struct {
	http.ResponseWriter
	ctx      context.Context // ends when the client has gone
	status   int
	bytes    int64
	hijacked bool
	lost     bool // the client has gone before it sent all of the body
	late     bool // it began when nobody was there any more
	failed   bool // it could not be written
}

// begin notes the status of a reply that begins.
func (w *reply) begin(status int) {
	if w.status == 0 {
		w.status, w.late = status, w.lost || w.ctx.Err() != nil
	}
}

// wrote notes what became of n bytes.
func (w *reply) wrote(n int64, err error) {
	if !w.late {
		w.bytes += n
	}
	if err != nil && w.ctx.Err() != nil { // which an error of the connection ends
		w.failed = true
	}
}

func (w *reply) begun() bool { return w.status != 0 || w.hijacked }

func (w *reply) WriteHeader(status int) {
	if status >= 200 {
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *reply) Write(p []byte) (int, error) {
	w.begin(http.StatusOK)
	n, err := w.ResponseWriter.Write(p)
	w.wrote(int64(n), err)
	return n, err
}

// ReadFrom lets the system copy a file to the connection.
func (w *reply) ReadFrom(r io.Reader) (int64, error) {
	w.begin(http.StatusOK)
	n, err := io.Copy(w.ResponseWriter, r)
	w.wrote(n, err)
	return n, err
}

// Flush implements http.Flusher.
func (w *reply) Flush() {
	w.begin(http.StatusOK)
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker.
func (w *reply) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.hijacked = true
	}
	return conn, rw, err
}

// Unwrap is for http.ResponseController.
func (w *reply) Unwrap() http.ResponseWriter { return w.ResponseWriter }
