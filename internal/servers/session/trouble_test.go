package session_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/storetest"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

// The answers to trouble, byte for byte.
const (
	noExchange   = `{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,"reason":"ERR_SESSION_KEY_EXCHANGE_FAILED","error":{"name":"Error","message":"jscode failed to exchange session_key"`
	noSessions   = `{"F2C224D4-2BCE-4C64-AF9F-A6D872000D1A":1,"error":{"name":"Error","message":"service unavailable"}}`
	noDrawings   = `{"code":-1,"msg":"fail","error":{"reason":"service unavailable"}}`
	atMost       = 2 * time.Second
	userAndWorld = `{"nickName":"n"}`
)

// inTime sends a request and fails when its answer takes longer than two seconds.
func (w *world) inTime(what, method, path, body, want string, header ...string) {
	w.t.Helper()
	began := time.Now()
	status, got, _ := w.ask(method, path, body, header...)
	if status != 200 || got != want {
		w.t.Errorf("%s: %d %s\nwant %s", what, status, got, want)
	}
	if took := time.Since(began); took > atMost {
		w.t.Errorf("%s took %v", what, took)
	}
}

// first is the header of a first request.
func (w *world) first(openID string) []string {
	code, key := w.wechat.Login(openID)
	return []string{"X-WX-Code", code, "X-WX-RawData", url.PathEscape(userAndWorld), "X-WX-Signature", wechattest.Sign(userAndWorld, key)}
}

func TestTroubleWithWeChat(t *testing.T) {
	t.Parallel()
	w := start(t, session.Options{})
	for errcode, errmsg := range map[int]string{
		-1: "system error", 40029: "invalid code", 40163: "code been used", 40226: "code blocked",
		45011: "api minute-quota reach limit", 40013: "invalid appid " + wechattest.Secret,
	} {
		w.wechat.Fault(wechattest.Refuse(errcode, errmsg))
		errmsg = strings.ReplaceAll(errmsg, wechattest.Secret, "***")
		w.inTime(errmsg, "GET", list, "", noExchange+fmt.Sprintf(`,"detail":{"errcode":%d,"errmsg":%q}}}`, errcode, errmsg), w.first("oAnn")...)
	}
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"garbage": wechattest.Say(200, "<html>"), "an error": wechattest.Say(500, ""), "no answer": wechattest.Hang,
		"a redirect": func(rw http.ResponseWriter, r *http.Request) bool {
			http.Redirect(rw, r, "http://127.0.0.1:1/?"+r.URL.RawQuery, http.StatusMovedPermanently)
			return true
		},
		"a broken connection": func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
	} {
		w.wechat.Fault(fault)
		w.inTime(name, "GET", list, "", noExchange+"}}", w.first("oAnn")...)
	}
	w.wechat.Fault(nil)
	w.inTime("WeChat is back", "GET", list, "", listing(t), w.first("oAnn")...)
	if log := w.log.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, "WeChat does not know the appId") {
		t.Errorf("the log: %s", log)
	}
}

// Redis and MongoDB down, one after the other: the wire format in time, nothing
// internal in it, and recovery without a restart.
func TestTroubleWithStores(t *testing.T) {
	t.Parallel()
	w := startReal(t)
	code := w.session("oAnn")
	const body = `{"id":"1","actions":"[1]"}`
	w.inTime("before", "POST", save, body, saved, "X-WX-Code", code)

	w.redis.Stop()
	w.inTime("Redis down, list", "GET", list, "", noSessions, "X-WX-Code", code)
	w.inTime("Redis down, save", "POST", save, body, noSessions, "X-WX-Code", code)
	w.inTime("Redis down, login", "GET", list, "", noSessions, w.first("oAnn")...)
	w.inTime("Redis down, token", "GET", list, "", noSessions, "X-WX-Token", strings.Repeat("x", 43))
	w.inTime("Redis down, nobody", "GET", list, "", failure("openId does not exists"))
	w.notReady("redis")
	w.redis.Restart()
	w.recovers("GET", list, "", listing(t, draw("1", "[1]")), "X-WX-Code", code)

	w.mongo.Stop()
	w.inTime("MongoDB down, list", "GET", list, "", noDrawings, "X-WX-Code", code)
	w.inTime("MongoDB down, save", "POST", save, `{"id":"1","actions":"[2]"}`, noDrawings, "X-WX-Code", code)
	w.inTime("MongoDB down, delete", "POST", remove, `{"id":"1"}`, noDrawings, "X-WX-Code", code)
	w.inTime("MongoDB down, login", "GET", list, "", noDrawings, w.first("oBob")...)
	w.notReady("mongo")
	w.mongo.Restart()
	w.recovers("GET", list, "", listing(t, draw("1", "[1]")), "X-WX-Code", code)
	w.recovers("POST", save, `{"id":"1","actions":"[3]"}`, saved, "X-WX-Code", code)
	w.inTime("after", "GET", list, "", listing(t, draw("1", "[3]")), "X-WX-Code", code)
	if !strings.Contains(w.log.String(), "MONGODB-CR") {
		t.Error("nobody was warned of the old mechanism")
	}
}

// Servers that are not there when the app starts are found when they come.
func TestStartsBeforeItsStores(t *testing.T) {
	t.Parallel()
	w := startReal(t)
	opt := w.options(t)
	w.redis.Stop()
	w.mongo.Stop()
	early := start(t, opt)
	early.inTime("neither is there", "GET", list, "", noSessions, early.first("oAnn")...)
	w.redis.Restart()
	w.mongo.Restart()
	h := early.first("oAnn")
	early.recovers("GET", list, "", listing(t), h...)
	early.inTime("a save", "POST", save, `{"id":"1","actions":"[]"}`, saved, "X-WX-Code", h[1])
}

// recovers fails unless a request is soon answered so.
func (w *world) recovers(method, path, body, want string, header ...string) {
	w.t.Helper()
	t, ok := w.t.(*testing.T)
	if !ok {
		return
	}
	storetest.Until(t, "recovery", func() bool {
		_, got, _ := w.ask(method, path, body, header...)
		return got == want
	})
}

// notReady fails unless the health check says so, without internals.
func (w *world) notReady(what string) {
	w.t.Helper()
	res, err := http.Get(w.server.AdminURL() + "/readyz")
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable {
		w.t.Errorf("%s is down, and ready: %d", what, res.StatusCode)
	}
}
