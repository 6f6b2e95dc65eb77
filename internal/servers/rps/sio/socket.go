package sio

import (
	"errors"
	"time"
)

// Errors of sending.
var (
	// ErrDisconnected says that the socket has ended.
	ErrDisconnected = errors.New("sio: the client is disconnected")
	// ErrQueueFull says that a message was dropped, or the client, because
	// too much waits to be sent to it.
	ErrQueueFull = errors.New("sio: too much waits to be sent to the client")
	// ErrNoAck says that a client did not acknowledge an event in time.
	ErrNoAck = errors.New("sio: the client did not acknowledge the event in time")
	// errNamespace is a mistake of the program.
	errNamespace = errors.New("sio: the message is for another namespace")
)

// A Reason says why a socket has ended. Those that clients know, too, have the
// words that they use.
type Reason string

// The reasons.
const (
	ReasonClientLeft     Reason = "client namespace disconnect"
	ReasonServerLeft     Reason = "server namespace disconnect"
	ReasonTransportClose Reason = "transport close" // the client closed the connection
	ReasonTransportError Reason = "transport error" // the connection broke, or was misused
	ReasonPingTimeout    Reason = "ping timeout"
	ReasonParseError     Reason = "parse error"
	ReasonForced         Reason = "forced close" // the connection went without a namespace
	ReasonShutdown       Reason = "server shutting down"
	ReasonSlow           Reason = "slow client"
	ReasonTooMany        Reason = "too many packets"
	ReasonPanic          Reason = "handler failed"
)

// A Socket is a client's connection to a namespace. Its methods may be called
// at any time, by any goroutine.
type Socket struct {
	session   *session
	namespace *Namespace
	id        string

	// Guarded by session.mu.
	gone   bool
	acks   map[int64]*awaited
	nextID int64
	value  any
}

// awaited is an acknowledgement that a client owes.
type awaited struct {
	reply func([]Value, error)
	timer *time.Timer
}

const maxAwaited = 1000 // acknowledgements of one socket

// ID returns the socket's id, which nobody can guess.
func (s *Socket) ID() string { return s.id }

// Namespace returns the namespace that the client is connected to.
func (s *Socket) Namespace() *Namespace { return s.namespace }

// SetValue keeps something of the program's with the socket.
func (s *Socket) SetValue(v any) {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	s.value = v
}

// Value returns what SetValue was given last, or nil.
func (s *Socket) Value() any {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	return s.value
}

// Emit sends an event. See [Namespace.Encode] for the arguments. It does not
// wait: an error means that the event certainly did not go.
func (s *Socket) Emit(event string, args ...any) error {
	m, err := s.namespace.Encode(event, args...)
	if err != nil {
		return err
	}
	return s.session.sendMessage(s, m)
}

// Send sends a message that was encoded before.
func (s *Socket) Send(m *Message) error {
	if m.namespace != s.namespace.name {
		return errNamespace
	}
	return s.session.sendMessage(s, m)
}

// EmitAck sends an event and asks for its acknowledgement. Exactly one call of
// reply follows, when EmitAck returns no error: with the client's arguments,
// or after timeout with [ErrNoAck], or at the end of the socket with
// [ErrDisconnected]. Reply must not wait, like a handler.
func (s *Socket) EmitAck(timeout time.Duration, reply func(args []Value, err error), event string, args ...any) error {
	id, err := s.await(timeout, reply)
	if err != nil {
		return err
	}
	m, err := encode(s.namespace.name, kindEvent, id, event, args)
	if err == nil {
		err = s.session.sendMessage(s, m)
	}
	if err != nil && s.take(id) == nil {
		return nil // the reply has been called in between
	}
	return err
}

// await takes down an acknowledgement.
func (s *Socket) await(timeout time.Duration, reply func([]Value, error)) (int64, error) {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	if s.gone {
		return 0, ErrDisconnected
	}
	if len(s.acks) >= maxAwaited {
		return 0, ErrQueueFull
	}
	if s.acks == nil {
		s.acks = map[int64]*awaited{}
	}
	id := s.nextID
	s.nextID++
	s.acks[id] = &awaited{reply: reply, timer: time.AfterFunc(timeout, func() {
		s.session.recv.Lock()
		defer s.session.recv.Unlock()
		if a := s.take(id); a != nil {
			s.session.guard(func() { a.reply(nil, ErrNoAck) })
		}
	})}
	return id, nil
}

// take removes an acknowledgement, or returns nil when it has been.
func (s *Socket) take(id int64) *awaited {
	s.session.mu.Lock()
	defer s.session.mu.Unlock()
	a := s.acks[id]
	if a != nil {
		delete(s.acks, id)
		a.timer.Stop()
	}
	return a
}

// Disconnect ends the client's connection to the namespace; the client knows
// that the server wants it and does not come back by itself.
func (s *Socket) Disconnect() {
	s.session.dismiss(s)
}

// Close ends the client's connection with all its namespaces. A client that
// can will connect again.
func (s *Socket) Close() { s.session.end(ReasonForced, polite, 0) }
