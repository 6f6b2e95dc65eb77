package video_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

var mariadb mariadbtest.Shared

func TestMain(m *testing.M) { goleak.VerifyTestMain(stopping{m}) }

// stopping ends the database before goroutines are counted.
type stopping struct{ m *testing.M }

func (s stopping) Run() int {
	code := s.m.Run()
	if err := mariadb.Stop(); err != nil && code == 0 {
		panic(err)
	}
	return code
}

// world is a server with the store that it asks.
type world struct {
	t      *testing.T
	store  video.Store
	server *kit.Server
	client *http.Client
	base   string // the address that routes begin with
}

// newWorld serves films with these titles, by default from a new SQLite file.
func newWorld(t *testing.T, opt video.Options, films ...string) *world {
	t.Helper()
	if opt.Store == nil {
		s, err := sqlstore.OpenSQLite(t.Context(), t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		opt.Store = s
	}
	if opt.Base == "" {
		opt.Base = "/applet"
	}
	w := &world{t: t, store: opt.Store, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}}
	for _, title := range films {
		if _, err := w.store.AddFilm(t.Context(), video.Film{Title: title, Image: "https://a.example/" + title + ".jpg", URL: "https://a.example/" + title + ".mp4"}); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var err error
	w.server, err = kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0", Limits: kit.Limits{ClientRate: -1}}, video.New(opt))
	if err != nil {
		stop()
		t.Fatal(err)
	}
	w.base = w.server.URL() + opt.Base
	t.Cleanup(func() {
		w.client.CloseIdleConnections()
		stop()
		if err := w.server.Wait(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// ask sends a request. A header without a value is left out.
func (w *world) ask(method, path, body string, header ...string) reply {
	w.t.Helper()
	began := time.Now()
	req, err := http.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := w.client.Do(req)
	if err != nil {
		w.t.Error(err)
		return reply{}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Error(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text), time.Since(began)}
}

func (w *world) get(path string) reply {
	w.t.Helper()
	return w.ask(http.MethodGet, w.base+path, "")
}

func (w *world) post(body string) reply {
	w.t.Helper()
	return w.ask(http.MethodPost, w.base+"/video/comment", body, "Content-Type", "application/json")
}

func (w *world) form(values url.Values) reply {
	w.t.Helper()
	return w.ask(http.MethodPost, w.base+"/video/comment", values.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// is checks an answer, which is 200 JSON.
func (r reply) is(t *testing.T, what, want string) {
	t.Helper()
	if r.status != http.StatusOK || r.body != want {
		t.Errorf("%s: %d %s, want %s", what, r.status, r.body, want)
	}
	if kind := r.header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("%s: Content-Type %q", what, kind)
	}
}

const (
	failed     = `{"code":-1,"msg":"failed","data":{}}`
	okShort    = `{"code":0,"msg":"ok"}`
	shortFail  = `{"code":-1,"msg":"failed"}`
	noComments = `{"code":0,"msg":"ok","data":[]}`
)

// page is some page for people.
var page = kit.Pages(fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>page</title>")}})
