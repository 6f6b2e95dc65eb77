// Package websocket moves whole messages over one WebSocket connection
// (RFC 6455), with little memory while nothing moves: half a kilobyte of
// buffer, and nothing kept for writing.
//
// It is for servers. It checks everything that a client may get wrong, limits
// what it reads, and answers nothing by itself: pings and close frames are
// given to the caller, who is the only one to write. It knows nothing of what
// is said over the connection.
package websocket

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gobwas/ws"
)

// Kind says what a message is.
type Kind byte

// The kinds of messages, with their codes in RFC 6455, section 5.2.
const (
	Text   Kind = 0x1
	Binary Kind = 0x2
	Close  Kind = 0x8
	Ping   Kind = 0x9
	Pong   Kind = 0xa
)

// Codes that a close frame carries (RFC 6455, section 7.4.1).
const (
	StatusNormal    = 1000
	StatusGoingAway = 1001
	StatusProtocol  = 1002
	StatusInvalid   = 1007 // text that is not UTF-8
	StatusPolicy    = 1008
	StatusTooBig    = 1009
	statusNone      = 1005 // never sent: a close frame without a code
)

// A CloseError is the end that the client asked for.
type CloseError struct {
	Code   int // 1005 when the client gave none
	Reason string
}

func (e *CloseError) Error() string {
	return fmt.Sprintf("websocket: closed by the client with code %d", e.Code)
}

// A ProtocolError is a frame that the connection has to be closed for, with
// Code.
type ProtocolError struct {
	Code int
	Text string
}

func (e *ProtocolError) Error() string { return "websocket: " + e.Text }

// Options set up a connection.
type Options struct {
	// MaxMessage is the size of the largest message that is read, in bytes.
	// Fragments count together, and compressed ones as what they become.
	MaxMessage int
	// Compress offers permessage-deflate (RFC 7692), without context between
	// messages, for messages of at least CompressFrom bytes. It costs time and
	// some memory while a message is written.
	Compress     bool
	CompressFrom int
	// Timeout is how long the handshake's answer may take to be written.
	Timeout time.Duration
}

// Requested reports whether a request asks for a WebSocket.
func Requested(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Upgrade answers the client's handshake and takes the connection over. When
// it fails the client has its answer. The deadlines of the HTTP server no
// longer hold.
func Upgrade(w http.ResponseWriter, r *http.Request, opt Options) (*Conn, error) {
	u := ws.HTTPUpgrader{Timeout: opt.Timeout}
	deflate := noContext()
	if opt.Compress {
		u.Negotiate = deflate.Negotiate
	}
	conn, rw, _, err := u.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, fmt.Errorf("websocket: %w", err)
	}
	c := newConn(conn, rw.Reader, opt)
	_, c.deflate = deflate.Accepted()
	return c, nil
}

// newConn takes over what has been read already, and not its buffer.
func newConn(conn net.Conn, early *bufio.Reader, opt Options) *Conn {
	c := &Conn{conn: conn, max: opt.MaxMessage, compressFrom: opt.CompressFrom}
	if c.max <= 0 {
		c.max = 1 << 20
	}
	c.buf = c.small[:]
	if early == nil {
		return c
	}
	if n := early.Buffered(); n > 0 {
		sent, _ := early.Peek(n) // what is buffered is there
		if n > len(c.buf) {
			c.buf = make([]byte, n)
		}
		c.w = copy(c.buf, sent)
	}
	return c
}

// Code is the status to close a connection with after err.
func Code(err error) int {
	var protocol *ProtocolError
	var closed *CloseError
	switch {
	case errors.As(err, &protocol):
		return protocol.Code
	case errors.As(err, &closed) && closed.Code != statusNone:
		return closed.Code
	}
	return StatusNormal
}
