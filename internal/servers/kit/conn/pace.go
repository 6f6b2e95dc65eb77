package conn

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Pace says how slow a client may be before its connection is given up, so
// that slow clients cannot use up the server. The zero value stands for the
// defaults.
type Pace struct {
	// Idle is the longest time without a byte of the body; 0 is 30 seconds.
	Idle time.Duration
	// Rate is the average, in bytes a second, that bodies and replies must
	// reach once Idle is over; 0 is 1024.
	Rate int64
}

func (p Pace) withDefaults() Pace {
	if p.Idle <= 0 {
		p.Idle = 30 * time.Second
	}
	if p.Rate <= 0 {
		p.Rate = 1 << 10
	}
	return p
}

// ErrStalled is a body that does not move.
var ErrStalled = errors.New("the body did not arrive in time")

// Begin sets the pace for a request. The function it returns ends that, so
// that the next request on the connection begins anew.
func (p Pace) Begin(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, func()) {
	p = p.withDefaults()
	// Deadlines are not available everywhere (a recorder in a test), and then
	// there is no connection to protect either.
	rc := http.NewResponseController(w)
	hasBody := r.Body != nil && r.Body != http.NoBody
	if hasBody {
		r.Body = &pacedBody{ReadCloser: r.Body, pace: p, rc: rc, start: time.Now()}
		// The server may ask for the body when the time that the last reply had
		// is over.
		_ = rc.SetWriteDeadline(time.Time{})
	}
	return &pacedWriter{ResponseWriter: w, pace: p, rc: rc}, func() {
		// What is left of body and reply has to move as well. The
		// server may read first and write then.
		if hasBody {
			_ = rc.SetReadDeadline(time.Now().Add(p.Idle))
		}
		_ = rc.SetWriteDeadline(time.Now().Add(2 * p.Idle))
	}
}

// within is the time in which n bytes must have gone through.
func (p Pace) within(n int64) time.Duration {
	return p.Idle + time.Duration(n/p.Rate)*time.Second
}

// pacedWriter is a reply that must be taken.
type pacedWriter struct {
	http.ResponseWriter
	pace Pace
	rc   *http.ResponseController
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *pacedWriter) Write(p []byte) (int, error) {
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.pace.within(int64(len(p)))))
	return w.ResponseWriter.Write(p)
}

// FlushError is for http.ResponseController: a header may go out before anything
// is written.
func (w *pacedWriter) FlushError() error {
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.pace.Idle))
	return w.rc.Flush()
}

// ReadFrom lets the system copy a file to the connection.
func (w *pacedWriter) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	to, can := w.ResponseWriter.(io.ReaderFrom)
	if !ok || !can {
		return io.Copy(struct{ io.Writer }{w}, r)
	}
	_ = w.rc.SetWriteDeadline(time.Now().Add(w.pace.within(limited.N)))
	return to.ReadFrom(r)
}

// pacedBody is a body that must keep moving.
type pacedBody struct {
	io.ReadCloser
	pace  Pace
	rc    *http.ResponseController
	start time.Time
	n     int64
}

func (b *pacedBody) Read(p []byte) (int, error) {
	now := time.Now()
	deadline := now.Add(b.pace.Idle)
	if average := b.start.Add(b.pace.within(b.n)); average.Before(deadline) {
		deadline = average
	}
	_ = b.rc.SetReadDeadline(deadline)
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = ErrStalled
	case err == io.EOF:
		// The server reads on to learn whether the client goes away, which a
		// deadline would look like.
		_ = b.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}
