package sio

import (
	"net/http"
	"sync"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/websocket"
)

// openWebSocket makes a session of a WebSocket.
func (s *session) openWebSocket(w http.ResponseWriter, r *http.Request) *fault {
	conn, err := s.server.accept(w, r)
	if err != nil {
		s.end(ReasonTransportError, atOnce, 0)
		return nil // the client has its answer
	}
	s.mu.Lock()
	s.conn = conn
	gone := s.state != opened
	s.mu.Unlock()
	if gone { // the server was closed in between
		conn.Close()
		return nil
	}
	s.start("")
	s.spawn(func() { s.read(conn) })
	return nil
}

func (s *Server) accept(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	return websocket.Upgrade(w, r, websocket.Options{
		MaxMessage: s.opt.MaxPayload, Compress: s.opt.Compress, CompressFrom: compressFrom, Timeout: s.opt.CloseTimeout,
	})
}

// spawn runs f in a goroutine that the server waits for: one of its own, so
// that nothing of the HTTP request is kept. After the end it does nothing.
func (s *session) spawn(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == closed {
		return
	}
	s.server.running.Add(1)
	go func() {
		defer s.server.running.Done()
		f()
	}()
}

// read handles what comes over the WebSocket until it ends. With every answer
// to a heartbeat it begins anew in another goroutine: handlers made the stack
// of this one grow, and while it waits nothing makes it small again.
func (s *session) read(conn wire) {
	for {
		kind, message, err := conn.Next()
		if err == nil {
			err = s.take(kind, message)
		}
		if err != nil {
			s.broken(conn, err)
			return
		}
		if kind == websocket.Pong || kind == websocket.Text && len(message) == 1 && message[0] == typePong {
			s.spawn(func() { s.read(conn) })
			return
		}
	}
}

// take handles a message, or a control frame.
func (s *session) take(kind websocket.Kind, message []byte) error {
	var p packet
	var err error
	switch kind {
	case websocket.Ping:
		p = packet{frame: websocket.Ping, data: message}
	case websocket.Pong:
		p = packet{frame: websocket.Pong}
	case websocket.Text:
		p, err = parseText(message)
	default:
		p, err = parseBinary(s.revision, message)
	}
	if err != nil {
		return err
	}
	s.recv.Lock()
	defer s.recv.Unlock()
	return s.receive(p)
}

// broken ends the session after err, and the connection with it. Whether the
// client broke the protocol or left, a close frame tells it that this is known.
func (s *session) broken(conn wire, err error) {
	reason, status := judge(err)
	how := polite
	if status == 0 {
		how = atOnce
	}
	s.end(reason, how, status)
	// Nobody reads any more, but what was written must arrive.
	conn.Drain()
	s.end(reason, atOnce, 0)
}

// write writes what is queued, and ends when nothing is.
func (s *session) write(conn wire) {
	defer s.server.running.Done()
	buf := frameBuffers.Get().(*[]byte)
	defer releaseFrames(buf)
	for {
		s.mu.Lock()
		if s.state == closed || s.queue == nil {
			s.writing = false
			last, status := s.state == draining, s.status
			s.mu.Unlock()
			if last {
				s.farewell(conn, status)
			}
			return
		}
		b := s.takeQueue()
		s.mu.Unlock()
		err := writeBatch(conn, s.revision, buf, b.packets)
		s.mu.Lock()
		s.written(b)
		s.mu.Unlock()
		if err != nil {
			s.end(ReasonTransportError, atOnce, 0)
		}
	}
}

// farewell ends a drained connection. Its reader, or the timer, does the rest.
func (s *session) farewell(conn wire, status int) {
	if err := conn.Write(websocket.AppendClose(nil, status)); err != nil {
		s.end(ReasonTransportError, atOnce, 0)
		return
	}
	conn.CloseWrite(s.server.opt.CloseTimeout)
}

// flushSize is when frames are written that have been put together, in bytes.
const flushSize = 32 << 10

var frameBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 1<<10); return &b }}

func releaseFrames(buf *[]byte) {
	if cap(*buf) <= 2*flushSize {
		*buf = (*buf)[:0]
		frameBuffers.Put(buf)
	}
}

// heads are the type of a packet of text, and of a binary one in revision 3.
var heads = [...][]byte{{'0'}, {'1'}, {'2'}, {'3'}, {'4'}, {'5'}, {'6'}}
var binaryHead = []byte{typeMessage - '0'}

// writeBatch writes packets as frames, many at once.
func writeBatch(conn wire, revision int, buf *[]byte, packets []packet) error {
	frames := (*buf)[:0]
	for _, p := range packets {
		switch {
		case p.frame != 0:
			frames = conn.Append(frames, p.frame, nil, p.data)
		case p.binary && revision >= 4:
			frames = conn.Append(frames, websocket.Binary, nil, p.data)
		case p.binary:
			frames = conn.Append(frames, websocket.Binary, binaryHead, p.data)
		default:
			frames = conn.Append(frames, websocket.Text, heads[p.kind-'0'], p.data)
		}
		if len(frames) >= flushSize {
			if err := conn.Write(frames); err != nil {
				return err
			}
			frames = frames[:0]
		}
	}
	*buf = frames
	if len(frames) == 0 {
		return nil
	}
	return conn.Write(frames)
}

// upgrade takes a WebSocket for a session that polls. It takes over when it
// has been probed; until then everything goes on as before.
func (s *session) upgrade(w http.ResponseWriter, r *http.Request) *fault {
	s.mu.Lock()
	busy := s.state != opened || s.conn != nil || s.probe != nil || s.upgrading
	s.upgrading = s.upgrading || !busy
	s.mu.Unlock()
	conn, err := s.server.accept(w, r)
	if busy {
		// "the server MUST close the WebSocket connection"
		if err == nil {
			_ = conn.Write(websocket.AppendClose(nil, websocket.StatusPolicy))
			conn.Close()
		}
		return nil
	}
	if err != nil {
		s.probed(nil)
		return nil // the client has its answer
	}
	_ = conn.SetReadDeadline(time.Now().Add(s.server.opt.UpgradeTimeout))
	if !s.probed(conn) {
		conn.Close()
		return nil
	}
	s.spawn(func() {
		if s.switchTo(conn) {
			s.read(conn)
		}
	})
	return nil
}

// probed notes the WebSocket that wants to take over, or that none does.
func (s *session) probed(conn wire) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.upgrading = false
	if s.state != opened {
		return false
	}
	s.probe = conn
	return true
}

// switchTo answers the probe and makes conn the session's connection. A
// WebSocket that does not keep to the order is closed, and the session goes on
// polling.
func (s *session) switchTo(conn wire) bool {
	ok := s.expect(conn, "2probe")
	if ok {
		// Until it takes over nobody else writes.
		answer := conn.Append(nil, websocket.Text, heads[typePong-'0'], []byte("probe"))
		ok = conn.Write(answer) == nil
	}
	if ok {
		s.mu.Lock()
		s.probing = true
		if s.waiting != nil {
			s.waiting.wake() // a noop, so that the client stops polling
		}
		s.mu.Unlock()
		ok = s.expect(conn, "5")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probe, s.probing = nil, false
	if !ok || s.state != opened {
		conn.Close()
		return false
	}
	_ = conn.SetReadDeadline(time.Time{})
	s.conn = conn
	if s.waiting != nil {
		s.waiting.wake()
	}
	if s.queue != nil {
		s.wake()
	}
	return true
}

// expect reads one message and compares it. Pings are answered meanwhile.
func (s *session) expect(conn wire, want string) bool {
	for {
		kind, message, err := conn.Next()
		switch {
		case err != nil:
			return false
		case kind == websocket.Pong:
		case kind == websocket.Ping:
			if conn.Write(conn.Append(nil, websocket.Pong, nil, message)) != nil {
				return false
			}
		default:
			return kind == websocket.Text && string(message) == want
		}
	}
}
