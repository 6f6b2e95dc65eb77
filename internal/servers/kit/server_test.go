package kit

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// echo is an app whose envelope is {"code":-1}.
func echo() App {
	rt := &Routes{Base: "/applet", Fail: func(w http.ResponseWriter, r *http.Request, _ error) {
		_ = WriteJSON(w, r, map[string]int{"code": -1})
	}}
	rt.Handle("GET", "/echo/ok", func(w http.ResponseWriter, r *http.Request) error {
		return WriteJSON(w, r, map[string]any{"code": 0, "data": "<图>"})
	})
	rt.Handle("GET", "/echo/bad", func(http.ResponseWriter, *http.Request) error { return errors.New("secret detail") })
	rt.Handle("GET", "/echo/panic", func(http.ResponseWriter, *http.Request) error { panic("secret detail") })
	rt.Handle("POST", "/echo/fields", func(w http.ResponseWriter, r *http.Request) error {
		f, err := ReadFields(w, r, 0)
		if err != nil {
			return err
		}
		return WriteJSON(w, r, f)
	})
	return App{Name: "echo", Handler: rt}
}

// started serves apps on loopback until the test ends.
func started(t *testing.T, opt Options, apps ...App) *Server {
	t.Helper()
	s, _ := running(t, opt, apps...)
	return s
}

// running serves apps on loopback until the function is called, or the test
// ends.
func running(t *testing.T, opt Options, apps ...App) (*Server, func()) {
	t.Helper()
	if opt.Addr == "" {
		opt.Addr = "127.0.0.1:0"
	}
	ctx, stop := context.WithCancel(context.Background())
	s, err := Start(ctx, opt, apps...)
	if err != nil {
		stop()
		t.Fatal(err)
	}
	end := sync.OnceFunc(func() {
		stop()
		if err := s.Wait(); err != nil {
			t.Errorf("the end: %v", err)
		}
	})
	t.Cleanup(end)
	return s, end
}

// ask sends a request without keep-alive and returns the reply with its body.
func ask(t *testing.T, method, url, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestRoutes(t *testing.T) {
	s := started(t, Options{}, echo())
	for _, tt := range []struct {
		method, path string
		status       int
		body         string
	}{
		{"GET", "/applet/echo/ok", 200, `{"code":0,"data":"<图>"}`},
		{"HEAD", "/applet/echo/ok", 200, ""},
		{"POST", "/applet/echo/ok", 404, "Not Found\n"},
		{"GET", "/applet/echo/OK", 404, "Not Found\n"},
		{"GET", "/applet/echo/ok/", 404, "Not Found\n"},
		{"GET", "/applet/echo/%6fk", 404, "Not Found\n"},
		{"GET", "/applet/echo/../echo/ok", 404, "Not Found\n"},
		{"GET", "/echo/ok", 404, "Not Found\n"},
		{"GET", "/applet/echo/bad", 200, `{"code":-1}`},
		{"GET", "/applet/echo/panic", 500, `{"code":-1}`},
	} {
		resp, body := ask(t, tt.method, s.URL()+tt.path, "")
		if resp.StatusCode != tt.status || body != tt.body {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, resp.StatusCode, body)
		}
	}
}
