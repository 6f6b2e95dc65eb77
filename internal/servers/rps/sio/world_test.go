package sio

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

// world is a server in a bubble of virtual time, with connections in memory.
type world struct {
	*Server
	t      *testing.T
	http   *http.Client
	listen *memory
	log    bytes.Buffer // of the server's panics; read after close
}

// memory is a listener whose connections are pipes.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}
func (m *memory) Close() error   { m.once.Do(func() { close(m.closed) }); return nil }
func (m *memory) Addr() net.Addr { return &net.TCPAddr{} }

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case m.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// inWorld runs a test in a bubble. Set may change the server before it serves.
func inWorld(t *testing.T, opt Options, set func(*Server), test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, listen: &memory{conns: make(chan net.Conn), closed: make(chan struct{})}}
		if opt.Log == nil {
			opt.Log = slog.New(slog.NewTextHandler(&w.log, nil))
		}
		w.Server = New(opt)
		if set != nil {
			set(w.Server)
		}
		w.http = &http.Client{Transport: &http.Transport{DialContext: w.listen.dial}}
		front := &http.Server{Handler: w.Server}
		served := make(chan struct{})
		go func() { defer close(served); _ = front.Serve(w.listen) }()
		defer func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			w.Close(ctx)
			w.http.CloseIdleConnections()
			front.Close()
			<-served
			time.Sleep(time.Second) // net/http lingers after a request that was too large
			if n := w.Stats().Sessions; n != 0 {
				t.Errorf("%d sessions are left", n)
			}
			if w.log.Len() > 0 && opt.MaxAttachments != panics {
				t.Errorf("the server says\n%s", &w.log)
			}
		}()
		test(w)
	})
}

// panics as Options.MaxAttachments says that the test's handlers do.
const panics = 77

// reference is a server as the reference's own test suite wants it.
func reference(s *Server) {
	echo := func(n *Namespace) {
		n.OnConnect(func(s *Socket, h *Handshake) {
			auth := h.Auth
			if len(auth) == 0 {
				auth = json.RawMessage("{}")
			}
			_ = s.Emit("auth", auth)
		})
		n.On("message", func(s *Socket, e *Event) {
			_ = s.Emit("message-back", anys(e.Args)...)
		})
		n.On("message-with-ack", func(s *Socket, e *Event) { _ = e.Ack(anys(e.Args)...) })
	}
	echo(s.Of("/"))
	echo(s.Of("/custom"))
}

func anys(vs []Value) []any {
	out := make([]any, len(vs))
	for i, v := range vs {
		out[i] = v
	}
	return out
}

// quick has the reference suite's heartbeat.
var quick = Options{PingInterval: 300 * time.Millisecond, PingTimeout: 200 * time.Millisecond, ConnectTimeout: time.Second}

// request makes an HTTP request and returns status and body.
func (w *world) request(method, query, body string, header ...string) (int, string, http.Header) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, "http://host/socket.io/?"+query, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, string(b), resp.Header
}

// poller is a client that polls, by hand.
type poller struct {
	*world
	query string
}

// polls opens a session and returns it with what the handshake's answer had
// behind the open packet.
func (w *world) polls(revision, more string) (p *poller, open map[string]any, rest string) {
	w.t.Helper()
	query := "EIO=" + revision + "&transport=polling" + more
	status, body, _ := w.request("GET", query, "")
	if status != 200 {
		w.t.Fatalf("the handshake: %d %s", status, body)
	}
	start, end := strings.IndexByte(body, '{'), strings.IndexByte(body, '}')+1
	if err := json.Unmarshal([]byte(body[start:end]), &open); err != nil {
		w.t.Fatal(body, err)
	}
	return &poller{w, query + "&sid=" + open["sid"].(string)}, open, body[end:]
}

func (p *poller) get() string {
	p.t.Helper()
	status, body, _ := p.request("GET", p.query, "")
	if status != 200 {
		p.t.Fatalf("GET: %d %s", status, body)
	}
	return body
}

func (p *poller) post(body string) {
	p.t.Helper()
	status, answer, _ := p.request("POST", p.query, body)
	if status != 200 || answer != "ok" {
		p.t.Fatalf("POST %q: %d %s", body, status, answer)
	}
}

// gone checks that the server no longer knows the session.
func (p *poller) gone() {
	p.t.Helper()
	status, body, _ := p.request("GET", p.query, "")
	if status != 400 {
		p.t.Errorf("GET of a session that has ended: %d %q", status, body)
	}
}

// stream is a WebSocket client, by hand. What comes is read at once.
type stream struct {
	t    *testing.T
	conn net.Conn
	in   chan string // texts as they are, bytes as [1 2 3], control frames as "ping …"
	stop chan struct{}
}

func (w *world) dials(query string) *stream {
	w.t.Helper()
	s, err := w.tryDial(query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) tryDial(query string, header http.Header) (*stream, error) {
	d := ws.Dialer{NetDial: w.listen.dial, Header: ws.HandshakeHeaderHTTP(header)}
	conn, early, _, err := d.Dial(w.t.Context(), "ws://host/socket.io/?"+query)
	if err != nil {
		return nil, err
	}
	s := &stream{t: w.t, conn: conn, in: make(chan string, 4096), stop: make(chan struct{})}
	var from io.Reader = conn
	if early != nil {
		from = io.MultiReader(io.LimitReader(early, int64(early.Buffered())), conn)
	}
	go s.read(from)
	return s, nil
}

func (s *stream) read(from io.Reader) {
	defer close(s.in)
	for {
		f, err := ws.ReadFrame(from)
		if err != nil {
			return
		}
		switch f.Header.OpCode {
		case ws.OpText:
			s.in <- string(f.Payload)
		case ws.OpBinary:
			s.in <- bytesText(f.Payload)
		case ws.OpClose:
			code, _ := ws.ParseCloseFrameData(f.Payload)
			s.in <- "close " + strings.TrimSpace(bytesText([]byte{byte(code >> 8), byte(code)}))
			s.conn.Close()
		default:
			s.in <- map[ws.OpCode]string{ws.OpPing: "ping", ws.OpPong: "pong"}[f.Header.OpCode] + string(f.Payload)
		}
	}
}

func bytesText(b []byte) string {
	text, _ := json.Marshal(b) // base64
	return "bytes " + string(text)
}

func (s *stream) send(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.frame(ws.NewTextFrame([]byte(text)))
	}
}

// floods sends without minding whether the connection lives, at once.
func (s *stream) floods(texts ...string) {
	var all bytes.Buffer
	for _, text := range texts {
		_ = ws.WriteFrame(&all, ws.MaskFrame(ws.NewTextFrame([]byte(text)))) // a buffer takes all
	}
	_, _ = s.conn.Write(all.Bytes())
}

func (s *stream) bytes(data ...byte) {
	s.t.Helper()
	s.frame(ws.NewBinaryFrame(data))
}

func (s *stream) frame(f ws.Frame) {
	s.t.Helper()
	if err := ws.WriteFrame(s.conn, ws.MaskFrame(f)); err != nil {
		s.t.Fatal("write:", err)
	}
}

// next returns what comes next, or "" at the end of the connection.
func (s *stream) next() string {
	s.t.Helper()
	select {
	case text := <-s.in:
		return text
	case <-time.After(time.Hour):
		s.t.Fatal("nothing comes")
		return ""
	}
}

func (s *stream) want(texts ...string) {
	s.t.Helper()
	for _, want := range texts {
		if got := s.next(); got != want {
			s.t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// wantEnd reads until the connection ends, and returns what came.
func (s *stream) wantEnd() (came []string) {
	s.t.Helper()
	for {
		text := s.next()
		if text == "" {
			s.conn.Close()
			return came
		}
		came = append(came, text)
	}
}

// opens reads the open packet.
func (s *stream) opens() (open map[string]any) {
	s.t.Helper()
	text := s.next()
	if !strings.HasPrefix(text, "0{") {
		s.t.Fatalf("got %q, want an open packet", text)
	}
	if err := json.Unmarshal([]byte(text[1:]), &open); err != nil {
		s.t.Fatal(err)
	}
	return open
}

// connected is a WebSocket client of revision 4 in the main namespace of the
// reference server.
func (w *world) connected() *stream {
	w.t.Helper()
	s := w.dials("EIO=4&transport=websocket")
	s.opens()
	s.send("40")
	if text := s.next(); !strings.HasPrefix(text, `40{"sid":"`) {
		w.t.Fatalf("got %q", text)
	}
	s.want(`42["auth",{}]`)
	return s
}
