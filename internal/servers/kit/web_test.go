package kit

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPages(t *testing.T) {
	site := fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html><title>图</title>")}, "app.js": {Data: []byte("run()")}, "dir/index.html": {Data: []byte("inner")},
	}
	s := started(t, Options{}, App{Name: "page", Handler: Pages(site, "https://img.example.com")})
	resp, body := ask(t, "GET", s.URL()+"/", "")
	if resp.StatusCode != 200 || !strings.Contains(body, "图") || resp.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'self'; img-src 'self' blob: https://img.example.com; media-src 'self' blob: https://img.example.com; " +
			"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if resp, _ := ask(t, "GET", s.URL()+"/", "", "If-None-Match", resp.Header.Get("ETag")); resp.StatusCode != 304 {
		t.Errorf("again: %d", resp.StatusCode)
	}
	for path, want := range map[string]int{"/app.js": 200, "/dir/": 200, "/dir": 404, "/gone": 404, "/../index.html": 404, "//": 404, "/index.html": 200} {
		if resp, _ := ask(t, "GET", s.URL()+path, ""); resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	if resp, _ := ask(t, "POST", s.URL()+"/", ""); resp.StatusCode != 404 {
		t.Errorf("POST: %d", resp.StatusCode)
	}
}

func TestCORS(t *testing.T) {
	off := started(t, Options{}, echo())
	resp, _ := ask(t, "GET", off.URL()+"/applet/echo/ok", "", "Origin", "https://a.example")
	if resp.Header.Get("Access-Control-Allow-Origin") != "" || resp.Header.Get("Vary") != "" {
		t.Errorf("off: %v", resp.Header)
	}
	some := started(t, Options{AllowedOrigins: []string{"https://a.example"}, Limits: Limits{ClientRate: 1, ClientBurst: 4}}, echo())
	for _, tt := range []struct {
		origin, want string
	}{{"https://a.example", "https://a.example"}, {"https://b.example", ""}, {"", ""}} {
		resp, _ := ask(t, "GET", some.URL()+"/applet/echo/ok", "", "Origin", tt.origin)
		if resp.StatusCode != 200 || resp.Header.Get("Access-Control-Allow-Origin") != tt.want || resp.Header.Get("Vary") != "Origin" {
			t.Errorf("%q: %d %v", tt.origin, resp.StatusCode, resp.Header)
		}
	}
	preflight := []string{"Origin", "https://a.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-wx-code"}
	resp, _ = ask(t, "OPTIONS", some.URL()+"/applet/echo/fields", "", preflight...)
	if resp.StatusCode != 204 || resp.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD, POST" || resp.Header.Get("Access-Control-Allow-Headers") != "x-wx-code" {
		t.Errorf("preflight: %d %v", resp.StatusCode, resp.Header)
	}
	// A page can read that it asks too often.
	resp, _ = ask(t, "OPTIONS", some.URL()+"/applet/echo/fields", "", preflight...)
	if resp.StatusCode != 429 || resp.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("too often: %d %v", resp.StatusCode, resp.Header)
	}
	if resp, _ := ask(t, "OPTIONS", off.URL()+"/applet/echo/ok", "", preflight...); resp.StatusCode != 404 {
		t.Errorf("a preflight without CORS: %d", resp.StatusCode)
	}
}

func TestWriteJSON(t *testing.T) {
	get := func(method, match string) *httptest.ResponseRecorder {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, "/", nil)
		if match != "" {
			r.Header.Set("If-None-Match", match)
		}
		if err := WriteJSON(w, r, map[string]any{"data": "<&图>"}); err != nil {
			t.Fatal(err)
		}
		return w
	}
	first := get("GET", "")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || first.Body.String() != `{"data":"<&图>"}` || first.Header().Get("Content-Type") != "application/json; charset=utf-8" || !strings.HasPrefix(tag, `W/"`) {
		t.Errorf("%d %s %v", first.Code, first.Body, first.Header())
	}
	for _, tt := range []struct {
		method, match string
		want          int
	}{
		{"GET", tag, 304}, {"HEAD", tag, 304}, {"GET", `"x", ` + tag, 304}, {"GET", strings.TrimPrefix(tag, "W/"), 304}, {"GET", "*", 304},
		{"GET", `"x"`, 200}, {"GET", "W/", 200}, {"POST", tag, 200},
	} {
		w := get(tt.method, tt.match)
		if w.Code != tt.want || tt.want == 304 && w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
			t.Errorf("%s with %s: %d", tt.method, tt.match, w.Code)
		}
	}
	w := httptest.NewRecorder()
	if err := WriteJSON(w, httptest.NewRequest("GET", "/", nil), func() {}); err == nil || w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("what JSON cannot say: %v, %s", err, w.Body)
	}
}

// Without a server around it, Routes answers as well.
func TestRoutesAlone(t *testing.T) {
	h := echo().Handler
	for path, want := range map[string]int{"/applet/echo/ok": 200, "/applet/echo/bad": 200, "/applet/echo/panic": 500, "/gone": 404} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	other := &Routes{Other: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) })}
	w := httptest.NewRecorder()
	other.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 418 {
		t.Errorf("other: %d", w.Code)
	}
	plain := &Routes{}
	plain.Handle("GET", "/panic", func(http.ResponseWriter, *http.Request) error { panic("x") })
	w = httptest.NewRecorder()
	plain.ServeHTTP(w, httptest.NewRequest("GET", "/panic", nil))
	if w.Code != 500 || w.Body.String() != `{"code":-1,"msg":"Internal Server Error"}` {
		t.Errorf("without Fail: %d %s", w.Code, w.Body)
	}
}

// A reply that has begun cannot become another one.
func TestFailedReply(t *testing.T) {
	rt := &Routes{}
	rt.Handle("GET", "/half", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("half"))
		panic("in the middle")
	})
	s := started(t, Options{}, App{Name: "half", Handler: rt})
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(newRequest(s.URL() + "/half"))
	if err != nil {
		return // the connection ended before the header was sent
	}
	defer resp.Body.Close()
	if text, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the reply seems whole: %d %s, %v", resp.StatusCode, text, err)
	}
}
