package kit

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A client that goes away has not got the reply, whatever the handler wrote.
func TestAborted(t *testing.T) {
	var out lines
	entered := make(chan struct{}, 1)
	app := App{Name: "app", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/upload":
			entered <- struct{}{}
			_, _ = io.Copy(io.Discard, r.Body)
			_ = WriteJSON(w, r, "an answer")
		case "/slow":
			entered <- struct{}{}
			<-r.Context().Done()
			_ = WriteJSON(w, r, "an answer")
		case "/stream":
			_, _ = io.WriteString(w, "some")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		case "/whole":
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "done")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done() // what is left to do concerns nobody
		case "/large":
			w.Header().Set("Content-Length", "100000000")
			for range 1000 {
				if _, err := w.Write(make([]byte, 100_000)); err != nil {
					return
				}
			}
		}
	})}
	s, end := running(t, Options{Log: NewLogger(&out, false)}, app)
	for _, path := range []string{"/slow", "/stream", "/whole", "/large"} {
		c := dial(t, s)
		write(t, c, "GET "+path+" HTTP/1.1\r\nHost: a\r\n\r\n")
		if path == "/slow" {
			<-entered
		} else if _, err := http.ReadResponse(bufio.NewReaderSize(c, 16), nil); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	c := dial(t, s)
	write(t, c, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
	<-entered
	c.Close()
	end()
	got := map[any]map[string]any{}
	for _, e := range out.about(t) {
		got[e["path"]] = e
	}
	for path, want := range map[string]struct {
		msg           string
		status, begun any
	}{
		"/upload": {"request aborted", 499.0, nil}, "/slow": {"request aborted", 499.0, nil}, "/stream": {"request aborted", 499.0, 200.0},
		"/whole": {"request", 200.0, nil}, "/large": {"request aborted", 499.0, 200.0},
	} {
		if e := got[path]; e["msg"] != want.msg || e["status"] != want.status || e["begun"] != want.begun {
			t.Errorf("%s: %v", path, e)
		}
	}
	if slow, stream := got["/slow"]["bytes"], got["/stream"]["bytes"]; slow != 0.0 || stream != 4.0 {
		t.Errorf("%v and %v bytes were sent", slow, stream)
	}
	if n, _ := got["/large"]["bytes"].(float64); n >= 100_000_000 || n == 0 {
		t.Errorf("%v bytes of a large reply", n)
	}
}

// What the end of the server cuts off is aborted, too, and no matter of course.
func TestAbortedByTheEnd(t *testing.T) {
	var out lines
	entered := make(chan struct{}, 2)
	app := App{Name: "app", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method == http.MethodGet {
			<-r.Context().Done()
		}
		_ = WriteJSON(w, r, "an answer")
	})}
	ctx, stop := context.WithCancel(t.Context())
	s, err := Start(ctx, Options{Addr: "127.0.0.1:0", Log: NewLogger(&out, false), NoAccessLog: true, Limits: Limits{DrainTime: 20 * time.Millisecond}}, app)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na"} {
		write(t, dial(t, s), text)
		<-entered
	}
	stop()
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	entries := out.about(t)
	if len(entries) != 2 {
		t.Fatalf("%d entries: %s", len(entries), out.String())
	}
	for _, e := range entries {
		if e["msg"] != "request aborted" || e["status"] != 499.0 || e["level"] != "WARN" {
			t.Errorf("%v", e)
		}
	}
	if !strings.Contains(out.String(), `"msg":"requests under way were cut off","after":"`) {
		t.Errorf("the log: %s", out.String())
	}
}
