package kit

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// steps notes what happens in which order.
type steps struct {
	mu   sync.Mutex
	list []string
}

func (s *steps) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, what)
}

func (s *steps) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.list, ", ")
}

// A server that is asked to stop is not ready any more, lets requests end,
// closes the connections that were given away, and then the stores.
func TestStop(t *testing.T) {
	var order steps
	entered, leave, drained := make(chan struct{}), make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		order.note("answered")
		_, _ = io.WriteString(w, "done")
	})
	hijacked := make(chan net.Conn, 1)
	mux.HandleFunc("/socket", func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		hijacked <- c
	})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s, err := Start(ctx, Options{Addr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0"}, App{
		Name: "app", Handler: mux,
		Drain: func(context.Context) { order.note("drained"); close(drained) },
		Close: func() error { order.note("closed"); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp, body := ask(t, "GET", s.AdminURL()+"/readyz", ""); resp.StatusCode != 200 || body != "app: ready\n" {
		t.Errorf("before: %d %s", resp.StatusCode, body)
	}
	dial(t, s) // a connection in reserve does not hold up the end
	socket := dial(t, s)
	write(t, socket, "GET /socket HTTP/1.1\r\nHost: a\r\n\r\n")
	<-hijacked

	answered := make(chan string, 1)
	go func() {
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(newRequest(s.URL() + "/slow"))
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	<-entered
	stop()
	<-drained
	if resp, body := ask(t, "GET", s.AdminURL()+"/readyz", ""); resp.StatusCode != 503 || body != "app: stopping\n" {
		t.Errorf("while it stops: %d %s", resp.StatusCode, body)
	}
	close(leave)
	begin := time.Now()
	if got := <-answered; got != "done" {
		t.Errorf("the request under way: %q", got)
	}
	if got := ended(t, socket); got != "" {
		t.Errorf("the socket got %q", got)
	}
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	if d := time.Since(begin); d > 2*time.Second {
		t.Errorf("the end took %v", d)
	}
	if got := order.String(); got != "drained, answered, closed" {
		t.Errorf("order: %s", got)
	}
	for _, url := range []string{s.URL(), s.AdminURL()} {
		if c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
			c.Close()
			t.Errorf("%s is still open", url)
		}
	}
}

func newRequest(url string) *http.Request {
	req, _ := http.NewRequest("GET", url, nil)
	return req
}

// A request that does not end in time is cut off by its context, and its store
// is closed after it has ended.
func TestStopCutsOff(t *testing.T) {
	var order steps
	var text strings.Builder
	entered := make(chan struct{})
	app := App{Name: "app", Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
		order.note("cut off")
	}), Close: func() error { order.note("closed"); return errors.New("the disk is full") }}
	ctx, stop := context.WithCancel(context.Background())
	s, err := Start(ctx, Options{Addr: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(&text, nil)), Limits: Limits{DrainTime: 20 * time.Millisecond}}, app)
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, s)
	write(t, c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	<-entered
	stop()
	if err := s.Wait(); err == nil || err.Error() != "the disk is full" {
		t.Errorf("the end: %v", err)
	}
	if got := order.String(); got != "cut off, closed" {
		t.Errorf("order: %s", got)
	}
	if !strings.Contains(text.String(), "requests under way were cut off") {
		t.Errorf("the log: %s", text.String())
	}
}

// The time that a proxy's socket lives is not bound by that of requests.
func TestHijackedConnectionStays(t *testing.T) {
	release := make(chan struct{})
	app := App{Name: "app", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		go func() { // goes on when the handler has returned
			defer c.Close()
			<-release
			_, _ = rw.WriteString("late\n")
			_ = rw.Flush()
		}()
	})}
	s := started(t, Options{Limits: Limits{IdleTime: 10 * time.Millisecond, HeaderTime: 10 * time.Millisecond, BodyIdleTime: 10 * time.Millisecond}}, app)
	c := dial(t, s)
	write(t, c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if err := c.SetReadDeadline(time.Now().Add(60 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var e net.Error
	if _, err := c.Read(make([]byte, 1)); !errors.As(err, &e) || !e.Timeout() {
		t.Fatalf("the socket ended: %v", err)
	}
	close(release)
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(c).ReadString('\n'); line != "late\n" {
		t.Errorf("%q, %v", line, err)
	}
}

func TestStartErrors(t *testing.T) {
	s := started(t, Options{}, echo())
	addr := strings.TrimPrefix(s.URL(), "http://")
	var inUse *conn.AddrInUseError
	if _, err := Start(t.Context(), Options{Addr: addr}, echo()); !errors.As(err, &inUse) || inUse.Addr != addr {
		t.Errorf("a taken port: %v", err)
	}
	if _, err := Start(t.Context(), Options{Addr: "127.0.0.1:0", AdminAddr: addr}, echo()); !errors.As(err, &inUse) || inUse.Addr != addr {
		t.Errorf("a taken admin port: %v", err)
	}
	for name, opt := range map[string]TLSOptions{
		"half a pair": {CertFile: "cert.pem"}, "no files": {CertFile: "none.pem", KeyFile: "none.pem"},
		"no roots": {Domains: []string{"a.example"}, Roots: "none.pem", CertDir: t.TempDir()},
	} {
		if _, err := Start(t.Context(), Options{Addr: "127.0.0.1:0", TLS: opt}, echo()); err == nil {
			t.Errorf("%s: it has started", name)
		}
	}
}

func TestGate(t *testing.T) {
	var g gate
	for range 2 {
		if !g.enter() {
			t.Fatal("an open gate")
		}
	}
	g.leave()
	if left := g.close(time.Millisecond); left != 1 {
		t.Errorf("%d are left", left)
	}
	if g.enter() {
		t.Error("a closed gate")
	}
	g.leave()
	var empty gate
	if left := empty.close(time.Hour); left != 0 {
		t.Errorf("%d are left", left)
	}
}
