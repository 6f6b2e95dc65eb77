package sio

import (
	"bytes"
	"errors"
	"io"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/websocket"
)

var (
	errClosed    = errors.New("the client closes the session")
	errTooMany   = errors.New("too many packets")
	errOrder     = errors.New("the packet must not come now")
	errHeartbeat = errors.New("the heartbeat goes the other way")
)

// judge says how a session ends after an error of its client: the reason, and
// the status for a close frame, which is 0 when there is nobody to read it.
func judge(err error) (Reason, int) {
	var protocol *websocket.ProtocolError
	var closed *websocket.CloseError
	switch {
	case errors.As(err, &protocol):
		return ReasonTransportError, protocol.Code
	case errors.As(err, &closed):
		return ReasonTransportClose, websocket.Code(err)
	case errors.Is(err, errClosed):
		return ReasonTransportClose, websocket.StatusNormal
	case errors.Is(err, errTooMany):
		return ReasonTooMany, websocket.StatusPolicy
	case errors.Is(err, errPayload), errors.Is(err, errType), errors.Is(err, errPacket):
		return ReasonParseError, websocket.StatusPolicy
	case errors.Is(err, errOrder):
		return ReasonForced, websocket.StatusPolicy
	case errors.Is(err, errHeartbeat):
		return ReasonTransportError, websocket.StatusPolicy
	case errors.Is(err, io.EOF):
		return ReasonTransportClose, 0
	}
	return ReasonTransportError, 0
}

// receive handles one packet; recv is held. The data are the caller's.
func (s *session) receive(p packet) error {
	opt := &s.server.opt
	if opt.PacketRate > 0 && !s.bucket.take(opt.PacketRate, opt.PacketBurst, time.Now()) {
		return errTooMany
	}
	if !s.heard() {
		return nil // it ends; only what waits to be sent is of interest
	}
	if p.frame != 0 {
		if p.frame == websocket.Ping {
			_ = s.send(packet{frame: websocket.Pong, data: bytes.Clone(p.data)}) // a full queue is dealt with
		}
		return nil
	}
	switch p.kind {
	case typeMessage:
		s.server.count.in.Add(1)
		if p.binary {
			return s.attach(p.data)
		}
		return s.message(p.data)
	case typePing:
		if s.revision >= 4 {
			return errHeartbeat
		}
		_ = s.send(packet{kind: typePong}) // as above
	case typePong:
		if s.revision < 4 {
			return errHeartbeat
		}
		s.pong()
	case typeClose:
		s.closedByClient()
		return errClosed
	case typeNoop, typeUpgrade: // of no meaning here, and of no harm
	default:
		return errOrder
	}
	return nil
}

// closedByClient ends a polling session; the request that waits gets a noop.
// A WebSocket is left to its reader.
func (s *session) closedByClient() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		return
	}
	if s.waiting != nil {
		s.waiting.last = typeNoop
	}
	s.endLocked(ReasonTransportClose, atOnce, 0)
}
