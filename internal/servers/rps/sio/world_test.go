package sio

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

// world is a server in a bubble of virtual time, with connections in memory.
type world struct {
	*Server
	t      *testing.T
	http   *http.Client
	listen *siotest.Listener
	log    bytes.Buffer // of the server's panics; read after close
}

// inWorld runs a test in a bubble. Set may change the server before it serves.
func inWorld(t *testing.T, opt Options, set func(*Server), test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, listen: siotest.Listen()}
		if opt.Log == nil {
			opt.Log = slog.New(slog.NewTextHandler(&w.log, nil))
		}
		w.Server = New(opt)
		if set != nil {
			set(w.Server)
		}
		w.http = &http.Client{Transport: &http.Transport{DialContext: w.listen.Dial}}
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

func (w *world) dials(query string) *siotest.Client {
	w.t.Helper()
	s, err := w.tryDial(query, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) tryDial(query string, header http.Header) (*siotest.Client, error) {
	return siotest.Dial(w.t, w.listen.Dial, "ws://host/socket.io/?"+query, header)
}

// connected is a WebSocket client of revision 4 in the main namespace of the
// reference server.
func (w *world) connected() *siotest.Client {
	w.t.Helper()
	s := w.dials("EIO=4&transport=websocket")
	s.Open()
	s.Send("40")
	if text := s.Next(); !strings.HasPrefix(text, `40{"sid":"`) {
		w.t.Fatalf("got %q", text)
	}
	s.Want(`42["auth",{}]`)
	return s
}
