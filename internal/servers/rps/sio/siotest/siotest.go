// Package siotest has what tests of Socket.IO servers need: connections in
// memory, which a bubble of testing/synctest can wait for, and a WebSocket
// client to speak the protocol with by hand.
//
// It knows nothing of a server.
package siotest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// Listener is a net.Listener whose connections are pipes.
type Listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Listen returns a listener.
func Listen() *Listener {
	return &Listener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept implements net.Listener.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *Listener) Addr() net.Addr { return &net.TCPAddr{} }

// Dial connects; network and address do not matter.
func (l *Listener) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Dialer makes connections: a Listener's Dial, or a net.Dialer's DialContext.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

var errTooLong = errors.New("the frame is too long")

// Client is a WebSocket client, by hand. What comes is read at once.
type Client struct {
	Conn net.Conn
	t    *testing.T
	in   chan string
}

// Dial connects to a server at ws://host/….
func Dial(t *testing.T, dial Dialer, url string, header http.Header) (*Client, error) {
	d := ws.Dialer{NetDial: dial, Header: ws.HandshakeHeaderHTTP(header)}
	conn, early, _, err := d.Dial(t.Context(), url)
	if err != nil {
		return nil, err
	}
	c := &Client{Conn: conn, t: t, in: make(chan string, 4096)}
	var from io.Reader = conn
	if early != nil {
		from = io.MultiReader(io.LimitReader(early, int64(early.Buffered())), conn)
	}
	go c.read(from)
	return c, nil
}

func (c *Client) read(from io.Reader) {
	defer close(c.in)
	for {
		f, err := ReadFrame(from)
		if err != nil {
			return
		}
		switch f.Header.OpCode {
		case ws.OpText:
			c.in <- string(f.Payload)
		case ws.OpBinary:
			c.in <- BytesText(f.Payload)
		case ws.OpClose:
			code, _ := ws.ParseCloseFrameData(f.Payload)
			c.in <- CloseText(int(code))
			c.Conn.Close()
		case ws.OpPing:
			c.in <- "ping"
		default:
			c.in <- "pong"
		}
	}
}

// maxFrame is how long a frame of a server under test may be, in bytes.
const maxFrame = 16 << 20

// ReadFrame reads a server's frame.
func ReadFrame(from io.Reader) (f ws.Frame, err error) {
	if f.Header, err = ws.ReadHeader(from); err != nil {
		return f, err
	}
	if f.Header.Length > maxFrame {
		return f, errTooLong
	}
	f.Payload = make([]byte, f.Header.Length)
	_, err = io.ReadFull(from, f.Payload)
	return f, err
}

// BytesText is how Next shows a binary message.
func BytesText(b []byte) string {
	text, _ := json.Marshal(b) // base64: always possible
	return "bytes " + string(text)
}

// CloseText is how Next shows a close frame.
func CloseText(code int) string { return "close " + BytesText([]byte{byte(code >> 8), byte(code)}) }

// Send sends texts.
func (c *Client) Send(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		c.Frame(ws.NewTextFrame([]byte(text)))
	}
}

// Bytes sends a binary message.
func (c *Client) Bytes(data ...byte) {
	c.t.Helper()
	c.Frame(ws.NewBinaryFrame(data))
}

// Frame sends a frame.
func (c *Client) Frame(f ws.Frame) {
	c.t.Helper()
	if err := ws.WriteFrame(c.Conn, ws.MaskFrame(f)); err != nil {
		c.t.Fatal("write:", err)
	}
}

// Flood sends texts at once, without minding whether the connection lives.
func (c *Client) Flood(texts ...string) {
	var all bytes.Buffer
	for _, text := range texts {
		_ = ws.WriteFrame(&all, ws.MaskFrame(ws.NewTextFrame([]byte(text)))) // a buffer takes all
	}
	_, _ = c.Conn.Write(all.Bytes())
}

// Next returns what comes next, or "" at the end of the connection: text as it
// is, the rest as BytesText, CloseText, "ping" and "pong".
func (c *Client) Next() string {
	c.t.Helper()
	select {
	case text := <-c.in:
		return text
	case <-time.After(time.Hour):
		c.t.Fatal("nothing comes")
		return ""
	}
}

// Pending returns what has come so far, without waiting.
func (c *Client) Pending() (texts []string) {
	for {
		select {
		case text, ok := <-c.in:
			if !ok {
				return texts
			}
			texts = append(texts, text)
		default:
			return texts
		}
	}
}

// Want checks what comes next.
func (c *Client) Want(texts ...string) {
	c.t.Helper()
	for _, want := range texts {
		if got := c.Next(); got != want {
			c.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// WantEnd reads until the connection ends, and returns what came.
func (c *Client) WantEnd() (came []string) {
	c.t.Helper()
	for {
		text := c.Next()
		if text == "" {
			c.Conn.Close()
			return came
		}
		came = append(came, text)
	}
}

// Open reads the open packet.
func (c *Client) Open() (open map[string]any) {
	c.t.Helper()
	text := c.Next()
	if !strings.HasPrefix(text, "0{") {
		c.t.Fatalf("got %q, want an open packet", text)
	}
	if err := json.Unmarshal([]byte(text[1:]), &open); err != nil {
		c.t.Fatal(err)
	}
	return open
}
