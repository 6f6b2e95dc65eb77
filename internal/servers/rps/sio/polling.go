package sio

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// waiter is a GET request that waits for packets.
type waiter struct {
	ready chan struct{}
	woken bool // guarded by session.mu, as last is
	last  byte // how the answer to a session that has ended reads
}

// wake lets the request look; mu is held.
func (w *waiter) wake() {
	if !w.woken {
		w.woken = true
		close(w.ready)
	}
}

// openPolling makes a session, and answers with what there is.
func (s *session) openPolling(w http.ResponseWriter, r *http.Request) *fault {
	s.start(`"websocket"`)
	return s.poll(w, r)
}

// poll answers a GET request: with the packets that wait, or with the next.
func (s *session) poll(w http.ResponseWriter, r *http.Request) *fault {
	s.mu.Lock()
	if s.state == closed || s.conn != nil {
		s.mu.Unlock()
		return &faultRequest
	}
	if s.waiting != nil { // "the server MUST return … 400 … and close the session"
		s.waiting.last = typeClose
		s.endLocked(ReasonTransportError, atOnce, 0)
		s.mu.Unlock()
		return &faultRequest
	}
	wait := &waiter{ready: make(chan struct{}), last: typeClose}
	s.waiting = wait
	if s.queue != nil || s.probing {
		wait.wake()
	}
	s.mu.Unlock()

	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // the heartbeat limits it; a server without deadlines needs none
	select {
	case <-wait.ready:
	case <-r.Context().Done():
		s.end(ReasonTransportClose, atOnce, 0)
	}
	_ = control.SetWriteDeadline(time.Now().Add(s.server.opt.PingTimeout))
	s.answer(w, wait)
	return nil
}

// answer takes what waits and writes it.
func (s *session) answer(w http.ResponseWriter, wait *waiter) {
	s.mu.Lock()
	s.waiting = nil
	var packets []packet
	b := s.takeQueue()
	switch {
	case b != nil && s.state != closed && s.conn == nil:
		packets = b.packets
	case s.state == closed:
		packets = []packet{{kind: wait.last}}
	default:
		// "a noop packet … to cleanly close" the request; the WebSocket gets
		// what waits.
		packets, s.queue, b = []packet{{kind: typeNoop}}, b, nil
	}
	last := s.state == draining
	s.mu.Unlock()

	body, octets := appendPayload(nil, s.revision, s.noBinary, packets)
	if b != nil {
		s.mu.Lock()
		s.written(b)
		s.mu.Unlock()
	}
	kind := "text/plain; charset=UTF-8"
	if octets {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		s.end(ReasonTransportClose, atOnce, 0)
	}
	if last {
		s.end(s.reason, atOnce, 0)
	}
}

// post handles the packets of a POST request.
func (s *session) post(w http.ResponseWriter, r *http.Request) *fault {
	s.mu.Lock()
	if s.state != opened || s.conn != nil {
		s.mu.Unlock()
		return &faultRequest
	}
	if s.posting { // as with two GET requests
		s.endLocked(ReasonTransportError, atOnce, 0)
		s.mu.Unlock()
		return &faultRequest
	}
	s.posting = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.posting = false
		s.mu.Unlock()
	}()

	// A body that does not come is the client's silence.
	limit := s.server.opt.PingInterval + s.server.opt.PingTimeout
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(limit)) // not every server has deadlines
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(s.server.opt.MaxPayload)))
	_ = control.SetReadDeadline(time.Time{})
	if err != nil {
		s.end(ReasonTransportError, atOnce, 0)
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return &faultTooLarge
		}
		return &faultRequest
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // without one it is text
	if err := s.receiveAll(kind == "application/octet-stream", body); err != nil && !errors.Is(err, errClosed) {
		reason, _ := judge(err)
		s.end(reason, atOnce, 0)
		return &faultRequest
	}
	w.Header().Set("Content-Type", "text/html") // the reference's; "text/plain" would be as good
	_, _ = io.WriteString(w, "ok")              // the client may have gone
	return nil
}

func (s *session) receiveAll(octets bool, body []byte) error {
	s.recv.Lock()
	defer s.recv.Unlock()
	return parsePayload(s.revision, octets, body, s.receive)
}
