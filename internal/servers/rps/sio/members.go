package sio

import (
	"net/url"
	"time"
)

// handshake is what a namespace's functions get to know.
func (s *session) handshake(h head) *Handshake {
	query, _ := url.ParseQuery(s.query) // what can be read of it
	if h.query != "" {
		more, _ := url.ParseQuery(h.query)
		for key, values := range more {
			query[key] = values
		}
	}
	hs := &Handshake{Session: s.id, Revision: s.revision, Address: s.address, Query: query}
	if s.revision >= 4 {
		hs.Auth = h.data
	}
	return hs
}

// connectTo connects the client to a namespace, or refuses it; recv is held.
func (s *session) connectTo(h head) {
	n := s.server.namespaces[h.namespace]
	if n == nil {
		s.refuse(h.namespace, &ConnectError{Message: invalidNS})
		return
	}
	hs := s.handshake(h)
	err := error(&ConnectError{Message: "internal error"}) // should it panic
	s.guard(func() {
		if n.authorize == nil {
			err = nil
			return
		}
		err = n.authorize(hs)
	})
	if err != nil {
		s.refuse(n.name, err)
		return
	}
	socket := &Socket{session: s, namespace: n, id: s.id}
	answer := packet{kind: typeMessage, data: appendHead(nil, kindConnect, 0, n.name, noID)}
	if s.revision >= 4 {
		socket.id = newID()
		answer.data = append(append(append(answer.data, `{"sid":"`...), socket.id...), `"}`...)
	} else if n.name != "/" {
		socket.id = n.name + "#" + s.id
	}
	if !s.join(socket, answer) {
		return
	}
	if n.connect != nil {
		s.guard(func() { n.connect(socket, hs) })
	}
}

func (s *session) refuse(namespace string, err error) {
	text := appendHead(nil, kindConnectError, 0, namespace, noID)
	_ = s.send(packet{kind: typeMessage, data: append(text, refusal(s.revision, err)...)}) // as in receive
}

// join adds a socket and tells the client.
func (s *session) join(socket *Socket, answer packet) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.enqueue(answer) != nil {
		return false
	}
	s.connect = time.Time{}
	for i, old := range s.sockets {
		if old.namespace == socket.namespace { // it has left
			s.sockets[i] = socket
			return true
		}
	}
	s.sockets = append(s.sockets, socket)
	return true
}

func (s *session) socketIn(namespace string) *Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, socket := range s.sockets {
		if socket.namespace.name == namespace {
			return socket
		}
	}
	return nil
}

// drop forgets a socket that left by itself, so that what still comes for it
// is a fault.
func (s *session) drop(socket *Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.sockets {
		if other == socket {
			s.sockets = append(s.sockets[:i:i], s.sockets[i+1:]...)
			return
		}
	}
}

func (s *Socket) left() bool {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	return s.gone
}

// leave marks a socket as gone, and tells whether it was not before.
func (s *session) leave(socket *Socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := socket.gone
	socket.gone = true
	return !was
}

// dismiss sends a client out of a namespace. Handlers may be running, this one
// included, so the disconnection is told by a goroutine.
func (s *session) dismiss(socket *Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if socket.gone || s.state != opened {
		return
	}
	socket.gone = true
	_ = s.enqueue(packet{kind: typeMessage, data: appendHead(nil, kindDisconnect, 0, socket.namespace.name, noID)})
	s.server.running.Add(1)
	go func() {
		defer s.server.running.Done()
		s.recv.Lock()
		defer s.recv.Unlock()
		s.ended(socket, ReasonServerLeft)
	}()
}

// ended tells the program that a socket has gone; recv is held.
func (s *session) ended(socket *Socket, reason Reason) {
	s.mu.Lock()
	owed := socket.acks
	socket.acks = nil
	s.mu.Unlock()
	for _, a := range owed {
		a.timer.Stop()
		s.guard(func() { a.reply(nil, ErrDisconnected) })
	}
	if f := socket.namespace.disconnect; f != nil {
		s.guard(func() { f(socket, reason) })
	}
}

// sendMessage queues an event or an acknowledgement of a socket.
func (s *session) sendMessage(socket *Socket, m *Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if socket.gone {
		return ErrDisconnected
	}
	if len(m.parts) == 0 {
		return s.enqueue(packet{kind: typeMessage, data: m.text})
	}
	packets := make([]packet, 0, 1+len(m.parts))
	packets = append(packets, packet{kind: typeMessage, data: m.text})
	for _, part := range m.parts {
		packets = append(packets, packet{kind: typeMessage, binary: true, data: part})
	}
	return s.enqueue(packets...)
}
