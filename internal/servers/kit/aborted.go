package kit

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
)

// watchedBody notes a body whose client has gone.
type watchedBody struct {
	io.ReadCloser
	reply *reply
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF && connectionGone(err) {
		b.reply.lost = true
	}
	return n, err
}

// connectionGone reports whether err means that a body ends before its end. One
// that only takes too long is an error of another kind.
func connectionGone(err error) bool {
	var network *net.OpError
	switch {
	case errors.As(err, &network):
		return !network.Timeout()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return true
	}
	return false
}

// aborted reports whether the client did not get the whole reply, as far as one
// can know: its connection ended before the handler did, or while the request
// was read or the reply written. What was written before then counts as sent,
// and a reply that was whole by then is not aborted.
func (q *request) aborted(r *http.Request) bool {
	w := q.reply
	switch {
	case w.hijacked:
		return false
	case w.lost, w.late, w.failed:
		return true
	case r.Context().Err() == nil:
		return false
	}
	if r.Method == http.MethodHead || w.status == http.StatusNotModified || w.status == http.StatusNoContent {
		return w.status == 0
	}
	whole, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64)
	return err != nil || w.bytes < whole
}
