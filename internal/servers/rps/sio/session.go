package sio

import (
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/websocket"
)

// wire is what a session needs of a WebSocket library. One goroutine reads,
// another writes.
type wire interface {
	// Next returns the next message or control frame, valid until it is called
	// again. Messages are checked for UTF-8 and limited in size.
	Next() (websocket.Kind, []byte, error)
	// Append appends a frame with head and body together.
	Append(frames []byte, kind websocket.Kind, head, body []byte) []byte
	Write(frames []byte) error
	// CloseWrite ends the own direction and gives the other one some time.
	CloseWrite(time.Duration)
	SetReadDeadline(time.Time) error
	// Drain reads until the connection ends.
	Drain()
	Close() error
}

type state uint8

const (
	opened   state = iota
	draining       // nothing comes in; what waits still goes out
	closed
)

// manner is how a session ends.
type manner bool

const (
	polite manner = true  // the client gets what waits for it
	atOnce manner = false // the connection is cut
)

// session is one Engine.IO session.
//
// Locks: recv is held while what came in is handled, so that handlers do not
// overlap; mu, which may be taken inside of it, guards the state and is never
// held while anything waits or a handler runs.
type session struct {
	server   *Server
	id       string
	query    string
	address  netip.Addr
	revision int
	noBinary bool // polling answers must be text

	recv    sync.Mutex
	partial *assembly // an event whose attachments are coming
	bucket  bucket

	mu     sync.Mutex
	state  state
	reason Reason
	status int // of the WebSocket close frame

	sockets []*Socket

	conn    wire // nil while the session polls
	probe   wire // a WebSocket that wants to take over
	probing bool // it has been probed: the client is to stop polling
	// upgrading is set while probe is still a request.
	upgrading bool
	writing   bool // write runs
	queue     *batch
	queued    int // bytes, those being written included

	waiting *waiter // the GET that waits for packets
	posting bool

	timer    *time.Timer
	deadline time.Time // of the heartbeat
	pinged   bool      // a ping is out
	seen     time.Time // when the client was heard last; revision 3
	connect  time.Time // by when a namespace must be connected, or zero
}

// batch is a queue's content. Empty sessions have none.
type batch struct{ packets []packet }

var batches = sync.Pool{New: func() any { return new(batch) }}

const keptBatch = 64 // packets; a longer one is left to the collector

func (b *batch) release() {
	if cap(b.packets) > keptBatch {
		return
	}
	clear(b.packets)
	b.packets = b.packets[:0]
	batches.Put(b)
}

func newSession(server *Server, revision int, address netip.Addr, query string) *session {
	return &session{server: server, id: newID(), query: query, address: address, revision: revision}
}

// openPacket is the handshake's answer. Revision 3 has no maxPayload.
func (s *session) openPacket(upgrades string) packet {
	data := append(make([]byte, 0, 160), `{"sid":"`...)
	data = append(append(append(append(data, s.id...), `","upgrades":[`...), upgrades...), `],"pingInterval":`...)
	data = strconv.AppendInt(data, s.server.opt.PingInterval.Milliseconds(), 10)
	data = strconv.AppendInt(append(data, `,"pingTimeout":`...), s.server.opt.PingTimeout.Milliseconds(), 10)
	if s.revision >= 4 {
		data = strconv.AppendInt(append(data, `,"maxPayload":`...), int64(s.server.opt.MaxPayload), 10)
	}
	return packet{kind: typeOpen, data: append(data, '}')}
}

// start sends the open packet and, in revision 3, connects the main namespace.
func (s *session) start(upgrades string) {
	s.mu.Lock()
	s.startHeartbeat()
	_ = s.enqueue(s.openPacket(upgrades)) // an empty queue takes it
	s.mu.Unlock()
	if s.revision < 4 {
		s.recv.Lock()
		defer s.recv.Unlock()
		s.connectTo(head{namespace: "/", id: noID})
	}
}

// send queues packets, all or none.
func (s *session) send(packets ...packet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enqueue(packets...)
}

// enqueue is send with mu held.
func (s *session) enqueue(packets ...packet) error {
	if s.state != opened {
		return ErrDisconnected
	}
	size := 0
	for _, p := range packets {
		size += p.cost()
	}
	if s.queued+size > s.server.opt.SendQueue {
		s.server.count.overflows.Add(1)
		if s.server.opt.Slow == SlowClose {
			// A goroutine, since mu is held; finish, which this starts, waits for it.
			s.server.running.Add(1)
			go func() {
				defer s.server.running.Done()
				s.end(ReasonSlow, atOnce, 0)
			}()
		}
		return ErrQueueFull
	}
	s.queued += size
	if s.queue == nil {
		s.queue = batches.Get().(*batch)
	}
	s.queue.packets = append(s.queue.packets, packets...)
	s.wake()
	return nil
}

// wake lets what is queued go out; mu is held.
func (s *session) wake() {
	switch {
	case s.conn != nil && !s.writing:
		s.writing = true
		s.server.running.Add(1)
		go s.write(s.conn)
	case s.conn == nil && s.waiting != nil:
		s.waiting.wake()
	}
}

// takeQueue empties the queue; mu is held. What is taken counts as queued
// until written is called.
func (s *session) takeQueue() *batch {
	b := s.queue
	s.queue = nil
	return b
}

// written says that a batch is on its way; mu is held.
func (s *session) written(b *batch) {
	out := 0
	for _, p := range b.packets {
		s.queued -= p.cost()
		if p.kind == typeMessage {
			out++
		}
	}
	s.server.count.out.Add(int64(out))
	b.release()
}

// end ends the session, for its first reason. A polite end lets the client
// fetch what waits for it; status is for a close frame, and 0 is 1000.
func (s *session) end(reason Reason, how manner, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLocked(reason, how, status)
}

func (s *session) endLocked(reason Reason, how manner, status int) {
	if s.state == closed || s.state == draining && how == polite {
		return
	}
	if s.state == opened {
		s.reason, s.status = reason, status
		if status == 0 {
			s.status = websocket.StatusNormal
		}
		if how == polite {
			if s.conn == nil { // a WebSocket has its own close frame
				_ = s.enqueue(packet{kind: typeClose})
			}
			s.state = draining
			s.deadline = time.Now().Add(s.server.opt.CloseTimeout)
			s.setTimer()
			s.wake()
		}
		// Handlers may be running, and this may be one of them.
		s.server.running.Add(1)
		go s.finish()
	}
	if how == polite {
		return
	}
	s.state = closed
	if s.timer != nil {
		s.timer.Stop()
	}
	if s.conn != nil {
		_ = s.conn.Close() // there is no more to lose
	}
	if s.probe != nil {
		_ = s.probe.Close()
	}
	if s.waiting != nil {
		s.waiting.wake()
	}
	s.server.forget(s)
	s.server.running.Done()
}

// finish tells the sockets' handlers.
func (s *session) finish() {
	defer s.server.running.Done()
	s.recv.Lock()
	defer s.recv.Unlock()
	s.partial = nil
	s.mu.Lock()
	reason, sockets := s.reason, s.sockets
	s.mu.Unlock()
	for _, socket := range sockets {
		if s.leave(socket) {
			s.ended(socket, reason)
		}
	}
}
