package sio

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

// The sentences with "must" of the Socket.IO specification, revision 5, and
// what else it says of servers.
func TestSocketIO(t *testing.T) {
	for _, c := range []struct {
		sentence string
		test     func(*world)
	}{
		{"at the beginning of a session the client MUST send a CONNECT packet; the server MUST respond with a CONNECT packet with the session ID", func(w *world) {
			for ns, prefix := range map[string]string{"": "40", "/custom,": "40/custom,"} {
				s := w.dials("EIO=4&transport=websocket")
				open := s.Open()
				s.Send("40" + ns)
				got := s.Next()
				if !strings.HasPrefix(got, prefix+`{"sid":"`) || !strings.HasSuffix(got, `"}`) || strings.Contains(got, open["sid"].(string)) {
					w.t.Errorf("got %q", got)
				}
				s.Want("42" + ns + `["auth",{}]`)
			}
		}},
		{"with an additional payload", func(w *world) {
			s := w.dials("EIO=4&transport=websocket")
			s.Open()
			s.Send(`40{"token":"123"}`, `40/custom,{"token":"abc"}`)
			s.Next()
			s.Want(`42["auth",{"token":"123"}]`)
			s.Next()
			s.Want(`42/custom,["auth",{"token":"abc"}]`)
		}},
		{"or a CONNECT_ERROR packet if the connection is not allowed", func(w *world) {
			s := w.dials("EIO=4&transport=websocket")
			s.Open()
			s.Send("40/random,", "40/random")
			s.Want(`44/random,{"message":"Invalid namespace"}`, `44/random,{"message":"Invalid namespace"}`)
			s.Send(`40/guarded,{"token":"wrong"}`)
			s.Want(`44/guarded,{"message":"wrong token","data":{"try":"again"}}`)
			s.Send(`40/guarded,{"token":"bug"}`)
			s.Want(`44/guarded,{"message":"not authorized"}`)
			s.Send(`40/guarded,{"token":"right"}`)
			if got := s.Next(); !strings.HasPrefix(got, "40/guarded,{") {
				w.t.Errorf("got %q", got)
			}
		}},
		{"if the server does not receive a CONNECT packet first, then it MUST close the connection immediately", func(w *world) {
			for _, first := range []string{`42["message"]`, "41", `43["x"]`, `42/custom,["message"]`, "4abc"} {
				s := w.dials("EIO=4&transport=websocket")
				s.Open()
				start := time.Now()
				s.Send(first)
				if got := s.WantEnd(); len(got) != 1 || got[0] != siotest.CloseText(1008) || time.Since(start) > 0 {
					w.t.Errorf("%s: %q after %v", first, got, time.Since(start))
				}
			}
		}},
		{"the connection is closed if no handshake is received", func(w *world) {
			s := w.dials("EIO=4&transport=websocket")
			s.Open()
			start := time.Now()
			go func() {
				for range 3 {
					time.Sleep(300 * time.Millisecond)
					s.Send("3")
				}
			}()
			for s.Next() != "" {
			}
			if took := time.Since(start); took != time.Second {
				w.t.Errorf("took %v", took)
			}
		}},
		{"a client MAY be connected to multiple namespaces at the same time", func(w *world) {
			s := w.connected()
			s.Send("40/custom,")
			s.Next()
			s.Want(`42/custom,["auth",{}]`)
			s.Send(`42/custom,["message","a"]`, `42["message","b"]`)
			s.Want(`42/custom,["message-back","a"]`, `42["message-back","b"]`)
		}},
		{"a second CONNECT to the same namespace is a fault", func(w *world) {
			s := w.connected()
			s.Send("40")
			s.WantEnd()
		}},
		{"the payload is mandatory and MUST be a non-empty array; if that's not the case, then the receiver MUST close the connection", func(w *world) {
			for _, bad := range []string{"42", "42{}", "42[]", `42"x"`, "42[[]]", "42[{}]", "42[null]", `42["a"`, `42abc["a"]`, `42["a"]x`, "4", "49", "44", `44{"message":"x"}`, `40"x"`, `41{}`, `43{}`, "43", `42/custom["x"]`, `4299999999999999999999["x"]`, `49007199254740993["x"]`} {
				s := w.connected()
				s.Send(bad)
				if got := s.WantEnd(); len(got) != 1 || got[0] != siotest.CloseText(1008) {
					w.t.Errorf("%s: %q", bad, got)
				}
			}
		}},
		{"plain-text packets", func(w *world) {
			s := w.connected()
			s.Send(`42["message",1,"2",{"3":[true]}]`, ` 42["message"]`[1:], "42[ \"message\" , null , \"a\\\"],[\" ]", `42["me\u0073sage"]`)
			s.Want(`42["message-back",1,"2",{"3":[true]}]`, `42["message-back"]`, `42["message-back",null,"a\"],["]`, `42["message-back"]`)
		}},
		{"the receiver MUST respond with an ACK packet with the same event ID", func(w *world) {
			s := w.connected()
			s.Send(`42456["message-with-ack",1,"2",{"3":[false]}]`, `420["message-with-ack"]`)
			s.Want(`43456[1,"2",{"3":[false]}]`, `430[]`)
			s.Send("40/custom,")
			s.Next()
			s.Next()
			s.Send(`42/custom,13["message-with-ack","foo"]`)
			s.Want(`43/custom,13["foo"]`)
		}},
		{"packets with binary attachments", func(w *world) {
			s := w.connected()
			s.Send(`452-["message",{"_placeholder":true,"num":1},{"a":[{"_placeholder":true,"num":0}]}]`)
			s.Bytes(1, 2, 3)
			s.Bytes(4, 5, 6)
			s.Want(`452-["message-back",{"_placeholder":true,"num":0},{"a":[{"_placeholder":true,"num":1}]}]`, siotest.BytesText([]byte{4, 5, 6}), siotest.BytesText([]byte{1, 2, 3}))
			s.Send(`452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`)
			s.Bytes(1)
			s.Bytes(2)
			s.Want(`462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`, siotest.BytesText([]byte{1}), siotest.BytesText([]byte{2}))
			s.Send(`450-["message","none"]`)
			s.Want(`42["message-back","none"]`)
		}},
		{"binary attachments that do not fit close the connection", func(w *world) {
			one := func(b ...byte) func(*siotest.Client) { return func(s *siotest.Client) { s.Bytes(b...) } }
			text := func(text string) func(*siotest.Client) { return func(s *siotest.Client) { s.Send(text) } }
			for _, bad := range [][]func(*siotest.Client){
				{one(1)},
				{text(`451-["message",{"_placeholder":true,"num":0}]`), text(`42["message"]`)},
				{text(`451-["message",{"_placeholder":true,"num":1}]`), one(1)},
				{text(`451-["message",{"_placeholder":true,"num":-1}]`), one(1)},
				{text(`451-["message",{"_placeholder":true,"num":"0"}]`), one(1)},
				{text(`451-["message",{"_placeholder":true}]`), one(1)},
				{text(`4511-["message"]`)},
				{text(`45-["message"]`)},
				{text(`451["message"]`)},
				{text(`451000000000000-["message"]`)},
			} {
				s := w.connected()
				for _, f := range bad {
					f(s)
				}
				s.WantEnd()
			}
		}},
		{"at any time, one side can end the connection to a namespace by sending a DISCONNECT packet; the connection MAY be kept alive", func(w *world) {
			s := w.connected()
			s.Send("40/custom")
			s.Next()
			s.Next()
			s.Send("41/custom", `42["message","still here"]`)
			s.Want(`42["message-back","still here"]`)
			s.Send("40/custom")
			if got := s.Next(); !strings.HasPrefix(got, "40/custom,{") {
				w.t.Errorf("got %q", got)
			}
			s.Next()
			s.Send("41")
			s.Want("2") // the connection lives
			s.Send("3", `42["message"]`)
			s.WantEnd()
		}},
		{"the namespace is only included if it is different from the main namespace", func(w *world) {
			s := w.connected()
			s.Send(`42/,["message","x"]`)
			s.Want(`42["message-back","x"]`)
		}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			inWorld(t, quick, func(s *Server) {
				reference(s)
				s.Of("guarded").Authorize(func(h *Handshake) error {
					switch string(h.Auth) {
					case `{"token":"right"}`:
						return nil
					case `{"token":"bug"}`:
						return errors.New("an internal thing")
					}
					return &ConnectError{Message: "wrong token", Data: map[string]string{"try": "again"}}
				})
			}, c.test)
		})
	}
}

// Revision 4 of Socket.IO, over revision 3 of Engine.IO.
func TestSocketIO4(t *testing.T) {
	set := func(s *Server) {
		reference(s)
		s.Of("/secret").Authorize(func(h *Handshake) error {
			if h.Query.Get("token") != "1234" || h.Query.Get("EIO") != "3" || h.Revision != 3 || h.Auth != nil {
				return &ConnectError{Message: "Not authorized"}
			}
			return nil
		})
	}
	inWorld(t, quick, set, func(w *world) {
		s := w.dials("EIO=3&transport=websocket")
		// A client that does not wait for the handshake is understood.
		s.Send(`42["message","early"]`)
		s.Open()
		s.Want("40", `42["auth",{}]`, `42["message-back","early"]`)
		s.Send("40/custom,", "40/nowhere,", "40/secret,", "40/secret?token=1234&uid=abcd,", "40")
		s.Want("40/custom,", `42/custom,["auth",{}]`, `44/nowhere,"Invalid namespace"`, `44/secret,"Not authorized"`, "40/secret,")
		s.Send(`42/custom,7["message-with-ack",1]`)
		s.Want(`43/custom,7[1]`)
		s.Send("41/custom,", "2")
		s.Want("3")
	})
}

// What servers.md says of the tutorial's client: a path with two slashes, one
// WebSocket, never a ping.
func TestUnder(t *testing.T) {
	for _, c := range []struct {
		root, path string
		want       bool
	}{
		{"/applet/websocket/socket.io", "/applet/websocket/socket.io//", true},
		{"/applet/websocket/socket.io", "/applet/websocket/socket.io/", true},
		{"/applet/websocket/socket.io/", "/applet/websocket/socket.io", true},
		{"/socket.io", "/socket.io/x", false},
		{"/socket.io", "/socket.iox", false},
		{"/socket.io", "/", false},
	} {
		if got := Under(c.root, c.path); got != c.want {
			t.Errorf("%s below %s: %v", c.path, c.root, got)
		}
	}
}

func TestEmitAck(t *testing.T) {
	var socket *Socket
	set := func(s *Server) {
		s.Of("/").OnConnect(func(s *Socket, _ *Handshake) { socket = s })
	}
	inWorld(t, Options{}, set, func(w *world) {
		s := w.dials("EIO=4&transport=websocket")
		s.Open()
		s.Send("40")
		s.Next()
		synctest.Wait()
		replies := make(chan string, 9)
		ask := func(args ...any) {
			w.t.Helper()
			if err := socket.EmitAck(time.Second, func(args []Value, err error) {
				texts := []string{fmt.Sprint(err)}
				for _, a := range args {
					texts = append(texts, string(a.JSON()))
				}
				replies <- strings.Join(texts, " ")
			}, "ask", args...); err != nil {
				w.t.Fatal(err)
			}
		}
		want := func(text string) {
			w.t.Helper()
			if got := <-replies; got != text {
				w.t.Errorf("got %q, want %q", got, text)
			}
		}
		ask(1)
		s.Want(`420["ask",1]`)
		s.Send(`430["yes",2]`, `430["twice"]`, `439["unknown"]`, `43["no id"]`)
		want(`<nil> "yes" 2`)
		ask([]byte{7})
		s.Want(`451-1["ask",{"_placeholder":true,"num":0}]`, siotest.BytesText([]byte{7}))
		s.Send(`461-1[{"_placeholder":true,"num":0}]`)
		s.Bytes(8)
		want(`<nil> {"_placeholder":true,"num":0}`)
		ask()
		s.Want(`422["ask"]`)
		want(ErrNoAck.Error())
		ask()
		s.Want(`423["ask"]`)
		s.Conn.Close()
		want(ErrDisconnected.Error())
		if err := socket.EmitAck(time.Second, nil, "ask"); !errors.Is(err, ErrDisconnected) {
			w.t.Error(err)
		}
		if err := socket.Emit("x", make(chan int)); err == nil {
			w.t.Error("a channel was encoded")
		}
	})
}

// Handlers of one connection never overlap, and its end comes last, once.
func TestOrder(t *testing.T) {
	var mine []string
	set := func(s *Server) {
		n := s.Of("/")
		n.OnConnect(func(s *Socket, h *Handshake) { mine = append(mine, "connect") })
		n.OnOther(func(s *Socket, e *Event) {
			mine = append(mine, e.Name)
			if e.Name == "close" {
				s.Close()
				s.Close()
			}
			for range 100 { // a sleep would hold a lock, which stops the bubble's time
				runtime.Gosched()
			}
			mine = append(mine, e.Name+" done")
		})
		n.OnDisconnect(func(_ *Socket, r Reason) { mine = append(mine, string(r)) })
	}
	inWorld(t, Options{}, set, func(w *world) {
		s := w.dials("EIO=4&transport=websocket")
		s.Open()
		s.Flood("40", `42["a"]`, `42["close"]`, `42["b"]`)
		s.WantEnd()
		synctest.Wait()
		time.Sleep(time.Minute)
		if got, want := strings.Join(mine, ", "), "connect, a, a done, close, close done, forced close"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// A handler that panics costs its client the connection, nobody else anything.
func TestPanic(t *testing.T) {
	set := func(s *Server) {
		reference(s)
		s.Of("/").On("bug", func(*Socket, *Event) { panic("a bug") })
		s.Of("/bug").Authorize(func(*Handshake) error { panic("another bug") })
	}
	inWorld(t, Options{MaxAttachments: panics}, set, func(w *world) {
		other, s := w.connected(), w.connected()
		s.Send(`42["bug"]`)
		s.WantEnd()
		s = w.connected()
		s.Send(`40/bug,`)
		if got := s.WantEnd(); len(got) == 2 && !strings.HasPrefix(got[0], "44/bug,") {
			t.Errorf("got %q", got)
		}
		other.Send(`42["message"]`)
		other.Want(`42["message-back"]`)
		if text := w.log.String(); strings.Count(text, "bug") < 2 {
			t.Errorf("the log: %s", text)
		}
	})
}

// A socket that the server sends away learns of it; what its client sent
// before it knew is no fault.
func TestDisconnect(t *testing.T) {
	var reasons []Reason
	set := func(s *Server) {
		reference(s)
		n := s.Of("/custom")
		n.On("leave", func(s *Socket, _ *Event) {
			s.Disconnect()
			s.Disconnect()
			if err := s.Emit("x"); !errors.Is(err, ErrDisconnected) {
				panic(err)
			}
		})
		n.OnDisconnect(func(_ *Socket, r Reason) { reasons = append(reasons, r) })
	}
	inWorld(t, Options{}, set, func(w *world) {
		s := w.connected()
		s.Send("40/custom,")
		s.Next()
		s.Next()
		s.Send(`42/custom,["leave"]`, `42/custom,["message"]`, `42["message"]`)
		s.Want("41/custom,", `42["message-back"]`)
		s.Send("40/custom,")
		if got := s.Next(); !strings.HasPrefix(got, "40/custom,{") {
			t.Errorf("got %q", got)
		}
		synctest.Wait()
		if len(reasons) != 1 || reasons[0] != ReasonServerLeft {
			t.Errorf("reasons %q", reasons)
		}
	})
}
