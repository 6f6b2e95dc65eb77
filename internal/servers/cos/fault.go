package cos

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Fault is what a test does to one request. The zero Fault does nothing. Of
// Reset, ResetAfterBody, LoseReply and Status the first that is set counts.
type Fault struct {
	// Latency passes before the request is looked at.
	Latency time.Duration
	// Reset resets the connection before the body is read.
	Reset bool
	// ResetAfterBody resets it when the body has arrived; nothing is done.
	ResetAfterBody bool
	// LoseReply resets it when the request has been carried out.
	LoseReply bool
	// Status is answered instead of serving the request.
	Status int
	// Code is the error code that goes with Status; "" is the usual one.
	Code string
	// RetryAfter is sent with Status, in whole seconds, unless it is 0.
	RetryAfter time.Duration
	// Truncate ends the connection after so many bytes of the reply's body.
	// Replies that are not longer arrive.
	Truncate int64
	// WrongCRC falsifies x-cos-hash-crc64ecma.
	WrongCRC bool
	// Rate is how fast bodies pass in both directions, in bytes a second; 0 is
	// unbounded.
	Rate int
	// Skew is added to the store's clock, as signatures and the Date header
	// see it.
	Skew time.Duration
}

// serveFaulty serves the request with the fault that the options choose.
func (s *Server) serveFaulty(w http.ResponseWriter, r *http.Request) {
	f := s.opt.Fault(r)
	if !pause(r.Context(), f.Latency) {
		return
	}
	now := s.opt.Now().Add(f.Skew)
	if f.Skew != 0 {
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	}
	if f.Rate > 0 {
		r.Body = &slowBody{ReadCloser: r.Body, ctx: r.Context(), rate: f.Rate}
		w = &slowWriter{ResponseWriter: w, ctx: r.Context(), rate: f.Rate}
	}
	switch {
	case f.Reset:
		reset(w)
	case f.ResetAfterBody:
		_, _ = io.Copy(io.Discard, r.Body)
		reset(w)
	case f.LoseReply:
		s.answer(&unheard{header: w.Header()}, r, now)
		reset(w)
	case f.Status != 0:
		writeError(w, r, f.error(w.Header()))
	case f.Truncate > 0:
		cut := &cutWriter{ResponseWriter: w, left: f.Truncate}
		s.answer(f.falsify(cut), r, now)
		if cut.over {
			_ = http.NewResponseController(w).Flush() // so that what was let through arrives
			reset(w)
		}
	default:
		s.answer(f.falsify(w), r, now)
	}
}

// error is what Status, Code and RetryAfter ask for.
func (f Fault) error(h http.Header) *apiError {
	if f.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((f.RetryAfter+time.Second-1)/time.Second)))
	}
	e := &apiError{f.Status, f.Code, http.StatusText(f.Status)}
	switch {
	case f.Code == errSlowDown.code:
		e.message = errSlowDown.message
	case f.Code == "" && f.Status == errServerUnavailable.status:
		e = errServerUnavailable
	case f.Code == "":
		e.code = "InternalError"
	}
	return e
}

func (f Fault) falsify(w http.ResponseWriter) http.ResponseWriter {
	if f.WrongCRC {
		return &wrongCRC{ResponseWriter: w}
	}
	return w
}

// pause waits, and reports whether the request still has somebody waiting.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset closes the connection so that the client sees an error, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the server resets the stream
	}
	if tcp, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}

// unheard is a reply that nobody gets.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header         { return u.header }
func (u *unheard) WriteHeader(int)             {}
func (u *unheard) Write(p []byte) (int, error) { return len(p), nil }

// cutWriter lets only the beginning of a reply through.
type cutWriter struct {
	http.ResponseWriter
	left int64
	over bool
}

func (w *cutWriter) Write(p []byte) (int, error) {
	keep := p[:min(int64(len(p)), w.left)]
	w.left -= int64(len(keep))
	w.over = w.over || len(keep) < len(p)
	if _, err := w.ResponseWriter.Write(keep); err != nil {
		return 0, err
	}
	return len(p), nil
}

// wrongCRC changes a digit of the checksum.
type wrongCRC struct{ http.ResponseWriter }

func (w *wrongCRC) WriteHeader(status int) {
	if v := w.Header().Get("X-Cos-Hash-Crc64ecma"); v != "" {
		w.Header().Set("X-Cos-Hash-Crc64ecma", string(v[0]^1)+v[1:])
	}
	w.ResponseWriter.WriteHeader(status)
}

// slice is how often slow bodies move.
const slice = 20 * time.Millisecond

// slowBody gives the body's bytes at a rate.
type slowBody struct {
	io.ReadCloser
	ctx  context.Context
	rate int
}

func (b *slowBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), portion(b.rate))])
	if n > 0 && !pause(b.ctx, spent(n, b.rate)) {
		return n, b.ctx.Err()
	}
	return n, err
}

// slowWriter sends the reply's bytes at a rate.
type slowWriter struct {
	http.ResponseWriter
	ctx  context.Context
	rate int
}

// Unwrap is for http.ResponseController.
func (w *slowWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *slowWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		part := p[:min(len(p), portion(w.rate))]
		n, err := w.ResponseWriter.Write(part)
		written += n
		if err == nil {
			err = http.NewResponseController(w.ResponseWriter).Flush()
		}
		if err == nil && !pause(w.ctx, spent(n, w.rate)) {
			err = w.ctx.Err()
		}
		if err != nil {
			return written, err
		}
		p = p[len(part):]
	}
	return written, nil
}

func portion(rate int) int { return max(1, int(int64(rate)*int64(slice)/int64(time.Second))) }

func spent(n, rate int) time.Duration { return time.Duration(n) * time.Second / time.Duration(rate) }
