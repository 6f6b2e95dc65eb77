package weapp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

func exchange(t *testing.T, address string) *weapp.Code2Session {
	t.Helper()
	c, err := weapp.NewCode2Session(address, wechattest.AppID, wechattest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// leaks reports whether a text holds the app's secret in any form.
func leaks(text string) bool {
	return strings.Contains(text, wechattest.Secret) || strings.Contains(text, url.QueryEscape(wechattest.Secret)) ||
		strings.Contains(text, "s3cret")
}

func TestExchange(t *testing.T) {
	wechat := wechattest.New(t)
	c := exchange(t, wechat.URL)
	code, key := wechat.Login("oUser_1-x")
	id, err := c.Exchange(t.Context(), code)
	if err != nil || id != (weapp.Identity{OpenID: "oUser_1-x", SessionKey: key}) {
		t.Errorf("%+v, %v", id, err)
	}
	_, err = c.Exchange(t.Context(), code) // a code works once
	if refused, ok := errors.AsType[*weapp.ExchangeError](err); !ok || refused.Code != 40163 {
		t.Errorf("a used code: %v", err)
	}
	// On success errcode is absent or 0.
	wechat.Fault(wechattest.Say(200, `{"errcode":0,"errmsg":"ok","openid":"o1","session_key":"k","unionid":"u"}`))
	if id, err := c.Exchange(t.Context(), "x"); err != nil || id.OpenID != "o1" {
		t.Errorf("errcode 0: %+v, %v", id, err)
	}
}

func TestExchangeRefused(t *testing.T) {
	wechat := wechattest.New(t)
	c := exchange(t, wechat.URL)
	for _, code := range []int{-1, 40029, 40163, 40226, 45011, 40013, 40125} {
		wechat.Fault(wechattest.Refuse(code, "why, with "+wechattest.Secret))
		_, err := c.Exchange(t.Context(), "x")
		refused, ok := errors.AsType[*weapp.ExchangeError](err)
		if !ok || refused.Code != code || refused.Msg != "why, with ***" || leaks(err.Error()) {
			t.Errorf("errcode %d: %v", code, err)
		}
	}
	wechat.Fault(wechattest.Refuse(-1, strings.Repeat("长", 1000)))
	_, err := c.Exchange(t.Context(), "x")
	if refused, ok := errors.AsType[*weapp.ExchangeError](err); !ok || len(refused.Msg) > 200 || strings.Trim(refused.Msg, "长") != "" {
		t.Errorf("a long errmsg: %v", err)
	}
}

// Whatever comes, there is an error, and the secret is in none.
func TestExchangeGarbage(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		fmt.Fprint(w, `{"openid":"o1","session_key":"k"}`)
	}))
	defer other.Close()
	wechat := wechattest.New(t)
	c := exchange(t, wechat.URL)
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"nothing":        wechattest.Say(200, ""),
		"HTML":           wechattest.Say(200, "<html>502</html>"),
		"no user":        wechattest.Say(200, "{}"),
		"null":           wechattest.Say(200, "null"),
		"a list":         wechattest.Say(200, "[]"),
		"no key":         wechattest.Say(200, `{"openid":"o1"}`),
		"no openid":      wechattest.Say(200, `{"session_key":"k"}`),
		"numbers":        wechattest.Say(200, `{"openid":1,"session_key":2}`),
		"a bad openid":   wechattest.Say(200, `{"openid":"token:x","session_key":"k"}`),
		"a long openid":  wechattest.Say(200, `{"openid":"`+strings.Repeat("o", 129)+`","session_key":"k"}`),
		"an error page":  wechattest.Say(502, `{"openid":"o1","session_key":"k"}`),
		"too much":       wechattest.Say(200, `{"openid":"o1","session_key":"k"}`+strings.Repeat(" ", 1<<20)),
		"half an answer": wechattest.Say(200, `{"openid":"o1","sess`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, other.URL+"?"+r.URL.RawQuery, http.StatusFound)
			return true
		},
		"a connection that breaks": func(w http.ResponseWriter, r *http.Request) bool {
			panic(http.ErrAbortHandler)
		},
	} {
		wechat.Fault(fault)
		id, err := c.Exchange(t.Context(), "x")
		if err == nil {
			t.Errorf("%s: %+v", name, id)
		} else if leaks(err.Error()) {
			t.Errorf("%s: the secret is in %q", name, err)
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d requests followed a redirect", n)
	}
	gone := exchange(t, "http://127.0.0.1:1/x")
	if _, err := gone.Exchange(t.Context(), "x"); err == nil || leaks(err.Error()) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestExchangeEndsWithItsContext(t *testing.T) {
	wechat := wechattest.New(t)
	wechat.Fault(wechattest.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := exchange(t, wechat.URL).Exchange(ctx, "x")
	if !errors.Is(err, context.DeadlineExceeded) || leaks(err.Error()) {
		t.Errorf("%v", err)
	}
}

// The secret goes through no network in the clear.
func TestExchangeURLs(t *testing.T) {
	for address, ok := range map[string]bool{
		"":                                     true,
		weapp.DefaultCode2SessionURL:           true,
		"https://proxy.example.com/c2s?x=1":    true,
		"http://127.0.0.1:8080/":               true,
		"http://localhost/":                    true,
		"http://[::1]:1/":                      true,
		"http://api.weixin.qq.com/":            false,
		"http://127.0.0.1.example.com/":        false,
		"http://10.0.0.1/":                     false,
		"ftp://127.0.0.1/":                     false,
		"https://user:pass@api.weixin.qq.com/": false,
		"https:///x":                           false,
		"api.weixin.qq.com":                    false,
		"http://%zz":                           false,
	} {
		_, err := weapp.NewCode2Session(address, "id", "secret")
		if bad, is := errors.AsType[*weapp.URLError](err); (err == nil) != ok || is == ok || is && bad.Hint() == "" {
			t.Errorf("%q: %v", address, err)
		}
	}
}
