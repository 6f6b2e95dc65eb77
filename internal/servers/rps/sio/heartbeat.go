package sio

import (
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/websocket"
)

// startHeartbeat starts the session's only timer; mu is held.
func (s *session) startHeartbeat() {
	now := time.Now()
	s.seen = now
	s.deadline = now.Add(s.server.opt.PingInterval)
	if s.revision >= 4 {
		s.connect = now.Add(s.server.opt.ConnectTimeout)
	}
	s.timer = time.AfterFunc(time.Hour, s.tick)
	s.setTimer()
}

// setTimer sets the timer for what is due next; mu is held.
func (s *session) setTimer() {
	if s.timer == nil || s.state == closed {
		return
	}
	next := s.deadline
	if s.state == opened && !s.connect.IsZero() && s.connect.Before(next) {
		next = s.connect
	}
	s.timer.Reset(time.Until(next))
}

// tick does what is due.
func (s *session) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	switch {
	case s.state == closed:
		return
	case s.state == draining:
		if !now.Before(s.deadline) {
			s.endLocked(s.reason, atOnce, 0)
			return
		}
	case !s.connect.IsZero() && !now.Before(s.connect):
		s.endLocked(ReasonForced, polite, 0)
		return
	case now.Before(s.deadline): // the timer is a little early, or was for less
	case s.revision >= 4:
		s.beat(now)
	default:
		s.listen(now)
	}
	s.setTimer()
}

// beat is revision 4: the server pings, the client answers.
func (s *session) beat(now time.Time) {
	if s.pinged {
		s.endLocked(ReasonPingTimeout, atOnce, 0)
		return
	}
	s.pinged = true
	s.deadline = now.Add(s.server.opt.PingTimeout)
	_ = s.enqueue(packet{kind: typePing}) // a full queue ends the session, or the ping is missed
}

// listen is revision 3: the client pings. One that does not, though it should,
// is asked by the WebSocket's own ping.
func (s *session) listen(now time.Time) {
	opt := &s.server.opt
	last, due := s.seen.Add(opt.PingInterval+opt.PingTimeout), s.seen.Add(opt.PingInterval)
	switch {
	case !now.Before(last):
		s.endLocked(ReasonPingTimeout, atOnce, 0)
		return
	case now.Before(due):
		s.deadline = due
		return
	}
	s.deadline = last
	if next := now.Add(opt.PingInterval); s.conn != nil {
		_ = s.enqueue(packet{frame: websocket.Ping}) // as in beat
		if next.Before(last) {
			s.deadline = next
		}
	}
}

// heard notes that the client of revision 3 lives, and tells whether the session
// does. The timer, which is not set anew for each packet, finds out.
func (s *session) heard() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revision < 4 {
		s.seen = time.Now()
	}
	return s.state == opened
}

// pong notes the answer to a ping of revision 4.
func (s *session) pong() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != opened {
		return
	}
	s.pinged = false
	s.deadline = time.Now().Add(s.server.opt.PingInterval)
	s.setTimer()
}

// bucket limits the packets of a client: a place in it comes free at a rate.
type bucket struct {
	level float64
	last  time.Time
}

// take reports whether there is a place.
func (b *bucket) take(rate float64, size int, now time.Time) bool {
	if !b.last.IsZero() {
		b.level = max(0, b.level-now.Sub(b.last).Seconds()*rate)
	}
	b.last = now
	if b.level+1 > float64(size) {
		return false
	}
	b.level++
	return true
}
