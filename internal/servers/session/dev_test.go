package session_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session"
)

func TestDevMode(t *testing.T) {
	w := start(t, session.Options{Dev: true})
	if !strings.Contains(w.log.String(), "LOGIN FOR DEVELOPMENT") {
		t.Error("nobody was warned")
	}
	login := []string{"X-WX-Code", "dev_ann_1", "X-WX-RawData", "%7B%22nickName%22%3A%22Ann%22%7D"}
	w.inTime("login without a signature", "GET", list, "", listing(t), login...)
	w.inTime("Ann", "GET", "/session/user", "", `{"code":0,"msg":"success","data":{"user":{"nickName":"Ann","openId":"dev-ann"}}}`, "X-WX-Code", "dev_ann_1")
	if _, body, _ := w.ask("GET", w.server.URL()+"/about.json", ""); body != `{"code":0,"msg":"success","data":{"dev":true,"base":"/applet"}}` {
		t.Error(body)
	}
	for _, header := range [][]string{
		{"X-Forwarded-For", "127.0.0.1"}, {"Forwarded", "for=127.0.0.1"}, {"X-Real-IP", "127.0.0.1"},
		{"Host", "example.com"}, {"Origin", "https://example.com"},
	} {
		for _, path := range []string{list, w.server.URL() + "/"} {
			if status, body, _ := w.ask("GET", path, "", append(header, login...)...); status != 403 || strings.Contains(body, "code") {
				t.Errorf("%v: %d %s", header, status, body)
			}
		}
	}
}

// Without WeChat's account and without --dev nothing is served, and a local login
// never where others reach it.
func TestRefusesToStart(t *testing.T) {
	for addr, dev := range map[string]bool{"0.0.0.0:0": true, ":5757": true, "[::]:5757": true, "192.168.1.1:5757": true, "127.0.0.1:0": false} {
		_, err := session.New(t.Context(), session.Options{Dir: t.TempDir(), Addr: addr, Dev: dev})
		_, isDev := errors.AsType[*session.DevError](err)
		_, isApp := errors.AsType[*session.AppError](err)
		hinted, _ := err.(interface{ Hint() string })
		if isDev != dev || isApp == dev || hinted == nil || hinted.Hint() == "" {
			t.Errorf("%s, dev %v: %v", addr, dev, err)
		}
	}
	opt := session.Options{Dir: t.TempDir(), AppID: "wx", Secret: "s", Code2SessionURL: "http://api.weixin.qq.com/x"}
	if _, err := session.New(t.Context(), opt); err == nil {
		t.Error("the secret would go through the network in the clear")
	}
}
