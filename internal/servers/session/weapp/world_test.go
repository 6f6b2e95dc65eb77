package weapp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a middleware in front of a handler that answers with who asks.
type world struct {
	t     *testing.T
	store *memory
	ask   *asker
	log   *bytes.Buffer // guarded by the logger's handler
	*weapp.Sessions
	handler http.Handler
}

// asker is an Exchanger: a code is "code-OPENID-…", and its key is known.
type asker struct {
	mu    sync.Mutex
	asked map[string]int
	// answer, where it is set, replies in its place.
	answer func(ctx context.Context, code string) (weapp.Identity, error)
}

const sessionKey = "tiihtNczf5v6AKRyjwEUhQ=="

func (a *asker) Exchange(ctx context.Context, code string) (weapp.Identity, error) {
	a.mu.Lock()
	a.asked[code]++
	answer := a.answer
	a.mu.Unlock()
	if answer != nil {
		return answer(ctx, code)
	}
	parts := strings.Split(code, "-")
	if len(parts) < 3 || parts[0] != "code" {
		return weapp.Identity{}, &weapp.ExchangeError{Code: 40029, Msg: "invalid code"}
	}
	return weapp.Identity{OpenID: parts[1], SessionKey: sessionKey}, nil
}

func (a *asker) times(code string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.asked[code]
}

func (a *asker) saying(answer func(context.Context, string) (weapp.Identity, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = answer
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: newMemory(), ask: &asker{asked: map[string]int{}}, log: &bytes.Buffer{}}
	logger := slog.New(slog.NewTextHandler(w.log, nil))
	w.Sessions = weapp.New(weapp.Options{
		Store: w.store, Exchanger: w.ask,
		Log: func(context.Context) *slog.Logger { return logger },
	})
	t.Cleanup(w.Close)
	w.handler = w.Middleware(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/logout" {
			if err := w.End(r.Context(), weapp.FromContext(r.Context())); err != nil {
				http.Error(rw, err.Error(), http.StatusInternalServerError)
			}
			return
		}
		if s := weapp.FromContext(r.Context()); s != nil {
			_, _ = io.WriteString(rw, s.OpenID+" "+string(s.User))
		} else {
			_, _ = io.WriteString(rw, "nobody")
		}
	}))
	return w
}

// header is that of a request, from names and values.
func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i+1 < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func encode(rawData string) string { return strings.ReplaceAll(url.QueryEscape(rawData), "+", "%20") }

// first is the header of a first request, with more on top.
func first(code, rawData string, more ...string) http.Header {
	h := header(weapp.HeaderCode, code, weapp.HeaderRawData, encode(rawData), weapp.HeaderSignature, wechattest.Sign(rawData, sessionKey))
	for name, values := range header(more...) {
		h[name] = values
	}
	return h
}

// do sends a request and returns the answer.
func (w *world) do(path string, h http.Header) (body string, answer http.Header) {
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, path, nil)
	r.Header = h
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		w.t.Errorf("status %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String(), rec.Header()
}

// says fails unless the answer to a request begins with want.
func (w *world) says(what string, h http.Header, want string) {
	w.t.Helper()
	if got, _ := w.do("/", h); !strings.HasPrefix(got, want) || want == "" {
		w.t.Errorf("%s: %s\nwant %s", what, got, want)
	}
}

// login logs in with a code alone as the bearer.
func (w *world) login(code string) {
	w.t.Helper()
	w.says("login with "+code, first(code, `{"nickName":"n"}`), strings.Split(code, "-")[1]+" {")
}

// token logs in with a token as the bearer.
func (w *world) token(code string) string {
	w.t.Helper()
	body, answer := w.do("/", first(code, `{"nickName":"n"}`, weapp.HeaderToken, weapp.AskToken))
	token := answer.Get(weapp.HeaderToken)
	if !strings.Contains(body, `"nickName":"n"`) || token == "" || answer.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("login: %s, %v", body, answer)
	}
	return token
}

func code(c string) http.Header  { return header(weapp.HeaderCode, c) }
func token(t string) http.Header { return header(weapp.HeaderToken, t) }

const hour = time.Hour

// What goes over the wire, byte for byte.
const (
	magic     = `{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,`
	expired   = magic + `"reason":"ERR_SESSION_EXPIRED","error":{"name":"Error","message":"` + "`wxUserInfo` not found by `code`" + `"}}`
	untrusted = magic + `"reason":"ERR_UNTRUSTED_RAW_DATA","error":{"name":"Error","message":"untrusted raw data"}}`
	failed    = magic + `"reason":"ERR_SESSION_KEY_EXCHANGE_FAILED","error":{"name":"Error","message":"jscode failed to exchange session_key"`
	badURI    = magic + `"error":{"name":"URIError","message":"URI malformed"}}`
	badSyntax = magic + `"error":{"name":"SyntaxError","message":`
	trouble   = magic + `"error":{"name":"Error","message":"service unavailable"}}`
)

var errBroken = errors.New("dial tcp 10.1.2.3:6379: connection refused, password hunter2")

func jsonOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}
