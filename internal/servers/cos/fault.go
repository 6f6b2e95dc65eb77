package cos

import (
	"net"
	"net/http"
	"time"
)

// Fault is what a test does to a request. The zero Fault does nothing.
type Fault struct {
	Latency time.Duration // pass before the request is looked at
	Status  int           // answered instead of serving the request
	Reset   bool          // the connection is reset instead
}

// fail applies the fault and reports whether the request is done with.
func (s *Server) fail(w http.ResponseWriter, r *http.Request) bool {
	f := s.opt.Fault(r)
	if f.Latency > 0 {
		t := time.NewTimer(f.Latency)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return true
		}
	}
	switch {
	case f.Reset:
		reset(w)
	case f.Status == errServerUnavailable.status:
		writeError(w, r, errServerUnavailable)
	case f.Status != 0:
		writeError(w, r, &apiError{f.Status, "InternalError", http.StatusText(f.Status)})
	default:
		return false
	}
	return true
}

// reset closes the connection so that the client sees an error, not an end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2: the server resets the stream
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	conn.Close()
}
