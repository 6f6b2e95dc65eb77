package kit

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestAdmin(t *testing.T) {
	var out lines
	var broken atomic.Bool
	counter := func() prometheus.Collector {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "things_total", Help: "Things."})
	}
	one, two := echo(), App{Name: "two", Handler: http.NotFoundHandler(), Prefixes: []string{"/applet/two/"}, Metrics: []prometheus.Collector{counter()}}
	one.Prefixes, one.Metrics = []string{"/applet/echo/"}, []prometheus.Collector{counter()}
	one.Ready = func(context.Context) error {
		if broken.Load() {
			panic("secret detail")
		}
		return nil
	}
	s, end := running(t, Options{AdminAddr: ":0", Log: NewLogger(&out, false)}, one, two)
	if !strings.HasPrefix(s.AdminURL(), "http://127.0.0.1:") {
		t.Errorf("the admin address is %s", s.AdminURL())
	}
	for _, tt := range []struct {
		path   string
		broken bool
		status int
		body   string
	}{
		{"/healthz", false, 200, "ok\n"},
		{"/readyz", false, 200, "echo: ready\ntwo: ready\n"},
		{"/readyz", true, 503, "echo: not ready\ntwo: ready\n"},
		{"/readyz", true, 503, "echo: not ready\ntwo: ready\n"},
		{"/healthz", true, 200, "ok\n"},
		{"/readyz", false, 200, "echo: ready\ntwo: ready\n"},
		{"/gone", false, 404, "404 page not found\n"},
	} {
		broken.Store(tt.broken)
		if resp, body := ask(t, "GET", s.AdminURL()+tt.path, ""); resp.StatusCode != tt.status || body != tt.body {
			t.Errorf("%s: %d %q", tt.path, resp.StatusCode, body)
		}
	}
	ask(t, "GET", s.URL()+"/applet/echo/ok", "")
	ask(t, "BREW", s.URL()+"/applet/echo/ok", "")
	ask(t, "GET", s.URL()+"/applet/two/x", "")
	ask(t, "GET", s.URL()+"/elsewhere", "")
	// Requests are counted after their reply.
	want := []string{
		`http_requests_total{app="echo",method="GET",status="200"} 1`, `http_requests_total{app="echo",method="other",status="404"} 1`,
		`http_requests_total{app="two",method="GET",status="404"} 1`, `http_requests_total{app="",method="GET",status="404"} 1`,
		`http_request_seconds_count{app="echo"} 2`, `http_requests_limited_total 0`, `things_total{app="echo"} 0`, `things_total{app="two"} 0`,
		"go_goroutines ", "http_connections ", "http_connections_refused_total 0",
	}
	var missing []string
	for range 50 {
		_, text := ask(t, "GET", s.AdminURL()+"/metrics", "")
		missing = nil
		for _, line := range want {
			if !strings.Contains(text, line) {
				missing = append(missing, line)
			}
		}
		if missing == nil {
			break
		}
	}
	if missing != nil {
		t.Errorf("metrics lack %q", missing)
	}
	// The public address has none of it.
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if resp, _ := ask(t, "GET", s.URL()+path, ""); resp.StatusCode != 404 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
	end()
	log := out.String()
	if strings.Count(log, `"msg":"not ready","app":"echo","error":"panic: secret detail"`) != 1 || strings.Count(log, `"msg":"ready again"`) != 1 {
		t.Errorf("the log: %s", log)
	}
}

func TestAdminOpenToOthers(t *testing.T) {
	var out lines
	_, end := running(t, Options{AdminAddr: "0.0.0.0:0", Log: NewLogger(&out, true)}, echo())
	end()
	if !strings.Contains(out.String(), "open to other computers") {
		t.Errorf("no warning: %s", out.String())
	}
}

func TestMetricsTwice(t *testing.T) {
	app := echo()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "things_total", Help: "Things."})
	app.Metrics = []prometheus.Collector{c, c}
	if _, err := Start(t.Context(), Options{Addr: "127.0.0.1:0"}, app); err == nil {
		t.Error("a collector that is there twice")
	}
}

// Several apps have their prefixes, and a folder each for their pages.
func TestSeveralApps(t *testing.T) {
	where := func(name string) App {
		return App{Name: name, Prefixes: []string{"/applet/" + name + "/"}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/panic" {
				panic(name)
			}
			_, _ = w.Write([]byte(name + " " + r.URL.EscapedPath()))
		}), Fail: func(w http.ResponseWriter, _ *http.Request, _ error) { _, _ = w.Write([]byte(name + " failed")) }}
	}
	other := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("index")) })
	s := started(t, Options{Other: other}, where("a"), where("b"))
	for path, want := range map[string]string{
		"/applet/a/list": "a /applet/a/list", "/applet/b/": "b /applet/b/", "/a/": "a /", "/b/app.js": "b /app.js", "/b/applet/b/x": "b /applet/b/x",
		"/a/%2Fx": "a /%2Fx", "/": "index", "/a": "index", "/applet/c/": "index", "/a/panic": "a failed",
	} {
		if _, body := ask(t, "GET", s.URL()+path, ""); body != want {
			t.Errorf("%s: %s, want %s", path, body, want)
		}
	}
	bare := started(t, Options{}, where("a"), where("b"))
	if resp, _ := ask(t, "GET", bare.URL()+"/", ""); resp.StatusCode != 404 {
		t.Errorf("nothing is there: %d", resp.StatusCode)
	}
}
