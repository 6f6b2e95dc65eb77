package sio

import (
	"bytes"
	"runtime/debug"
)

// message handles a Socket.IO packet; recv is held.
func (s *session) message(text []byte) error {
	if s.partial != nil {
		return errPacket // its attachments come first
	}
	h, err := parseHead(text)
	if err != nil {
		return err
	}
	if h.attachments > s.server.opt.MaxAttachments {
		return errPacket
	}
	// What a handler gets it may keep, so it is copied once, here.
	h.data = bytes.Clone(h.data)
	if h.attachments > 0 {
		s.partial = &assembly{head: h, size: len(h.data)}
		return nil
	}
	return s.deliver(h, nil)
}

// assembly is a packet that waits for its attachments.
type assembly struct {
	head  head
	parts [][]byte
	size  int
}

// attach takes an attachment; recv is held.
func (s *session) attach(data []byte) error {
	a := s.partial
	if a == nil {
		return errPacket
	}
	if a.size += len(data); a.size > s.server.opt.MaxPayload {
		return errPacket
	}
	a.parts = append(a.parts, bytes.Clone(data))
	if len(a.parts) < a.head.attachments {
		return nil
	}
	s.partial = nil
	return s.deliver(a.head, a.parts)
}

// deliver hands a whole packet to its socket.
func (s *session) deliver(h head, parts [][]byte) error {
	socket := s.socketIn(h.namespace)
	if h.kind == kindConnect {
		if socket != nil && !socket.left() {
			if s.revision < 4 {
				return nil // clients of revision 3 may ask for what they have
			}
			return errOrder
		}
		s.connectTo(h)
		return nil
	}
	if socket == nil {
		return errOrder // "it MUST close the connection immediately"
	}
	if socket.left() {
		return nil // the client did not know yet
	}
	switch h.kind {
	case kindDisconnect:
		if s.leave(socket) {
			s.drop(socket)
			s.ended(socket, ReasonClientLeft)
		}
		return nil
	case kindAck:
		vs, err := values(splitArray(h.data), parts)
		if err != nil {
			return err
		}
		if a := socket.take(h.id); a != nil {
			s.guard(func() { a.reply(vs, nil) })
		}
		return nil
	}
	return s.event(socket, h, parts)
}

// event calls an event's handler.
func (s *session) event(socket *Socket, h head, parts [][]byte) error {
	elements := splitArray(h.data)
	if len(elements) == 0 {
		return errPacket // "MUST be a non-empty array"
	}
	name, err := eventName(elements[0])
	if err != nil {
		return errPacket
	}
	vs, err := values(elements[1:], parts)
	if err != nil {
		return err
	}
	handler := socket.namespace.handlers[name]
	if handler == nil {
		handler = socket.namespace.other
	}
	if handler == nil {
		return nil
	}
	e := &Event{Name: name, Args: vs, socket: socket, id: h.id}
	s.guard(func() { handler(socket, e) })
	return nil
}

// guard runs a handler. One that panics costs its client the connection, and
// nobody else anything.
func (s *session) guard(f func()) {
	defer func() {
		if v := recover(); v != nil {
			s.server.opt.Log.Error("a Socket.IO handler panicked", "panic", v, "stack", string(debug.Stack()))
			s.end(ReasonPanic, polite, 0)
		}
	}()
	f()
}
