package session_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/session"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a server that listens, with a WeChat of its own.
type world struct {
	t      testing.TB
	wechat *wechattest.WeChat
	server *kit.Server
	url    string // with the base path
	log    *safeBuffer
}

// safeBuffer may be written while it is read.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// start serves opt until the test ends; what it leaves out is SQLite in a folder
// of its own, and the WeChat of the world.
func start(t testing.TB, opt session.Options) *world {
	t.Helper()
	w := &world{t: t, wechat: wechattest.New(t), log: &safeBuffer{}}
	opt.BasePath, opt.Addr = "/applet", "127.0.0.1:0"
	opt.Log = slog.New(slog.NewTextHandler(w.log, nil))
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	if !opt.Dev {
		opt.AppID, opt.Secret, opt.Code2SessionURL = wechattest.AppID, wechattest.Secret, w.wechat.URL
	}
	app, err := session.New(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w.server, err = kit.Start(ctx, kit.Options{
		Addr: opt.Addr, AdminAddr: "127.0.0.1:0", Log: opt.Log, NoAccessLog: true,
		Limits: kit.Limits{ClientRate: -1, ClientConns: -1},
	}, app)
	if err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := w.server.Wait(); err != nil {
			t.Errorf("the end: %v", err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	w.url = w.server.URL() + "/applet"
	return w
}

// client is a client with the old library.
func (w *world) client(openID string) *wechattest.Client {
	return &wechattest.Client{Base: w.url, WeChat: w.wechat, OpenID: openID, Nick: openID}
}

// ask sends a request with any header and returns status and body.
func (w *world) ask(method, path, body string, header ...string) (int, string, http.Header) {
	w.t.Helper()
	address := w.url + path
	if strings.HasPrefix(path, "http:") {
		address = path
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

const (
	list   = "/session/paints/list"
	save   = "/session/paints/save"
	remove = "/session/paints/delete"
)

// says fails unless a client's request is answered so.
func says(t testing.TB, c *wechattest.Client, method, path string, body any, want string) {
	t.Helper()
	got, err := c.Request(t.Context(), method, path, body)
	if err != nil || string(got) != want {
		t.Errorf("%s %s of %s: %.300s, %v\nwant %.300s", method, path, c.OpenID, got, err, want)
	}
}

type fields map[string]any

// saved is the answer to a save and a delete.
const saved = `{"code":0,"msg":"success","data":{}}`

// failure is the answer to what cannot be done.
func failure(reason string) string {
	return fmt.Sprintf(`{"code":-1,"msg":"fail","error":{"reason":%q}}`, reason)
}

// listing is the answer to a list.
func listing(t testing.TB, all ...drawing.Drawing) string {
	t.Helper()
	if all == nil {
		all = []drawing.Drawing{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(all); err != nil {
		t.Fatal(err)
	}
	return `{"code":0,"msg":"success","data":` + strings.TrimSpace(b.String()) + `}`
}

func draw(id, actions string) drawing.Drawing { return drawing.Drawing{ID: id, Actions: actions} }
