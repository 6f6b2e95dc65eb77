package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"
)

// lines collects what is logged.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// about returns the entries about requests.
func (l *lines) about(t *testing.T) (entries []map[string]any) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if e["msg"] == "request" || e["msg"] == "request aborted" {
			entries = append(entries, e)
		}
	}
	return entries
}

func TestAccessLog(t *testing.T) {
	var out lines
	app := echo()
	app.Handler.(*Routes).Handle("GET", "/echo/talk", func(w http.ResponseWriter, r *http.Request) error {
		Log(r.Context()).Info("talked", "openid", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "sessionKey", "verysecret")
		return &BodyError{Status: 400, Err: errors.New("why")}
	})
	s, end := running(t, Options{Log: NewLogger(&out, false), TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}, app)
	resp, _ := ask(t, "GET", s.URL()+"/applet/echo/ok?code=verysecret", "", "X-WX-Code", "verysecret", "X-Forwarded-For", "192.0.2.1", "X-Request-Id", "from-the-proxy_1")
	if resp.Header.Get("X-Request-Id") != "from-the-proxy_1" {
		t.Errorf("id %q", resp.Header.Get("X-Request-Id"))
	}
	made, _ := ask(t, "GET", s.URL()+"/applet/echo/bad", "", "X-Request-Id", "a b\tc")
	if len(made.Header.Get("X-Request-Id")) != 16 {
		t.Errorf("id %q", made.Header.Get("X-Request-Id"))
	}
	ask(t, "GET", s.URL()+"/applet/echo/talk", "")
	ask(t, "GET", s.URL()+"/applet/echo/panic", "")
	ask(t, "GET", s.URL()+"/"+strings.Repeat("x", 1000), "")
	end() // what is logged comes after the reply
	entries := out.about(t)
	if len(entries) != 5 {
		t.Fatalf("%d entries: %s", len(entries), out.String())
	}
	first := entries[0]
	if first["request"] != "from-the-proxy_1" || first["client"] != "192.0.2.1" || first["path"] != "/applet/echo/ok" || first["status"] != 200.0 ||
		first["app"] != "echo" || first["method"] != "GET" || first["bytes"] != 25.0 || first["level"] != "INFO" || first["ms"].(float64) <= 0 {
		t.Errorf("the first entry: %v", first)
	}
	if e := entries[1]; e["level"] != "WARN" || e["error"] != "secret detail" || e["request"] != made.Header.Get("X-Request-Id") {
		t.Errorf("an error: %v", e)
	}
	if e := entries[2]; e["level"] != "INFO" || e["error"] != "request body: why" || e["status"] != 400.0 {
		t.Errorf("a client's mistake: %v", e)
	}
	if e := entries[3]; e["level"] != "ERROR" || e["status"] != 500.0 {
		t.Errorf("a panic: %v", e)
	}
	if len(entries[4]["path"].(string)) > 210 {
		t.Error("a long path is logged in full")
	}
	text := out.String()
	if strings.Contains(text, "verysecret") || strings.Contains(text, "bmjrPTlm") {
		t.Errorf("a secret is logged: %s", text)
	}
	for _, want := range []string{`"openid":"o6_b…"`, `"sessionKey":"******"`, `"msg":"a handler panicked"`, "server_test.go"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not logged: %s", want, text)
		}
	}
}

func TestQuietAccessLog(t *testing.T) {
	var out lines
	s, end := running(t, Options{Log: NewLogger(&out, true), NoAccessLog: true}, echo())
	ask(t, "GET", s.URL()+"/applet/echo/ok", "")
	ask(t, "GET", s.URL()+"/applet/echo/bad", "")
	end()
	if got := out.String(); strings.Count(got, "msg=request ") != 1 || !strings.Contains(got, "level=WARN msg=request ") {
		t.Errorf("got %s", got)
	}
}

func TestScrub(t *testing.T) {
	for name, want := range map[string]string{
		"token": "******", "Token": "******", "app_secret": "******", "X-WX-Code": "******", "secretKey": "******", "password": "******",
		"openId": "abcd…", "open_id": "abcd…", "status": "abcdefgh", "tokens": "abcdefgh",
	} {
		var out bytes.Buffer
		NewLogger(&out, true).Info("x", name, "abcdefgh")
		if got := out.String(); !strings.Contains(got, name+"="+want+"\n") {
			t.Errorf("%s: %s", name, got)
		}
	}
	var out bytes.Buffer
	NewLogger(&out, true).Info("x", "token", "")
	if !strings.Contains(out.String(), `token=""`) {
		t.Errorf("an empty secret: %s", out.String())
	}
	if Short("") != "" || Short("abcd") != "abcd" || RequestID(t.Context()) != "" {
		t.Error("short texts")
	}
	out.Reset()
	NewLogger(&out, false).Info("x", "after", 1500*time.Millisecond)
	if !strings.Contains(out.String(), `"after":"1.5s"`) {
		t.Errorf("a duration: %s", out.String())
	}
	Log(t.Context()).Error("nobody hears it")
}
