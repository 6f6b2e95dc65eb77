package cos

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

func diskPut(n int64) disk.PutOptions { return disk.PutOptions{Size: n} }

func window(from, to time.Duration) *sdk.AuthTime {
	now := time.Now()
	a := sdk.AuthTime{SignStartTime: now.Add(from), SignEndTime: now.Add(to)}
	a.KeyStartTime, a.KeyEndTime = a.SignStartTime, a.SignEndTime
	return &a
}

func TestSignatures(t *testing.T) {
	temporary := Credentials{ID: "AKIDtemp", Key: "temporary", Token: "token"}
	_, address := start(t, Options{Credentials: []Credentials{testKeys, temporary}})
	replace := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			v := r.Header.Get("Authorization")
			if !strings.Contains(v, old) {
				panic(old + " is not in " + v)
			}
			r.Header.Set("Authorization", strings.Replace(v, old, new, 1))
		}
	}
	hour := window(0, time.Hour)
	tests := []struct {
		name   string
		keys   Credentials
		time   *sdk.AuthTime
		change func(*http.Request) // after signing
		code   string              // "" is accepted
	}{
		{"right", testKeys, hour, nil, ""},
		{"right, with a token", temporary, hour, nil, ""},
		{"begins in a moment", testKeys, window(30*time.Second, time.Hour), nil, ""},
		{"no signature", testKeys, hour, func(r *http.Request) { r.Header.Del("Authorization") }, "AccessDenied"},
		{"garbage", testKeys, hour, func(r *http.Request) { r.Header.Set("Authorization", "Basic eA==") }, "AccessDenied"},
		{"other algorithm", testKeys, hour, replace("=sha1", "=md5"), "AccessDenied"},
		{"no time", testKeys, hour, func(r *http.Request) {
			r.Header.Set("Authorization", "q-sign-algorithm=sha1&q-ak=AKIDtest&q-signature=00")
		}, "AccessDenied"},
		{"unknown id", Credentials{ID: "AKIDother", Key: "secret"}, hour, nil, "InvalidAccessKeyId"},
		{"wrong key", Credentials{ID: "AKIDtest", Key: "other"}, hour, nil, "SignatureDoesNotMatch"},
		{"key of another id", Credentials{ID: "AKIDtest", Key: "temporary"}, hour, nil, "SignatureDoesNotMatch"},
		{"wrong token", Credentials{ID: "AKIDtemp", Key: "temporary", Token: "other"}, hour, nil, "InvalidToken"},
		{"no token", Credentials{ID: "AKIDtemp", Key: "temporary"}, hour, nil, "InvalidToken"},
		{"expired", testKeys, window(-2*time.Hour, -time.Hour), nil, "RequestTimeTooSkewed"},
		{"from the future", testKeys, window(time.Hour, 2*time.Hour), nil, "RequestTimeTooSkewed"},
		{"end before beginning", testKeys, window(time.Hour, -time.Hour), nil, "AccessDenied"},
		{"longer by hand", testKeys, window(-2*time.Hour, -time.Hour), func(r *http.Request) {
			v := r.Header.Get("Authorization")
			_, v, _ = strings.Cut(v, "q-header-list")
			now := window(-time.Hour, time.Hour)
			s := formatWindow(now)
			r.Header.Set("Authorization", "q-sign-algorithm=sha1&q-ak=AKIDtest&q-sign-time="+s+"&q-key-time="+s+"&q-header-list"+v)
		}, "SignatureDoesNotMatch"},
		{"other path", testKeys, hour, func(r *http.Request) { r.URL.Path = "/other" }, "SignatureDoesNotMatch"},
		{"other method", testKeys, hour, func(r *http.Request) { r.Method = "DELETE" }, "SignatureDoesNotMatch"},
		{"other host", testKeys, hour, func(r *http.Request) { r.Host = "img.example.com" }, "SignatureDoesNotMatch"},
		{"other parameter", testKeys, hour, func(r *http.Request) { r.URL.RawQuery = "p=2&q=%20x" }, "SignatureDoesNotMatch"},
		{"no parameter", testKeys, hour, func(r *http.Request) { r.URL.RawQuery = "" }, "SignatureDoesNotMatch"},
		{"other header", testKeys, hour, func(r *http.Request) { r.Header.Set("Content-Type", "text/html") }, "SignatureDoesNotMatch"},
		{"no header", testKeys, hour, func(r *http.Request) { r.Header.Del("Cache-Control") }, "SignatureDoesNotMatch"},
		{"header off the list", testKeys, hour, replace("cache-control;", ""), "SignatureDoesNotMatch"},
		{"parameter off the list", testKeys, hour, replace("q-url-param-list=p;q", "q-url-param-list=p"), "SignatureDoesNotMatch"},
		{"list in capitals and encoded", testKeys, hour, replace("q-url-param-list=p;q", "q-url-param-list=%50;Q"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequest("PUT", address+"/a%20b/%E5%9B%BE?q=%20x&p=1", strings.NewReader("content"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "image/png; v=(1)'!*")
			req.Header.Set("Cache-Control", "max-age=60, public")
			sdk.AddAuthorizationHeader(tt.keys.ID, tt.keys.Key, tt.keys.Token, req, tt.time)
			if tt.change != nil {
				tt.change(req)
			}
			resp, body := roundTrip(t, req)
			if code(body) != tt.code || (tt.code == "") != (resp.StatusCode == 200) || (tt.code != "") != (resp.StatusCode == 403) {
				t.Errorf("%s %s, want %q", resp.Status, body, tt.code)
			}
		})
	}
}

func formatWindow(a *sdk.AuthTime) string {
	return strings.Join([]string{strconv.FormatInt(a.SignStartTime.Unix(), 10), strconv.FormatInt(a.SignEndTime.Unix(), 10)}, ";")
}

func TestSignedURLs(t *testing.T) {
	_, address := start(t, Options{Private: true})
	c, ctx := client(t, address, testKeys), context.Background()
	key := "图 (1).png"
	if _, err := c.Object.Put(ctx, key, strings.NewReader("x"), nil); err != nil {
		t.Fatal(err)
	}
	signed := func(method string, opt *sdk.PresignedURLOptions) string {
		u, err := c.Object.GetPresignedURL(ctx, method, key, testKeys.ID, testKeys.Key, time.Hour, opt)
		if err != nil {
			t.Fatal(err)
		}
		return u.String()
	}
	get := signed("GET", &sdk.PresignedURLOptions{})
	tests := []struct {
		name, method, address string
		code                  string
	}{
		{"unsigned", "GET", address + "/" + url.PathEscape(key), "AccessDenied"},
		{"unsigned list", "GET", address + "/", "AccessDenied"},
		{"signed", "GET", get, ""},
		{"raw semicolons", "GET", strings.ReplaceAll(get, "%3B", ";"), ""},
		{"all in one parameter", "GET", signed("GET", &sdk.PresignedURLOptions{SignMerged: true}), ""},
		{"with a parameter", "GET", signed("GET", &sdk.PresignedURLOptions{Query: &url.Values{"a B": {"c+ d"}}}), ""},
		{"parameter changed", "GET", strings.Replace(signed("GET", &sdk.PresignedURLOptions{Query: &url.Values{"ab": {"1"}}}), "ab=1", "ab=2", 1), "SignatureDoesNotMatch"},
		{"for another method", "PUT", get, "SignatureDoesNotMatch"},
		{"put", "PUT", signed("PUT", &sdk.PresignedURLOptions{}), ""},
		{"for another object", "GET", strings.Replace(get, ".png", ".gif", 1), "SignatureDoesNotMatch"},
		{"expired", "GET", signed("GET", &sdk.PresignedURLOptions{AuthTime: window(-2*time.Hour, -time.Hour)}), "AccessDenied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, nil, tt.method, tt.address, "")
			if code(body) != tt.code || (tt.code == "") != (resp.StatusCode == 200) {
				t.Errorf("%s %s, want %q", resp.Status, body, tt.code)
			}
		})
	}
}

func TestPublicRead(t *testing.T) {
	_, address := start(t, Options{})
	if resp, body := send(t, &testKeys, "PUT", address+"/k", "x"); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	for _, tt := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/k", 200}, {"HEAD", "/k", 200},
		{"GET", "/", 403}, {"HEAD", "/", 403}, {"PUT", "/k", 403}, {"DELETE", "/k", 403},
		{"POST", "/k?uploads", 403}, {"GET", "/k?acl", 403},
	} {
		if resp, body := send(t, nil, tt.method, address+tt.path, ""); resp.StatusCode != tt.status {
			t.Errorf("%s %s: %s %s", tt.method, tt.path, resp.Status, body)
		}
	}
	// A signature that is there must be right, also where none is needed.
	if resp, _ := send(t, &Credentials{ID: "AKIDtest", Key: "other"}, "GET", address+"/k", ""); resp.StatusCode != 403 {
		t.Errorf("a wrong signature: %s", resp.Status)
	}
}

func TestSignatureClock(t *testing.T) {
	now := time.Now()
	_, address := start(t, Options{Now: func() time.Time { return now.Add(-24 * time.Hour) }})
	if _, body := send(t, &testKeys, "GET", address+"/", ""); code(body) != "RequestTimeTooSkewed" {
		t.Errorf("a server whose clock is a day behind: %s", body)
	}
}
