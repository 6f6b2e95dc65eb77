package kit

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// dial opens a connection on which nothing may take longer than ten seconds.
func dial(t *testing.T, s *Server) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// ended reads up to the end of the connection, which must come from the server.
func ended(t *testing.T, c net.Conn) string {
	t.Helper()
	text, err := io.ReadAll(c)
	if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Error("the connection stayed open")
	}
	return string(text)
}

func TestSlowHeader(t *testing.T) {
	s := started(t, Options{Limits: Limits{HeaderTime: 50 * time.Millisecond}}, echo())
	c := dial(t, s)
	write(t, c, "GET /applet/echo/ok HTTP/1.1\r\nHost: a\r\n")
	if got := ended(t, c); strings.Contains(got, "200") {
		t.Errorf("got %q", got)
	}
}

func TestIdleConnection(t *testing.T) {
	s := started(t, Options{Limits: Limits{IdleTime: 50 * time.Millisecond}}, echo())
	c := dial(t, s)
	write(t, c, "GET /applet/echo/ok HTTP/1.1\r\nHost: a\r\n\r\n")
	if got := ended(t, c); !strings.HasPrefix(got, "HTTP/1.1 200 OK") {
		t.Errorf("got %q", got)
	}
}

func TestStalledBody(t *testing.T) {
	s := started(t, Options{Limits: Limits{BodyIdleTime: 50 * time.Millisecond}}, echo())
	c := dial(t, s)
	write(t, c, "POST /applet/echo/fields HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	if got := ended(t, c); !strings.HasPrefix(got, "HTTP/1.1 408 ") || !strings.HasSuffix(got, `{"code":-1}`) {
		t.Errorf("got %q", got)
	}
}

func TestLargeHeader(t *testing.T) {
	s := started(t, Options{Limits: Limits{Header: 1 << 10}}, echo())
	resp, _ := ask(t, "GET", s.URL()+"/applet/echo/ok", "", "X-Large", strings.Repeat("x", 8<<10))
	if resp.StatusCode != 431 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestLargeBody(t *testing.T) {
	s := started(t, Options{Limits: Limits{Body: 1000}}, echo())
	for _, tt := range []struct {
		size, status int
		chunked      bool
	}{
		{1000, 200, false}, {1001, 413, false}, {1000, 200, true}, {1001, 413, true},
	} {
		body := `{"a":"` + strings.Repeat("x", tt.size-len(`{"a":""}`)) + `"}`
		req, err := http.NewRequest("POST", s.URL()+"/applet/echo/fields", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if tt.chunked {
			req.ContentLength = -1
		}
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != tt.status || tt.status == 413 && string(text) != `{"code":-1}` {
			t.Errorf("%d bytes, chunked %v: %d %s", tt.size, tt.chunked, resp.StatusCode, text)
		}
	}
}

func TestRequestTime(t *testing.T) {
	rt := &Routes{Fail: func(w http.ResponseWriter, r *http.Request, err error) { _ = WriteJSON(w, r, err.Error()) }}
	rt.Handle("GET", "/", func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	})
	s := started(t, Options{Limits: Limits{RequestTime: 20 * time.Millisecond}}, App{Name: "slow", Handler: rt})
	if resp, body := ask(t, "GET", s.URL()+"/", ""); resp.StatusCode != 200 || body != `"context deadline exceeded"` {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// A client that asks too often is told so in the app's envelope; another one is
// not.
func TestClientRate(t *testing.T) {
	opt := Options{Limits: Limits{ClientRate: 1, ClientBurst: 2}, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	s := started(t, opt, echo())
	var last *http.Response
	var body string
	for range 3 {
		last, body = ask(t, "GET", s.URL()+"/applet/echo/ok", "", "X-Forwarded-For", "192.0.2.1")
	}
	if last.StatusCode != 429 || body != `{"code":-1}` || last.Header.Get("Retry-After") != "1" {
		t.Errorf("%d %s, Retry-After %q", last.StatusCode, body, last.Header.Get("Retry-After"))
	}
	if resp, _ := ask(t, "GET", s.URL()+"/applet/echo/ok", "", "X-Forwarded-For", "192.0.2.2"); resp.StatusCode != 200 {
		t.Errorf("another client: %d", resp.StatusCode)
	}
}

func TestClientRates(t *testing.T) {
	now := time.Unix(0, 0)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8:1:2::3")
	rates := newClientRates(10, 3)
	for i, want := range []time.Duration{0, 0, 0, 100 * time.Millisecond, 100 * time.Millisecond} {
		if got := rates.take(a, now); got != want {
			t.Errorf("request %d waits %v, want %v", i, got, want)
		}
	}
	now = now.Add(100 * time.Millisecond)
	if rates.take(a, now) != 0 || rates.take(a, now) == 0 {
		t.Error("one more after a tenth of a second")
	}
	for range 3 {
		rates.take(b, now)
	}
	if rates.take(netip.MustParseAddr("2001:db8:1:2:ffff::"), now) == 0 {
		t.Error("a household has one address only")
	}
	if rates.take(netip.MustParseAddr("2001:db8:1:3::"), now) != 0 {
		t.Error("the neighbours pay for it")
	}
	if newClientRates(-1, 1).take(a, now) != 0 || rates.take(netip.Addr{}, now) != 0 {
		t.Error("without a limit or an address")
	}
	for i := range 2 * maxClients {
		rates.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(rates.next) > maxClients {
		t.Errorf("%d clients are remembered", len(rates.next))
	}
}

func TestClientConns(t *testing.T) {
	s := started(t, Options{Limits: Limits{ClientConns: 2}}, echo())
	first, second := dial(t, s), dial(t, s)
	for _, c := range []net.Conn{first, second} {
		write(t, c, "GET /applet/echo/ok HTTP/1.1\r\nHost: a\r\n\r\n")
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
	if got := ended(t, dial(t, s)); got != "" {
		t.Errorf("a third one: %q", got)
	}
	first.Close()
	// The server needs a moment to see that.
	for s.ln.Open() == 2 {
		if _, err := second.Write(nil); err != nil {
			t.Fatal(err)
		}
	}
	if resp, _ := ask(t, "GET", s.URL()+"/applet/echo/ok", ""); resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if s.ln.Refused() != 1 {
		t.Errorf("%d were refused", s.ln.Refused())
	}
}

// A trusted proxy brings the connections of many.
func TestProxyConns(t *testing.T) {
	opt := Options{Limits: Limits{ClientConns: 1}, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	s := started(t, opt, echo())
	for range 3 {
		c := dial(t, s)
		write(t, c, "GET /applet/echo/ok HTTP/1.1\r\nHost: a\r\n\r\n")
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || line != "HTTP/1.1 200 OK\r\n" {
			t.Fatalf("%q, %v", line, err)
		}
	}
}

func TestDefaultLimits(t *testing.T) {
	l := Limits{ClientRate: 7, Conns: -1}.withDefaults()
	if got := fmt.Sprint(l.ClientBurst, l.Conns, l.Body, l.DrainTime); got != "28 -1 16777216 10s" {
		t.Errorf("got %s", got)
	}
	if _, err := Start(context.Background(), Options{Addr: "127.0.0.1:0"}); err == nil {
		t.Error("nothing is served")
	}
}
