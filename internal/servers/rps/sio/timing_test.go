package sio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

// A client of revision 3 that never pings, as the tutorial's, is kept for as
// long as it answers WebSocket pings; one that does not is dropped after 85 s.
func TestSilentRevision3(t *testing.T) {
	opt := Options{PingTimeout: time.Minute}
	inWorld(t, opt, nil, func(w *world) {
		s := w.dials("EIO=3&transport=websocket")
		s.Open()
		s.Want("40")
		for range 20 {
			s.Want("ping")
			s.Frame(ws.NewPongFrame(nil))
		}
		start := time.Now() // the last sign of life
		for s.Next() == "ping" {
		}
		if took := time.Since(start); took != 85*time.Second {
			t.Errorf("dropped after %v", took)
		}
	})
	inWorld(t, opt, nil, func(w *world) {
		p, _, _ := w.polls("3", "")
		time.Sleep(85*time.Second - 1)
		p.post("1:2")
		if got := p.get(); got != "1:3" {
			t.Errorf("got %q", got)
		}
		time.Sleep(85 * time.Second)
		synctest.Wait()
		p.gone()
	})
}

func TestHeartbeat4(t *testing.T) {
	inWorld(t, Options{}, reference, func(w *world) {
		s := w.connected()
		start := time.Now()
		for i := range 10 {
			s.Want("2")
			if took := time.Since(start); took != time.Duration(i+1)*35*time.Second-10*time.Second {
				t.Fatalf("ping %d after %v", i, took)
			}
			time.Sleep(10 * time.Second)
			s.Send("3")
		}
		start = time.Now()
		s.Want("2", "")
		if took := time.Since(start); took != 45*time.Second {
			t.Errorf("dropped after %v", took)
		}
		// Only the answer counts, and it must not go the other way.
		s = w.connected()
		s.Send("2")
		s.WantEnd()
	})
	inWorld(t, Options{}, reference, func(w *world) {
		p, _, _ := w.polls("4", "")
		for range 3 {
			start := time.Now()
			p.post("40")
			for !strings.HasSuffix(p.get(), "2") {
			}
			if took := time.Since(start); took != 25*time.Second {
				t.Errorf("ping after %v", took)
			}
			p.post("3")
			p.post("41")
		}
		time.Sleep(45 * time.Second)
		synctest.Wait()
		p.gone()
	})
}

func TestUpgradeTimeout(t *testing.T) {
	inWorld(t, Options{}, reference, func(w *world) {
		for _, sent := range [][]string{nil, {"2probe"}} {
			p, _, _ := w.polls("4", "")
			start := time.Now()
			s := w.dials(strings.Replace(p.query, "polling", "websocket", 1))
			s.Send(sent...)
			s.WantEnd()
			if took := time.Since(start); took != 10*time.Second {
				t.Errorf("took %v", took)
			}
			p.post("40")
			if got := p.get(); !strings.HasPrefix(got, "40{") {
				t.Errorf("got %q", got)
			}
		}
	})
}

// Close lets clients fetch what waits for them, and takes no new ones.
func TestClose(t *testing.T) {
	var sockets []*Socket
	set := func(s *Server) {
		s.Of("/").OnConnect(func(s *Socket, _ *Handshake) { sockets = append(sockets, s) })
	}
	inWorld(t, Options{}, set, func(w *world) {
		s := w.dials("EIO=3&transport=websocket")
		s.Open()
		s.Want("40")
		synctest.Wait()
		quiet, _, _ := w.polls("3", "")
		waiting, _, _ := w.polls("3", "")
		got := make(chan string)
		go func() { got <- waiting.get() }()
		synctest.Wait()
		for _, socket := range sockets {
			if err := socket.Emit("last"); err != nil {
				t.Error(err)
			}
		}
		closed := make(chan time.Duration)
		start := time.Now()
		go func() {
			w.Close(context.Background())
			closed <- time.Since(start)
		}()
		if g := <-got; g != counted(`42["last"]`)+"1:1" && g != counted(`42["last"]`) {
			t.Errorf("the waiting request got %q", g)
		}
		s.Want(`42["last"]`, siotest.CloseText(1001), "")
		if status, _, _ := w.request("GET", "EIO=4&transport=polling", ""); status != 503 {
			t.Errorf("a new client: %d", status)
		}
		if g := quiet.get(); g != counted(`42["last"]`)+"1:1" {
			t.Errorf("the quiet client got %q", g)
		}
		if took := <-closed; took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
	inWorld(t, Options{}, set, func(w *world) { // nobody fetches anything
		w.polls("4", "")
		w.polls("3", "")
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		w.Close(ctx)
		if took := time.Since(start); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// A client that does not read has a queue with a limit.
func TestSlowClient(t *testing.T) {
	for policy, want := range map[SlowPolicy]Reason{SlowClose: ReasonSlow, SlowDrop: ReasonPingTimeout} {
		var socket *Socket
		var reason Reason
		set := func(s *Server) {
			reference(s)
			n := s.Of("/slow")
			n.OnConnect(func(s *Socket, _ *Handshake) { socket = s })
			n.OnDisconnect(func(_ *Socket, r Reason) { reason = r })
		}
		inWorld(t, Options{SendQueue: 10_000, Slow: policy}, set, func(w *world) {
			other := w.connected()
			go func() {
				for {
					switch other.Next() {
					case "2":
						other.Send("3")
					case "":
						return
					}
				}
			}()
			d := ws.Dialer{NetDial: w.listen.Dial}
			conn, _, _, err := d.Dial(w.t.Context(), "ws://host/?EIO=4&transport=websocket")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := ws.WriteFrame(conn, ws.MaskFrame(ws.NewTextFrame([]byte("40/slow,")))); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			sent := 0
			for err == nil {
				if err = socket.Emit("news", strings.Repeat("x", 100)); err == nil {
					sent++
				}
			}
			if !errors.Is(err, ErrQueueFull) || sent < 50 || sent > 66 {
				t.Errorf("%d sent, then %v", sent, err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := w.Stats().Overflows; reason != want || n < 1 {
				t.Errorf("policy %d: %q, %d overflows", policy, reason, n)
			}
			if err := socket.Emit("x"); !errors.Is(err, ErrDisconnected) {
				t.Error(err)
			}
			other.Conn.Close()
		})
	}
}

func TestLimits(t *testing.T) {
	t.Run("origins", func(t *testing.T) {
		inWorld(t, Options{Origins: []string{"https://one.example/", "https://two.example"}}, nil, func(w *world) {
			for origin, want := range map[string]int{"": 200, "https://one.example": 200, "https://TWO.example": 200, "https://evil.example": 403, "null": 403, "http://one.example": 403} {
				var header []string
				if origin != "" {
					header = []string{"Origin", origin}
				}
				status, _, h := w.request("GET", "EIO=4&transport=polling", "", header...)
				if status != want || want == 403 && h.Get("Access-Control-Allow-Origin") != "" {
					t.Errorf("%q: %d %v", origin, status, h)
				}
				s, err := w.tryDial("EIO=4&transport=websocket", http.Header{"Origin": {origin}})
				if (err == nil) != (want == 200) {
					t.Errorf("%q: WebSocket %v", origin, err)
				}
				if err == nil {
					s.Conn.Close()
				}
			}
		})
	})
	t.Run("connections", func(t *testing.T) {
		address := netip.MustParseAddr("192.0.2.1")
		opt := Options{MaxSessions: 3, MaxPerAddress: 2, Address: func(*http.Request) netip.Addr { return address }}
		inWorld(t, opt, nil, func(w *world) {
			s := w.dials("EIO=4&transport=websocket")
			w.polls("4", "")
			if status, _, _ := w.request("GET", "EIO=4&transport=polling", ""); status != 503 {
				t.Errorf("a third of one address: %d", status)
			}
			if _, err := w.tryDial("EIO=4&transport=websocket", nil); err == nil {
				t.Error("a third of one address by WebSocket")
			}
			s.Conn.Close()
			synctest.Wait()
			w.polls("4", "")
			address = netip.MustParseAddr("192.0.2.2")
			w.polls("4", "")
			if status, _, _ := w.request("GET", "EIO=4&transport=polling", ""); status != 503 {
				t.Errorf("a fourth: %d", status)
			}
			time.Sleep(time.Hour)
			synctest.Wait()
			if n := len(w.places); n != 0 {
				t.Errorf("%d addresses are kept", n)
			}
		})
	})
	t.Run("rate", func(t *testing.T) {
		var reason Reason
		set := func(s *Server) {
			reference(s)
			s.Of("/").OnDisconnect(func(_ *Socket, r Reason) { reason = r })
		}
		inWorld(t, Options{PacketRate: 10, PacketBurst: 20}, set, func(w *world) {
			s := w.connected()
			for range 100 {
				s.Send(`42["message"]`)
				s.Want(`42["message-back"]`)
				time.Sleep(100 * time.Millisecond)
			}
			for range 22 {
				_ = ws.WriteFrame(s.Conn, ws.MaskFrame(ws.NewPingFrame([]byte("x")))) // the last come too late
			}
			got := s.WantEnd()
			if n := len(got); n < 19 || got[n-1] != siotest.CloseText(1008) {
				t.Errorf("%d: %q", n, got)
			}
			synctest.Wait()
			if reason != ReasonTooMany {
				t.Errorf("reason %q", reason)
			}
		})
	})
	t.Run("size", func(t *testing.T) {
		inWorld(t, Options{MaxPayload: 1000}, reference, func(w *world) {
			s := w.connected()
			fits := fmt.Sprintf(`42["message","%s"]`, strings.Repeat("x", 1000-len(`42["message",""]`)))
			s.Send(fits)
			s.Want(strings.Replace(fits, "message", "message-back", 1))
			s.Flood(fits + " ")
			if got := s.WantEnd(); len(got) != 1 || got[0] != siotest.CloseText(1009) {
				t.Errorf("got %q", got)
			}
			p, _, _ := w.polls("4", "")
			if status, _, _ := w.request("POST", p.query, strings.Repeat("x", 1001)); status != 413 {
				t.Errorf("status %d", status)
			}
			p.gone()
			s = w.connected()
			s.Send(`452-["message"]`)
			s.Bytes(make([]byte, 600)...)
			s.Bytes(make([]byte, 600)...)
			s.WantEnd()
			if status, _, _ := w.request("GET", "EIO=4&transport=polling&x="+strings.Repeat("x", 5000), ""); status != 400 {
				t.Errorf("a long query: %d", status)
			}
		})
	})
}

// A compressed connection says the same.
func TestCompress(t *testing.T) {
	inWorld(t, Options{Compress: true}, reference, func(w *world) {
		offer := wsflate.DefaultParameters.Option()
		d := ws.Dialer{NetDial: w.listen.Dial, Extensions: []httphead.Option{offer}}
		conn, early, shake, err := d.Dial(w.t.Context(), "ws://host/?EIO=3&transport=websocket")
		if err != nil || len(shake.Extensions) != 1 {
			t.Fatal(shake, err)
		}
		defer conn.Close()
		var from io.Reader = conn
		if early != nil {
			from = early
		}
		story := strings.Repeat("石头剪刀布", 200)
		go func() {
			f, err := wsflate.CompressFrame(ws.NewTextFrame([]byte(`42["message","` + story + `"]`)))
			if err == nil {
				err = ws.WriteFrame(conn, ws.MaskFrame(f))
			}
			if err != nil {
				t.Error(err)
			}
		}()
		for _, want := range []string{"0{", "40", `42["auth",{}]`, `42["message-back","` + story + `"]`} {
			f, err := siotest.ReadFrame(from)
			if err != nil {
				t.Fatal(err)
			}
			if long := len(want) > 1000; long != f.Header.Rsv1() {
				t.Errorf("%.20q is compressed: %v", want, !long)
			}
			if f.Header.Rsv1() {
				if f, err = wsflate.DecompressFrame(f); err != nil {
					t.Fatal(err)
				}
			}
			if !strings.HasPrefix(string(f.Payload), want) {
				t.Errorf("got %.100q, want %.100q", f.Payload, want)
			}
		}
	})
}
