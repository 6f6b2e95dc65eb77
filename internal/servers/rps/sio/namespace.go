package sio

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
)

// A Namespace is a part of a server that clients connect to by name. Its
// functions are set before the server serves.
type Namespace struct {
	name       string
	authorize  func(*Handshake) error
	connect    func(*Socket, *Handshake)
	disconnect func(*Socket, Reason)
	handlers   map[string]Handler
	other      Handler
}

// A Handler takes an event. It may keep what it is given, and must not wait:
// nothing else of this client is looked at meanwhile.
type Handler func(*Socket, *Event)

// Name returns the namespace's name, which begins with a slash.
func (n *Namespace) Name() string { return n.name }

// Authorize sets what decides whether a client may connect. A [*ConnectError]
// is what the client is told; of any other error it does not get to know the
// text.
func (n *Namespace) Authorize(f func(*Handshake) error) { n.authorize = f }

// OnConnect sets what is called for a new socket, before its first event.
func (n *Namespace) OnConnect(f func(*Socket, *Handshake)) { n.connect = f }

// OnDisconnect sets what is called when a socket has ended, after its last
// event, once for each socket.
func (n *Namespace) OnDisconnect(f func(*Socket, Reason)) { n.disconnect = f }

// On sets the handler of an event.
func (n *Namespace) On(event string, h Handler) { n.handlers[event] = h }

// OnOther sets the handler of events that no other one is set for.
func (n *Namespace) OnOther(h Handler) { n.other = h }

// A Handshake is what a client says of itself when it connects to a namespace.
type Handshake struct {
	Session  string          // the id of the Engine.IO session
	Revision int             // of Engine.IO: 3 or 4
	Address  netip.Addr      // by Options.Address
	Query    url.Values      // of the request, and in revision 3 of the namespace
	Auth     json.RawMessage // revision 4 only: an object, or nil
}

// A ConnectError refuses a client, and tells it why.
type ConnectError struct {
	Message string
	Data    any // more for programs; may be nil, and is not sent in revision 3
}

func (e *ConnectError) Error() string { return e.Message }

// refusal is the JSON of a CONNECT_ERROR packet: an object since revision 5 of
// Socket.IO, a string before.
func refusal(revision int, err error) []byte {
	var told *ConnectError
	if !errors.As(err, &told) {
		told = &ConnectError{Message: "not authorized"}
	}
	var v any = told.Message
	if revision >= 4 {
		v = struct {
			Message string `json:"message"`
			Data    any    `json:"data,omitempty"`
		}{told.Message, told.Data}
	}
	text, err := json.Marshal(v)
	if err != nil { // of the data, which are the program's
		text, _ = json.Marshal(map[string]string{"message": told.Message}) // strings always marshal
	}
	return text
}

// An Event is what a client has emitted.
type Event struct {
	Name string
	Args []Value

	socket   *Socket
	id       int64
	answered bool
}

// Arg decodes the argument at i, as [Value.Decode] does. It returns
// [ErrArgument] when there is none.
func (e *Event) Arg(i int, into any) error {
	if i >= len(e.Args) {
		return ErrArgument
	}
	return e.Args[i].Decode(into)
}

// WantsAck reports whether the client waits for an acknowledgement that has
// not been given.
func (e *Event) WantsAck() bool { return e.id != noID && !e.answered }

// Ack acknowledges the event. It does nothing when the client waits for none.
// Like the event's handler it must not be called by two goroutines at once.
func (e *Event) Ack(args ...any) error {
	if !e.WantsAck() {
		return nil
	}
	m, err := encode(e.socket.namespace.name, kindAck, e.id, "", args)
	if err != nil {
		return err
	}
	e.answered = true
	return e.socket.session.sendMessage(e.socket, m)
}
