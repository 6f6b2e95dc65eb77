package clienttest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func TestKeys(t *testing.T) {
	temporary := cos.Credentials{ID: "AKIDtemp", Key: "temporary", Token: "token"}
	w := newWorld(t, cos.Options{Private: true, Credentials: []cos.Credentials{keys, temporary}})
	put := func(t *testing.T, k cos.Credentials) error {
		_, err := w.client(bucketName, k).Object.Put(t.Context(), "k", strings.NewReader("x"), nil)
		return err
	}
	run(t, w, []check{
		{"right", func(t *testing.T, _ *world) { ok(t, put(t, keys)) }},
		{"temporary", func(t *testing.T, _ *world) { ok(t, put(t, temporary)) }},
		{"unknown id", func(t *testing.T, _ *world) {
			want(t, put(t, cos.Credentials{ID: "AKIDnone", Key: keys.Key}), 403, "InvalidAccessKeyId")
		}},
		{"wrong key", func(t *testing.T, _ *world) {
			want(t, put(t, cos.Credentials{ID: keys.ID, Key: "wrong"}), 403, "SignatureDoesNotMatch")
		}},
		{"no token", func(t *testing.T, _ *world) {
			want(t, put(t, cos.Credentials{ID: temporary.ID, Key: temporary.Key}), 403, "InvalidToken")
		}},
		{"wrong token", func(t *testing.T, _ *world) {
			want(t, put(t, cos.Credentials{ID: temporary.ID, Key: temporary.Key, Token: "x"}), 403, "InvalidToken")
		}},
		{"no keys", func(t *testing.T, w *world) {
			resp, _ := w.plain(t, "GET", "http://"+source(bucketName, "k"), "")
			same(t, "status", resp.StatusCode, 403)
		}},
	})
}

func TestPresigned(t *testing.T) {
	w := newWorld(t, cos.Options{Private: true})
	const key = "图 (1)/a.png"
	w.put(t, key, "x", nil)
	sign := func(t *testing.T, method string, opt *sdk.PresignedURLOptions) string {
		t.Helper()
		if opt == nil {
			opt = &sdk.PresignedURLOptions{}
		}
		u, err := w.Object.GetPresignedURL(t.Context(), method, key, keys.ID, keys.Key, time.Hour, opt)
		ok(t, err)
		return u.String()
	}
	late := &sdk.AuthTime{}
	late.SignStartTime, late.SignEndTime = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
	late.KeyStartTime, late.KeyEndTime = late.SignStartTime, late.SignEndTime
	early := &sdk.AuthTime{}
	early.SignStartTime, early.SignEndTime = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
	early.KeyStartTime, early.KeyEndTime = early.SignStartTime, early.SignEndTime
	get := sign(t, "GET", nil)
	for name, tt := range map[string]struct {
		method, address string
		status          int
	}{
		"get":                     {"GET", get, 200},
		"put":                     {"PUT", sign(t, "PUT", nil), 200},
		"head":                    {"HEAD", sign(t, "HEAD", nil), 200},
		"delete":                  {"DELETE", sign(t, "DELETE", &sdk.PresignedURLOptions{Query: &url.Values{"x": {"y"}}}), 204},
		"merged":                  {"GET", sign(t, "GET", &sdk.PresignedURLOptions{SignMerged: true}), 200},
		"type of the reply":       {"GET", sign(t, "GET", &sdk.PresignedURLOptions{Query: &url.Values{"response-content-type": {"text/x"}}}), 200},
		"other method":            {"PUT", get, 403},
		"other object":            {"GET", strings.Replace(get, "a.png", "b.png", 1), 403},
		"expired":                 {"GET", sign(t, "GET", &sdk.PresignedURLOptions{AuthTime: late}), 403},
		"not yet":                 {"GET", sign(t, "GET", &sdk.PresignedURLOptions{AuthTime: early}), 403},
		"end moved by hand":       {"GET", strings.Replace(sign(t, "GET", &sdk.PresignedURLOptions{AuthTime: late}), "q-sign-time=", "q-sign-time=9", 1), 403},
		"without its parameter":   {"GET", strings.Replace(sign(t, "GET", &sdk.PresignedURLOptions{Query: &url.Values{"a": {"b"}}}), "a=b&", "", 1), 403},
		"with a raw semicolon":    {"GET", strings.ReplaceAll(get, "%3B", ";"), 200},
		"a picture rule, unknown": {"GET", sign(t, "GET", &sdk.PresignedURLOptions{Query: &url.Values{"imageMogr2/blur/1x1": {""}}}), 501},
	} {
		t.Run(name, func(t *testing.T) {
			w.put(t, key, "x", nil)
			resp, body := w.plain(t, tt.method, tt.address, "")
			if resp.StatusCode != tt.status {
				t.Errorf("%s %s", resp.Status, body)
			}
			if name == "type of the reply" {
				same(t, "type", resp.Header.Get("Content-Type"), "text/x")
			}
		})
	}
}

// The store's clock is wrong, as far as the client can tell.
func TestClockSkew(t *testing.T) {
	for _, skew := range []time.Duration{-2 * time.Hour, 2 * time.Hour} {
		w := newWorld(t, cos.Options{Fault: func(*http.Request) cos.Fault { return cos.Fault{Skew: skew} }})
		resp, err := w.Object.Put(t.Context(), "k", strings.NewReader("x"), nil)
		want(t, err, 403, "RequestTimeTooSkewed")
		date, err := http.ParseTime(resp.Header.Get("Date"))
		ok(t, err)
		if d := time.Until(date) - skew; d < -time.Minute || d > time.Minute {
			t.Errorf("the date of the reply is %v", date)
		}
	}
}
