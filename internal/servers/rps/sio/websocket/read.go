package websocket

import (
	"io"
	"net"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

const (
	restSize = 512     // of the buffer that a connection keeps while it waits
	busySize = 4 << 10 // of the one that it borrows while much arrives

	maxEmptyReads = 100  // one after the other: a reader may return nothing
	maxFragments  = 4096 // of a message; empty ones would come for ever
)

var busy = sync.Pool{New: func() any { return new([busySize]byte) }}

// Conn is one connection. Next may be called by one goroutine, Write by
// another.
type Conn struct {
	conn net.Conn
	max  int

	buf      []byte // small, borrowed, or one that is used once
	r, w     int    // what has been read and not consumed: buf[r:w]
	full     bool   // the last read filled the buffer: more is waiting
	borrowed *[busySize]byte

	message    []byte // the fragments so far, or a message too long for buf
	kind       Kind   // of the message whose fragments are coming, or 0
	fragments  int    // of it, so far
	compressed bool   // that message

	deflate      bool
	compressFrom int

	head  [ws.MaxHeaderSize]byte
	small [restSize]byte
}

// Next returns the next message or control frame. The bytes are valid until
// Next is called again. A *CloseError is the client's goodbye, a
// *ProtocolError its fault; after any error the connection is of no more use
// but to write a close frame.
func (c *Conn) Next() (Kind, []byte, error) {
	if cap(c.message) > busySize {
		c.message = nil
	}
	if c.kind == 0 {
		c.message = c.message[:0]
	}
	for {
		h, err := ws.ReadHeaderBuffer((*source)(c), c.head[:])
		if err != nil {
			return 0, nil, headerError(err)
		}
		if err := c.check(h); err != nil {
			return 0, nil, err
		}
		if h.OpCode.IsControl() {
			kind, payload, err := c.control(h)
			return kind, payload, err
		}
		if h.OpCode != ws.OpContinuation {
			c.kind, c.compressed, c.fragments = Kind(h.OpCode), h.Rsv1(), 0
		}
		if c.fragments++; c.fragments > maxFragments || h.Length > int64(c.max-len(c.message)) {
			return 0, nil, &ProtocolError{StatusTooBig, "a message is too long"}
		}
		payload, err := c.payload(h)
		if err != nil {
			return 0, nil, err
		}
		if !h.Fin {
			continue
		}
		kind := c.kind
		c.kind = 0
		if c.compressed {
			if payload, err = inflate(payload, c.max); err != nil {
				return 0, nil, err
			}
		}
		if kind == Text && !utf8.Valid(payload) {
			return 0, nil, &ProtocolError{StatusInvalid, "a text is not UTF-8"}
		}
		return kind, payload, nil
	}
}

// check is what RFC 6455 says of a header by itself and after the ones before.
func (c *Conn) check(h ws.Header) error {
	state := ws.StateServerSide
	if c.kind != 0 {
		state = state.Set(ws.StateFragmented)
	}
	if c.deflate {
		// Of the reserved bits RFC 7692 uses the first, on a message's first frame.
		state = state.Set(ws.StateExtended)
		first := h.OpCode == ws.OpText || h.OpCode == ws.OpBinary
		if h.Rsv2() || h.Rsv3() || h.Rsv1() && !first {
			return &ProtocolError{StatusProtocol, ws.ErrProtocolNonZeroRsv.Error()}
		}
	}
	if err := ws.CheckHeader(h, state); err != nil {
		return &ProtocolError{StatusProtocol, err.Error()}
	}
	return nil
}

// payload reads a data frame's, and returns the message so far. A message of
// one frame that fits the buffer is not copied.
func (c *Conn) payload(h ws.Header) ([]byte, error) {
	n := int(h.Length)
	if h.Fin && h.OpCode != ws.OpContinuation && n <= busySize {
		return c.inPlace(n, h)
	}
	start := len(c.message)
	for n > 0 {
		// The buffer grows with what arrives, not with what was announced.
		step := min(n, max(busySize, len(c.message)))
		at := len(c.message)
		c.message = append(c.message, make([]byte, step)...)
		if _, err := io.ReadFull((*source)(c), c.message[at:]); err != nil {
			return nil, err
		}
		n -= step
	}
	ws.Cipher(c.message[start:], h.Mask, 0)
	return c.message, nil
}

// inPlace returns the next n bytes of the buffer, unmasked.
func (c *Conn) inPlace(n int, h ws.Header) ([]byte, error) {
	for c.w-c.r < n {
		if n > len(c.buf) {
			c.borrow()
		}
		if len(c.buf)-c.r < n {
			c.w = copy(c.buf, c.buf[c.r:c.w])
			c.r = 0
		}
		if err := c.fill(); err != nil {
			return nil, unexpected(err)
		}
	}
	p := c.buf[c.r : c.r+n : c.r+n]
	c.r += n
	ws.Cipher(p, h.Mask, 0)
	return p, nil
}

// control reads a control frame, which may lie between fragments.
func (c *Conn) control(h ws.Header) (Kind, []byte, error) {
	p, err := c.inPlace(int(h.Length), h)
	if err != nil {
		return 0, nil, err
	}
	if h.OpCode != ws.OpClose {
		return Kind(h.OpCode), p, nil
	}
	if len(p) == 0 {
		return 0, nil, &CloseError{Code: statusNone}
	}
	if len(p) == 1 {
		return 0, nil, &ProtocolError{StatusProtocol, "half a close code"}
	}
	code, reason := ws.ParseCloseFrameData(p)
	if err := ws.CheckCloseFrameData(code, reason); err != nil {
		return 0, nil, &ProtocolError{StatusProtocol, err.Error()}
	}
	return 0, nil, &CloseError{Code: int(code), Reason: string([]byte(reason))}
}

// source reads from the buffer, and from the connection when it is empty.
type source Conn

func (s *source) Read(p []byte) (int, error) {
	c := (*Conn)(s)
	if c.r == c.w {
		if len(p) >= busySize { // large ones need no buffer in between
			return c.conn.Read(p)
		}
		c.rest()
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.buf[c.r:c.w])
	c.r += n
	return n, nil
}

// rest chooses the buffer for a read that may take long: the small one, unless
// the last read left more behind.
func (c *Conn) rest() {
	c.r, c.w = 0, 0
	if c.full {
		c.borrow()
		return
	}
	if c.borrowed != nil {
		busy.Put(c.borrowed)
		c.borrowed = nil
	}
	c.buf = c.small[:]
}

// borrow moves what is buffered into a large buffer.
func (c *Conn) borrow() {
	if len(c.buf) >= busySize {
		return
	}
	c.borrowed = busy.Get().(*[busySize]byte)
	c.w = copy(c.borrowed[:], c.buf[c.r:c.w])
	c.r, c.buf = 0, c.borrowed[:]
}

// fill reads at least one more byte into the buffer, which has room.
func (c *Conn) fill() error {
	for range maxEmptyReads {
		n, err := c.conn.Read(c.buf[c.w:])
		c.w += n
		c.full = c.w == len(c.buf)
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// Write writes frames that Append made, all of them or with an error.
func (c *Conn) Write(frames []byte) error {
	_, err := c.conn.Write(frames)
	return err
}

// CloseWrite tells the client that nothing more comes, where the connection
// can, so that what was written last is not lost, and lets Next go on for at
// most wait.
func (c *Conn) CloseWrite(wait time.Duration) {
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // it may be closed already
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(wait))
}

// SetReadDeadline ends reads at t; zero takes the limit away.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.conn.SetReadDeadline(t) }

// Drain throws away what still comes, until the connection ends. Closing it
// with bytes unread could take from the client what was written last.
func (c *Conn) Drain() {
	for {
		if _, err := c.conn.Read(c.small[:]); err != nil {
			return
		}
	}
}

// Close ends the connection at once; Next and Write return.
func (c *Conn) Close() error { return c.conn.Close() }

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// headerError tells a length that no message can have from a broken
// connection.
func headerError(err error) error {
	if err == ws.ErrHeaderLengthMSB || err == ws.ErrHeaderLengthUnexpected {
		return &ProtocolError{StatusProtocol, err.Error()}
	}
	return err
}
