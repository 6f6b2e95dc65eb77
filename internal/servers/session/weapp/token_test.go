package weapp_test

import (
	"context"
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

func TestToken(t *testing.T) {
	w := newWorld(t)
	a := w.token("code-oAnn-1")
	if bits, err := base64.RawURLEncoding.DecodeString(a); err != nil || len(bits) != 32 {
		t.Errorf("a token of %d bytes: %s", len(bits), a)
	}
	w.says("the token", token(a), "oAnn {")
	w.says("the code is no bearer then", code("code-oAnn-1"), expired)
	if text := w.store.text() + w.log.String(); strings.Contains(text, a) || strings.Contains(text, sessionKey) {
		t.Errorf("the token or the session key is in %s", text)
	}
	for _, bad := range []string{a[:42], a + "x", strings.Repeat("A", 43), strings.ToUpper(a), "oAnn", "code-oAnn-1", "x y", "new "} {
		w.says("the token "+bad, token(bad), expired)
	}
	// The same first request again: another token of the same login.
	b := w.token("code-oAnn-1")
	if a == b {
		t.Error("one token twice")
	}
	w.says("the first", token(a), "oAnn")
	w.says("the second", token(b), "oAnn")
	if n := w.ask.times("code-oAnn-1"); n != 1 {
		t.Errorf("exchanged %d times", n)
	}
}

// Today's clients get no signature: their code alone logs in, once, and for a
// token only.
func TestTokenWithoutSignature(t *testing.T) {
	w := newWorld(t)
	used := failed + `,"detail":{"errcode":40163,"errmsg":"code been used"}}}`
	ask := header(weapp.HeaderCode, "code-oAnn-1", weapp.HeaderToken, weapp.AskToken)
	body, answer := w.do("/", ask)
	if a := answer.Get(weapp.HeaderToken); body != `oAnn {"openId":"oAnn"}` || len(a) != 43 {
		t.Fatalf("%s, token %q", body, a)
	}
	w.says("the same code again", ask, used)
	w.says("as a bearer", code("code-oAnn-1"), expired)
	named := header(weapp.HeaderCode, "code-oAnn-2", weapp.HeaderToken, weapp.AskToken, weapp.HeaderRawData, encode(`{"nickName":"安","openId":"oBob"}`))
	w.says("with a name", named, `oAnn {"nickName":"安","openId":"oAnn"}`)
	named.Set(weapp.HeaderSignature, "x")
	w.says("with a wrong signature", named, untrusted)
	named.Set(weapp.HeaderRawData, "%")
	w.says("with unreadable data", named, badURI)
	w.says("an unknown code", header(weapp.HeaderCode, "nonsense", weapp.HeaderToken, weapp.AskToken), failed)
	w.says("no code", header(weapp.HeaderToken, weapp.AskToken), "nobody")
	// A code that logged in with its signature does not log in without.
	w.login("code-oAnn-3")
	w.says("after a signed login", header(weapp.HeaderCode, "code-oAnn-3", weapp.HeaderToken, weapp.AskToken), used)
}

func TestNewLoginEndsTokens(t *testing.T) {
	w := newWorld(t)
	a := w.token("code-oAnn-1")
	w.login("code-oAnn-2")
	w.says("the token of the old login", token(a), expired)
	b := w.token("code-oAnn-3")
	w.says("the code of the old login", code("code-oAnn-2"), expired)
	w.says("the new token", token(b), "oAnn")
	// A client that sends a login beside its token gets in with that.
	h := first("code-oAnn-4", "{}", weapp.HeaderToken, a)
	body, answer := w.do("/", h)
	if fresh := answer.Get(weapp.HeaderToken); !strings.HasPrefix(body, "oAnn") || len(fresh) != 43 {
		t.Errorf("%s, token %q", body, fresh)
	}
}

func TestRevoked(t *testing.T) {
	w := newWorld(t)
	a, b := w.token("code-oAnn-1"), w.token("code-oAnn-1")
	w.login("code-oBob-1")
	w.do("/logout", token(a))
	w.says("the token", token(a), expired)
	w.says("the other token of the login", token(b), expired)
	w.says("the first request again", first("code-oAnn-1", `{"nickName":"n"}`, weapp.HeaderToken, weapp.AskToken), expired)
	w.says("another's session", code("code-oBob-1"), "oBob")
	w.do("/logout", code("code-oBob-1"))
	w.says("the code", code("code-oBob-1"), expired)
	w.says("the first request again", first("code-oBob-1", "{}"), expired)
	w.login("code-oBob-2")
}

func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.token("code-oAnn-1")
		time.Sleep(29 * time.Minute)
		if _, answer := w.do("/", token(a)); answer.Get(weapp.HeaderToken) != "" {
			t.Error("a young token was replaced")
		}
		time.Sleep(2 * time.Minute)
		// Of racing requests one gets the new token, all get in.
		var mu sync.Mutex
		var fresh []string
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				body, answer := w.do("/", token(a))
				if !strings.HasPrefix(body, "oAnn") {
					t.Error(body)
				}
				mu.Lock()
				defer mu.Unlock()
				if b := answer.Get(weapp.HeaderToken); b != "" {
					fresh = append(fresh, b)
				}
			})
		}
		wg.Wait()
		if len(fresh) != 1 || fresh[0] == a {
			t.Fatalf("new tokens %q", fresh)
		}
		b := fresh[0]
		time.Sleep(50 * time.Second)
		w.says("the old one, under way", token(a), "oAnn")
		time.Sleep(20 * time.Second)
		w.says("the old one, a minute later", token(a), expired)
		w.says("the new one", token(b), "oAnn")
		w.Close()
	})
}

// A token that is used lives on, but no login longer than seven days; one that
// is not used ends after two hours.
func TestTokenLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		began := time.Now()
		now := w.token("code-oAnn-1")
		idle := w.token("code-oBob-1")
		for {
			time.Sleep(100 * time.Minute)
			body, answer := w.do("/", token(now))
			if body == expired {
				break
			}
			if fresh := answer.Get(weapp.HeaderToken); fresh != "" {
				now = fresh
			} else {
				t.Fatal("no new token")
			}
		}
		if days := time.Since(began).Hours() / 24; days < 7 || days > 7.1 {
			t.Errorf("a login of %.2f days", days)
		}
		w.says("the idle one", token(idle), expired)
		w.Close()
	})
}

// The store fails while a token is replaced: the request is fine, and so is the
// next one.
func TestRotationFails(t *testing.T) {
	for n := range 6 {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			a := w.token("code-oAnn-1")
			time.Sleep(time.Hour)
			left := n + 2 // the token and its link are read
			w.store.failing(func(context.Context, string) error {
				if left--; left < 0 {
					return errBroken
				}
				return nil
			})
			body, answer := w.do("/", token(a))
			w.store.failing(nil)
			if !strings.HasPrefix(body, "oAnn") {
				t.Errorf("step %d: %s", n, body)
			}
			if b := answer.Get(weapp.HeaderToken); b != "" {
				w.says("the new token", token(b), "oAnn")
			}
			w.says("the old token", token(a), "oAnn")
			w.Close()
		})
	}
}
