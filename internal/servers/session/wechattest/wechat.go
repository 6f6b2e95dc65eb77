// Package wechattest is WeChat as the tests of sessions need it: a server that
// exchanges login codes, each once, and a client that behaves as the client
// library of weapp-session does. It is never part of a program.
package wechattest

import (
	"crypto/rand"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// The account of the mini-program. Its secret has what a URL must escape.
const (
	AppID  = "wx1234567890abcdef"
	Secret = "s3cret+/=&?%秘"
)

// WeChat answers code2session.
type WeChat struct {
	URL string

	mu     sync.Mutex
	codes  map[string]*login
	asked  map[string]int
	faults func(w http.ResponseWriter, r *http.Request) bool
}

type login struct {
	openID, key string
	used        bool
}

// New starts a WeChat that ends with the test.
func New(tb testing.TB) *WeChat {
	w := &WeChat{codes: map[string]*login{}, asked: map[string]int{}}
	server := httptest.NewServer(w)
	tb.Cleanup(server.Close)
	w.URL = server.URL + "/sns/jscode2session"
	return w
}

// Login is wx.login: a code of the user, and the key that the user's device signs
// with.
func (w *WeChat) Login(openID string) (code, key string) {
	code, key = "0"+rand.Text()[:20], rand.Text()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.codes[code] = &login{openID: openID, key: key}
	return code, key
}

// Asked is how often the server was asked about a code.
func (w *WeChat) Asked(code string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[code]
}

// Most is how often the server was asked about the code that it was asked about
// most.
func (w *WeChat) Most() (most int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.asked {
		most = max(most, n)
	}
	return most
}

// Fault lets answer reply in the server's place where it returns true; nil is no
// fault.
func (w *WeChat) Fault(answer func(w http.ResponseWriter, r *http.Request) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = answer
}

// Refuse is a Fault: every code is refused with errcode.
func Refuse(errcode int, errmsg string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		_ = json.NewEncoder(w).Encode(map[string]any{"errcode": errcode, "errmsg": errmsg, "rid": "internal"})
		return true
	}
}

// Say is a Fault: an answer with a status and a text.
func Say(status int, text string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
		return true
	}
}

// Hang is a Fault: no answer until the client gives up.
func Hang(_ http.ResponseWriter, r *http.Request) bool {
	<-r.Context().Done()
	return true
}

func (w *WeChat) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code := q.Get("js_code")
	w.mu.Lock()
	w.asked[code]++
	fault := w.faults
	w.mu.Unlock()
	if fault != nil && fault(rw, r) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.codes[code]
	answer := map[string]any{}
	switch {
	case q.Get("grant_type") != "authorization_code" || q.Get("appid") != AppID:
		answer["errcode"], answer["errmsg"] = 40013, "invalid appid"
	case q.Get("secret") != Secret:
		answer["errcode"], answer["errmsg"] = 40125, "invalid appsecret"
	case known == nil:
		answer["errcode"], answer["errmsg"] = 40029, "invalid code"
	case known.used:
		answer["errcode"], answer["errmsg"] = 40163, "code been used"
	default:
		known.used = true
		answer["openid"], answer["session_key"] = known.openID, known.key
	}
	rw.Header().Set("Content-Type", "text/plain") // as WeChat does
	_ = json.NewEncoder(rw).Encode(answer)
}

// Sign is the signature of rawData under a session key.
func Sign(rawData, key string) string {
	sum := sha1.Sum([]byte(rawData + key))
	return hex.EncodeToString(sum[:])
}
