package sio

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

// The sentences with "must" of the Engine.IO specification, revision 4, in its
// order. Those that bind clients are tested by what the server does otherwise.
func TestEngineIO(t *testing.T) {
	for _, c := range []struct {
		sentence string
		test     func(*world)
	}{
		{"if a mandatory query parameter is missing, then the server MUST respond with an HTTP 400 error status", func(w *world) {
			for _, q := range []string{"", "transport=polling", "EIO=4", "EIO=abc&transport=polling", "EIO=4&transport=abc", "EIO=2&transport=polling", "EIO=5&transport=polling"} {
				if status, _, _ := w.request("GET", q, ""); status != 400 {
					w.t.Errorf("%q: %d", q, status)
				}
			}
			p, _, _ := w.polls("4", "")
			if status, _, _ := w.request("POST", "EIO=4&transport=polling", "4x"); status != 400 {
				w.t.Errorf("POST without sid: %d", status)
			}
			p.post("40")
		}},
		{"when sending binary data, the sender MUST include a Content-Type: application/octet-stream header", func(w *world) {
			// In revision 4 payloads are text. In revision 3 they may be bytes.
			p, _, _ := w.polls("3", "")
			p.post(`27:451-["message",{"_placeholder":true,"num":0}]`[:0] + counted(`451-["message",{"_placeholder":true,"num":0}]`))
			p.post(counted("b4AQID"))
			status, body, h := w.request("GET", p.query, "")
			if status != 200 || h.Get("Content-Type") != "application/octet-stream" || !strings.HasSuffix(body, "\x04\x01\x02\x03") {
				w.t.Errorf("%d %q %v", status, body, h)
			}
		}},
		{"the server MUST return an HTTP 400 response if the session ID is not known", func(w *world) {
			for _, method := range []string{"GET", "POST"} {
				if status, body, _ := w.request(method, "EIO=4&transport=polling&sid=unknown", "40"); status != 400 || !strings.Contains(body, "Session ID unknown") {
					w.t.Errorf("%s: %d %s", method, status, body)
				}
			}
		}},
		{"to indicate success, the server MUST return an HTTP 200 response, with the string ok in the response body", func(w *world) {
			p, _, _ := w.polls("4", "")
			p.post("40")
		}},
		{"a client MUST NOT have more than one active POST request: the server MUST return an HTTP 400 error status and close the session", func(w *world) {
			p, _, _ := w.polls("4", "")
			body, _ := slowBody(w, p.query)
			defer body.Close()
			synctest.Wait()
			if status, _, _ := w.request("POST", p.query, "40"); status != 400 {
				w.t.Errorf("status %d", status)
			}
			p.gone()
		}},
		{"a client MUST NOT have more than one active GET request: the server MUST return an HTTP 400 error status and close the session", func(w *world) {
			p, _, _ := w.polls("4", "")
			first := make(chan string)
			go func() { first <- p.get() }()
			synctest.Wait()
			if status, _, _ := w.request("GET", p.query, ""); status != 400 {
				w.t.Errorf("status %d", status)
			}
			if got := <-first; got != "1" {
				w.t.Errorf("the first request got %q", got)
			}
			p.gone()
		}},
		{"if a mandatory query parameter is missing, then the server MUST close the WebSocket connection", func(w *world) {
			for _, q := range []string{"transport=websocket", "EIO=abc&transport=websocket", "EIO=4", "EIO=4&transport=abc", "EIO=4&transport=polling"} {
				if _, err := w.tryDial(q, nil); err == nil {
					w.t.Errorf("%q: a connection", q)
				}
			}
		}},
		{"a client MUST NOT open more than one WebSocket connection per session: the server MUST close the WebSocket connection", func(w *world) {
			p, _, _ := w.polls("4", "")
			s := w.dials(strings.Replace(p.query, "polling", "websocket", 1))
			w.dials(strings.Replace(p.query, "polling", "websocket", 1)).Want(siotest.CloseText(1008), "")
			s.Send("2probe")
			s.Want("3probe")
			s.Send("5")
			synctest.Wait()
			w.dials(strings.Replace(p.query, "polling", "websocket", 1)).Want(siotest.CloseText(1008), "")
			s.Send("40")
			if got := s.Next(); !strings.HasPrefix(got, "40{") {
				w.t.Errorf("got %q", got)
			}
		}},
		{"to establish a connection, the client MUST send an HTTP GET request", func(w *world) {
			for _, method := range []string{"POST", "PUT", "DELETE"} {
				if status, _, _ := w.request(method, "EIO=4&transport=polling", ""); status != 400 {
					w.t.Errorf("%s: %d", method, status)
				}
			}
		}},
		{"if the server accepts the connection, then it MUST respond with an open packet with the following JSON-encoded payload", func(w *world) {
			_, open, rest := w.polls("4", "")
			if rest != "" || open["sid"] == "" || len(open) != 5 || open["pingInterval"] != 300. || open["pingTimeout"] != 200. || open["maxPayload"] != 1e6 {
				w.t.Errorf("%v %q", open, rest)
			}
			if up := open["upgrades"].([]any); len(up) != 1 || up[0] != "websocket" {
				w.t.Errorf("upgrades %v", up)
			}
			open = w.dials("EIO=4&transport=websocket").Open()
			if up := open["upgrades"].([]any); len(open) != 5 || len(up) != 0 {
				w.t.Errorf("WebSocket: %v", open)
			}
		}},
		{"the client MUST send the sid value in the query parameters of all subsequent requests", func(w *world) {
			p, _, _ := w.polls("4", "")
			if status, _, _ := w.request("GET", "EIO=3&transport=polling&sid="+p.query[strings.LastIndexByte(p.query, '=')+1:], ""); status != 400 {
				w.t.Errorf("another revision: %d", status)
			}
			p.post("40")
		}},
		{"if the server does not receive a pong packet back, then it SHOULD consider that the connection is closed", func(w *world) {
			s := w.connected()
			start := time.Now()
			s.Want("2", "")
			if took := time.Since(start); took != 500*time.Millisecond {
				w.t.Errorf("took %v", took)
			}
		}},
		{"to upgrade the client MUST pause, open, probe; the server MUST send a noop packet to any pending GET request", func(w *world) {
			p, _, _ := w.polls("4", "")
			got := make(chan string)
			go func() { got <- p.get() }()
			s := w.dials(strings.Replace(p.query, "polling", "websocket", 1))
			synctest.Wait()
			s.Send("2probe")
			s.Want("3probe")
			if g := <-got; g != "6" {
				w.t.Errorf("the pending request got %q", g)
			}
			s.Send("5", "40")
			if g := s.Next(); !strings.HasPrefix(g, "40{") {
				w.t.Errorf("got %q", g)
			}
			p.gone()
		}},
		{"respond with a pong packet with the string probe in the payload; the client MUST send a upgrade packet", func(w *world) {
			for _, wrong := range [][]string{{"5"}, {"2"}, {"4x"}, {"2probe", "40"}, {"2probe", "2probe"}} {
				p, _, _ := w.polls("4", "")
				s := w.dials(strings.Replace(p.query, "polling", "websocket", 1))
				s.Send(wrong...)
				s.WantEnd()
				p.post("40") // the session goes on polling
				if g := p.get(); !strings.HasPrefix(g, "40{") {
					w.t.Errorf("after %q: %q", wrong, g)
				}
			}
		}},
		{"binary payloads MUST be base64-encoded and prefixed with a b character", func(w *world) {
			p, _, _ := w.polls("4", "")
			p.post("40")
			p.get()
			p.post("451-[\"message\",{\"_placeholder\":true,\"num\":0}]\x1ebAQIDBA==")
			if got := p.get(); got != "451-[\"message-back\",{\"_placeholder\":true,\"num\":0}]\x1ebAQIDBA==" {
				w.t.Errorf("got %q", got)
			}
		}},
		{"binary payloads are sent as is, without modification (WebSocket)", func(w *world) {
			s := w.connected()
			s.Send(`451-["message",{"_placeholder":true,"num":0}]`)
			s.Bytes(1, 2, 3, 4)
			s.Want(`451-["message-back",{"_placeholder":true,"num":0}]`, siotest.BytesText([]byte{1, 2, 3, 4}))
		}},
		{"the character encoding is UTF-8", func(w *world) {
			s := w.connected()
			s.Send(`42["message","石头€😀"]`)
			s.Want(`42["message-back","石头€😀"]`)
			s.Send("42[\"message\",\"\xff\"]")
			if got := s.WantEnd(); len(got) != 1 || got[0] != siotest.CloseText(1007) {
				w.t.Errorf("got %q", got)
			}
		}},
		{"close: used to indicate that a transport can be closed", func(w *world) {
			p, _, _ := w.polls("4", "")
			got := make(chan string)
			go func() { got <- p.get() }()
			synctest.Wait()
			p.post("1")
			if g := <-got; g != "6" {
				w.t.Errorf("the pending request got %q", g)
			}
			p.gone()
			s := w.connected()
			s.Send("1")
			if got := s.WantEnd(); len(got) != 1 || got[0] != siotest.CloseText(1000) {
				w.t.Errorf("got %q", got)
			}
		}},
		{"an invalid packet closes the session", func(w *world) {
			p, _, _ := w.polls("4", "")
			if status, _, _ := w.request("POST", p.query, "abc"); status != 400 {
				w.t.Errorf("status %d", status)
			}
			p.gone()
			s := w.connected()
			s.Send("abc")
			s.WantEnd()
		}},
	} {
		t.Run(c.sentence, func(t *testing.T) { inWorld(t, quick, reference, c.test) })
	}
}

// The same for revision 3, where it differs.
func TestEngineIO3(t *testing.T) {
	for _, c := range []struct {
		sentence string
		test     func(*world)
	}{
		{"server responds with an open packet with JSON-encoded handshake data", func(w *world) {
			_, open, rest := w.polls("3", "")
			if len(open) != 4 || open["pingTimeout"] != 200. || rest != "2:40"+counted(`42["auth",{}]`) {
				w.t.Errorf("%v %q", open, rest)
			}
			s := w.dials("EIO=3&transport=websocket")
			if open := s.Open(); len(open) != 4 || len(open["upgrades"].([]any)) != 0 {
				w.t.Errorf("%v", open)
			}
			s.Want("40")
		}},
		{"server must respond to periodic ping packets sent by the client with pong packets", func(w *world) {
			s := w.dials("EIO=3&transport=websocket")
			s.Open()
			s.Want("40", `42["auth",{}]`)
			for range 10 {
				time.Sleep(300 * time.Millisecond)
				s.Send("2")
				for got := s.Next(); got != "3"; got = s.Next() {
					if got != "ping" {
						w.t.Fatalf("got %q", got)
					}
				}
			}
			p, _, _ := w.polls("3", "")
			p.post(counted("2"))
			if got := p.get(); got != "1:3" {
				w.t.Errorf("got %q", got)
			}
		}},
		{"polling transports can send a close packet to close the socket", func(w *world) {
			p, _, _ := w.polls("3", "")
			p.post("1:1")
			p.gone()
		}},
		{"if the client has been given a session id, it must be included in the querystring", func(w *world) {
			if status, _, _ := w.request("POST", "EIO=3&transport=polling", "1:2"); status != 400 {
				w.t.Errorf("status %d", status)
			}
		}},
		{"b64=1 … all binary data should be sent base64 encoded", func(w *world) {
			p, _, _ := w.polls("3", "&b64=1")
			p.post(counted(`451-["message",{"_placeholder":true,"num":0}]`) + counted("b4AQID"))
			status, body, h := w.request("GET", p.query, "")
			want := counted(`451-["message-back",{"_placeholder":true,"num":0}]`) + counted("b4AQID")
			if status != 200 || body != want || !strings.HasPrefix(h.Get("Content-Type"), "text/plain") {
				w.t.Errorf("%d %q %v", status, body, h)
			}
		}},
		{"the packet type id is sent in the first byte of the binary contents", func(w *world) {
			s := w.dials("EIO=3&transport=websocket")
			s.Open()
			s.Want("40", `42["auth",{}]`)
			s.Send(`451-["message",{"_placeholder":true,"num":0}]`)
			s.Bytes(4, 0, 1, 2)
			s.Want(`451-["message-back",{"_placeholder":true,"num":0}]`, siotest.BytesText([]byte{4, 0, 1, 2}))
			s.Bytes(9, 9)
			s.WantEnd()
		}},
		{"payloads as bytes", func(w *world) {
			p, _, _ := w.polls("3", "")
			text := "42[\"message\",\"€\"]"
			status, body, _ := w.request("POST", p.query, "\x00\x01\x09\xff"+text, "Content-Type", "application/octet-stream")
			if status != 200 {
				w.t.Fatalf("%d %s", status, body)
			}
			if got, want := p.get(), counted(`42["message-back","\u20ac"]`); got != want {
				w.t.Errorf("got %q, want %q", got, want)
			}
		}},
		{"the server must support CORS responses", func(w *world) {
			for _, method := range []string{"OPTIONS", "GET"} {
				status, _, h := w.request(method, "EIO=3&transport=polling", "", "Origin", "https://example.com")
				if status >= 300 || h.Get("Access-Control-Allow-Origin") != "https://example.com" || h.Get("Access-Control-Allow-Credentials") != "true" {
					w.t.Errorf("%s: %d %v", method, status, h)
				}
			}
		}},
		{"an engine.io server must support … jsonp (refused on purpose)", func(w *world) {
			if status, _, _ := w.request("GET", "EIO=3&transport=polling&j=0", ""); status != 400 {
				w.t.Errorf("status %d", status)
			}
		}},
		{"when the server receives the upgrade packet, it must assume this is the new transport channel and send all existing buffers to it", func(w *world) {
			p, _, _ := w.polls("3", "")
			s := w.dials(strings.Replace(p.query, "polling", "websocket", 1))
			s.Send("2probe")
			s.Want("3probe")
			p.post(counted(`42["message",1]`)) // the answer stays in the buffer
			s.Send("5")
			s.Want(`42["message-back",1]`)
			s.Send("2")
			s.Want("3")
			s.Send("2probe")
			s.Want("3") // as the original does once a session is open
		}},
		{"the server will detect whether the client becomes unresponsive when it does not receive any data within pingTimeout + pingInterval", func(w *world) {
			p, _, _ := w.polls("3", "")
			time.Sleep(499 * time.Millisecond)
			p.post("1:2")
			p.get()
			time.Sleep(499 * time.Millisecond)
			if w.Stats().Sessions != 1 {
				w.t.Error("dropped too early")
			}
			time.Sleep(2 * time.Millisecond)
			p.gone()
		}},
	} {
		t.Run(c.sentence, func(t *testing.T) { inWorld(t, quick, reference, c.test) })
	}
}
