package weapp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

func TestNoCode(t *testing.T) {
	w := newWorld(t)
	w.says("no header", header(), "nobody")
	w.says("no code", header(weapp.HeaderRawData, "{}", weapp.HeaderSignature, "x"), "nobody")
	w.says("an empty code", header(weapp.HeaderCode, "", weapp.HeaderRawData, "{}"), "nobody")
}

func TestLogin(t *testing.T) {
	w := newWorld(t)
	raw := `{"nickName":"小明 & co","gender":1,"openId":"oVictim","avatarUrl":"https://x/?a=b"}`
	w.says("code alone, before", code("code-oAnn-1"), expired)
	body, answer := w.do("/", first("code-oAnn-1", raw))
	user := jsonOf(t, strings.TrimPrefix(body, "oAnn "))
	if user["openId"] != "oAnn" || user["nickName"] != "小明 & co" || user["gender"] != 1.0 {
		t.Errorf("the session: %s", body)
	}
	if answer.Get(weapp.HeaderToken) != "" {
		t.Error("a token that nobody asked for")
	}
	if again, _ := w.do("/", code("code-oAnn-1")); again != body {
		t.Errorf("code alone: %s, want %s", again, body)
	}
	// The layout of weapp-session.
	if got := w.store.text(); !strings.Contains(got, "code-oAnn-1 = {") || !strings.Contains(got, `oAnn = "code-oAnn-1"`) {
		t.Errorf("the store: %s", got)
	}
	if got := w.store.text() + w.log.String(); strings.Contains(got, sessionKey) {
		t.Errorf("the session key is in %s", got)
	}
}

func TestSignature(t *testing.T) {
	w := newWorld(t)
	const raw = `{"nickName":"n"}`
	good := wechattest.Sign(raw, sessionKey)
	for name, signature := range map[string]string{
		"none": "", "another": wechattest.Sign(raw, "another key"), "upper case": strings.ToUpper(good),
		"longer": good + "0", "shorter": good[:39], "of other data": wechattest.Sign(raw+" ", sessionKey),
	} {
		w.says(name, first("code-oAnn-1", raw, weapp.HeaderSignature, signature), untrusted)
	}
	if got := w.store.text(); got != "" {
		t.Errorf("somebody without a signature left %s", got)
	}
	// The answer was remembered, the right signature is still good.
	w.says("the right one", first("code-oAnn-1", raw), "oAnn")
	w.says("a wrong one after it", first("code-oAnn-1", raw, weapp.HeaderSignature, "x"), untrusted)
	if n := w.ask.times("code-oAnn-1"); n != 1 {
		t.Errorf("exchanged %d times", n)
	}
}

func TestUnreadableRawData(t *testing.T) {
	w := newWorld(t)
	for raw, want := range map[string]string{
		"%": badURI, "%zz": badURI, "%E4%B8": badURI, "%ff": badURI, "\xff": badURI, "{%22a%22:1}%C0%80": badURI,
		"nonsense": badSyntax, "%7B": badSyntax, "null": badSyntax, "1": badSyntax, "[]": badSyntax, `"x"`: badSyntax,
		"{}{}": badSyntax, "%20": badSyntax,
		`{"a":"` + strings.Repeat("x", 9000) + `"}`: badSyntax,
	} {
		h := header(weapp.HeaderCode, "code-oAnn-1", weapp.HeaderRawData, raw, weapp.HeaderSignature, "x")
		w.says(fmt.Sprintf("%.20q", raw), h, want)
	}
	if n := w.ask.times("code-oAnn-1"); n != 0 {
		t.Errorf("the code was used up %d times", n)
	}
	w.says("a plus sign stays", first("code-oAnn-1", `{"nickName":"a+b %"}`), `oAnn {"nickName":"a+b %"`)
}

func TestRefusedCodes(t *testing.T) {
	w := newWorld(t)
	w.says("unknown to WeChat", first("unknown", "{}"), failed+`,"detail":{"errcode":40029,"errmsg":"invalid code"}}}`)
	for _, bad := range []string{"a b", "a:b", "token:x", "käse", strings.Repeat("x", 129), "../x", "a\x00"} {
		w.says("a code "+bad, first(bad, "{}"), failed+"}}")
		w.says("a code alone "+bad, code(bad), expired)
		if n := w.ask.times(bad); n != 0 {
			t.Errorf("WeChat was asked about %q", bad)
		}
	}
	// A user whose id is the code: both would lie under one key.
	w.ask.saying(func(_ context.Context, code string) (weapp.Identity, error) {
		return weapp.Identity{OpenID: code, SessionKey: sessionKey}, nil
	})
	w.says("its own name", first("oSame", "{}"), failed+"}}")
}

// An openid is a key of the store, but none of its values is a session.
func TestOpenIDIsNoCode(t *testing.T) {
	w := newWorld(t)
	w.login("code-oAnn-1")
	w.says("an openid as the code", code("oAnn"), expired)
	w.says("nor with anything", header(weapp.HeaderCode, "oAnn", weapp.HeaderToken, "oAnn"), expired)
	// Other values that are none.
	for _, value := range []string{`null`, `[]`, `1`, `"x"`, `{}`, `{"openId":1}`, `{"openId":""}`, `{"openId":"a b"}`, `nonsense`, ``} {
		if err := w.store.Set(t.Context(), "odd", []byte(value), hour); err != nil {
			t.Fatal(err)
		}
		w.says("a value "+value, code("odd"), expired)
	}
}

// What the Node.js server left in Redis is read as it is.
func TestOldSessions(t *testing.T) {
	w := newWorld(t)
	for key, value := range map[string]string{
		"0a1b2c": `{"nickName":"旧","openId":"oOld","watermark":{"appid":"wx"}}`, "oOld": `"0a1b2c"`,
	} {
		if err := w.store.Set(t.Context(), key, []byte(value), hour); err != nil {
			t.Fatal(err)
		}
	}
	w.says("an old session", code("0a1b2c"), `oOld {"nickName":"旧"`)
	w.login("code-oOld-2")
	w.says("after a new login", code("0a1b2c"), expired)
}

func TestNewLoginEndsTheOld(t *testing.T) {
	w := newWorld(t)
	w.login("code-oAnn-1")
	w.login("code-oBob-1")
	w.login("code-oAnn-2")
	w.says("the old", code("code-oAnn-1"), expired)
	w.says("the new", code("code-oAnn-2"), "oAnn")
	w.says("another's", code("code-oBob-1"), "oBob")
	if strings.Contains(w.store.text(), "code-oAnn-1") {
		t.Error("the old code is still in the store")
	}
	// The first request once more does not bring it back.
	w.says("the old first request", first("code-oAnn-1", `{"nickName":"n"}`), expired)
	w.says("the new, still", code("code-oAnn-2"), "oAnn")
}

// Of racing logins of one user one session is left, even where none of them could
// delete another's code.
func TestRacingLogins(t *testing.T) {
	w := newWorld(t)
	w.store.failing(func(_ context.Context, op string) error {
		if strings.HasPrefix(op, "Delete") {
			return errBroken
		}
		return nil
	})
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { w.do("/", first(fmt.Sprint("code-oAnn-", i), "{}")) })
	}
	wg.Wait()
	alive := 0
	for i := range 20 {
		if body, _ := w.do("/", code(fmt.Sprint("code-oAnn-", i))); strings.HasPrefix(body, "oAnn") {
			alive++
		}
	}
	if alive != 1 {
		t.Errorf("%d sessions", alive)
	}
}

func TestLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.login("code-oAnn-1")
		for range 3 {
			time.Sleep(39 * time.Minute)
			w.says("in time", code("code-oAnn-1"), "oAnn") // using it makes it no younger
		}
		time.Sleep(4 * time.Minute)
		w.says("after two hours", code("code-oAnn-1"), expired)
		w.Close()
	})
}

// A code works once at WeChat, so racing first requests share the exchange, and
// each must be signed.
func TestRacingFirstRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask.saying(func(ctx context.Context, code string) (weapp.Identity, error) {
			time.Sleep(500 * time.Millisecond)
			return weapp.Identity{OpenID: "oAnn", SessionKey: sessionKey}, nil
		})
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { w.says("signed", first("code-oAnn-1", "{}"), "oAnn") })
			wg.Go(func() { w.says("unsigned", first("code-oAnn-1", "{}", weapp.HeaderSignature, "x"), untrusted) })
		}
		synctest.Wait()
		// Clients send the code alone as soon as they have it.
		wg.Go(func() { w.says("code alone, meanwhile", code("code-oAnn-1"), "oAnn") })
		wg.Wait()
		if n := w.ask.times("code-oAnn-1"); n != 1 {
			t.Errorf("exchanged %d times", n)
		}
		time.Sleep(4 * time.Minute)
		w.says("once more", first("code-oAnn-1", "{}"), "oAnn")
		if n := w.ask.times("code-oAnn-1"); n != 1 {
			t.Errorf("exchanged %d times", n)
		}
		w.Close()
	})
}

// The first of racing requests goes away; the others get their answer.
func TestExchangeOutlivesItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask.saying(func(ctx context.Context, code string) (weapp.Identity, error) {
			select {
			case <-time.After(time.Second):
				return weapp.Identity{OpenID: "oAnn", SessionKey: sessionKey}, nil
			case <-ctx.Done():
				return weapp.Identity{}, ctx.Err()
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
			r.Header = first("code-oAnn-1", "{}")
			w.handler.ServeHTTP(httptest.NewRecorder(), r)
		}()
		synctest.Wait()
		cancel()
		w.says("another", first("code-oAnn-1", "{}"), "oAnn")
		w.Close()
	})
}

// What WeChat says of the code counts for a minute, what it says of the moment
// for this request.
func TestRememberedRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for errcode, lasting := range map[int]bool{
			40029: true, 40163: true, 40226: true, -1: false, 45011: false, 40013: false,
		} {
			c := fmt.Sprintf("c%d", errcode)
			w.ask.saying(func(context.Context, string) (weapp.Identity, error) {
				return weapp.Identity{}, &weapp.ExchangeError{Code: errcode, Msg: "no"}
			})
			want := failed + fmt.Sprintf(`,"detail":{"errcode":%d,"errmsg":"no"}}}`, errcode)
			w.says("refused", first(c, "{}"), want)
			w.says("refused again", first(c, "{}"), want)
			times := map[bool]int{true: 1, false: 2}[lasting]
			if n := w.ask.times(c); n != times {
				t.Errorf("errcode %d: asked %d times, want %d", errcode, n, times)
			}
			time.Sleep(time.Minute)
			w.says("refused later", first(c, "{}"), want)
			if n := w.ask.times(c); n != times+1 {
				t.Errorf("errcode %d: asked %d times, want %d", errcode, n, times+1)
			}
		}
		w.Close()
	})
}

// WeChat or the store hangs: an answer within two seconds, and the next request
// is fine.
func TestHanging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		within := func(what string, h http.Header, want string) {
			t.Helper()
			began := time.Now()
			w.says(what, h, want)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("%s: %v", what, took)
			}
		}
		w.ask.saying(func(ctx context.Context, _ string) (weapp.Identity, error) {
			<-ctx.Done()
			return weapp.Identity{}, ctx.Err()
		})
		go func() {
			time.Sleep(time.Second)
			w.do("/", code("code-oAnn-1")) // waits for the login
		}()
		within("WeChat", first("code-oAnn-1", "{}"), failed+"}}")
		time.Sleep(5 * time.Second)
		w.ask.saying(nil)
		within("WeChat is back", first("code-oAnn-1", "{}"), "oAnn")

		hang := func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
		w.store.failing(hang)
		within("store, code alone", code("code-oAnn-1"), trouble)
		within("store, login", first("code-oAnn-2", "{}"), trouble)
		within("store, token", token(strings.Repeat("x", 43)), trouble)
		w.store.failing(nil)
		within("the store is back", code("code-oAnn-1"), "oAnn")
		within("the same login again", first("code-oAnn-2", "{}"), "oAnn")
		if n := w.ask.times("code-oAnn-2"); n != 1 {
			t.Errorf("exchanged %d times", n)
		}
		w.Close()
	})
}

// Wherever the store fails in a login, there is an error without internals, and
// either the old session counts or the new one, never both, never half of one.
func TestLoginFailsInTheMiddle(t *testing.T) {
	for n := range 8 {
		for _, ask := range []string{"", weapp.AskToken} {
			w := newWorld(t)
			w.login("code-oAnn-1")
			left := n
			w.store.failing(func(context.Context, string) error {
				if left--; left < 0 {
					return errBroken
				}
				return nil
			})
			body, answer := w.do("/", first("code-oAnn-2", "{}", weapp.HeaderToken, ask))
			w.store.failing(nil)
			if strings.Contains(body, "10.1.2.3") || strings.Contains(body, "hunter2") {
				t.Fatalf("internals: %s", body)
			}
			ok := strings.HasPrefix(body, "oAnn")
			if !ok && body != trouble {
				t.Errorf("step %d: %s", n, body)
			}
			if old, _ := w.do("/", code("code-oAnn-1")); strings.HasPrefix(old, "oAnn") == ok {
				t.Errorf("step %d: login %v, and the old session: %s", n, ok, old)
			}
			if ask == "" {
				if now, _ := w.do("/", code("code-oAnn-2")); strings.HasPrefix(now, "oAnn") != ok {
					t.Errorf("step %d: login %v, and the new session: %s", n, ok, now)
				}
			} else if (answer.Get(weapp.HeaderToken) != "") != ok {
				t.Errorf("step %d: login %v, token %q", n, ok, answer.Get(weapp.HeaderToken))
			}
			w.login("code-oAnn-3")
		}
	}
}

func TestWithinBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask.saying(func(context.Context, string) (weapp.Identity, error) {
			time.Sleep(1500 * time.Millisecond)
			return weapp.Identity{OpenID: "oAnn", SessionKey: sessionKey}, nil
		})
		left := time.Duration(0)
		h := w.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Hour) // reading a long body does not count
			ctx, cancel := weapp.WithinBudget(r.Context())
			defer cancel()
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
		}))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header = first("code-oAnn-1", "{}")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if left != 300*time.Millisecond {
			t.Errorf("%v are left", left)
		}
		w.Close()
	})
}

func TestErrors(t *testing.T) {
	for _, e := range []*weapp.Error{weapp.ErrExpired, weapp.ErrExchange, weapp.ErrUntrusted, weapp.ErrURI, weapp.ErrSyntax, weapp.ErrUnavailable} {
		with := *e
		with.Cause = errBroken
		if err := fmt.Errorf("x: %w", &with); !errors.Is(err, e) || !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
		if errors.Is(e, weapp.ErrExpired) != (e == weapp.ErrExpired) {
			t.Errorf("%v is expired", e)
		}
		rec := httptest.NewRecorder()
		weapp.WriteError(rec, &with)
		if m := jsonOf(t, rec.Body.String()); m[weapp.MagicID] != 1.0 || strings.Contains(rec.Body.String(), "hunter2") {
			t.Errorf("%s", rec.Body)
		}
		if got := rec.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Error(got)
		}
	}
}
