package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/web"
)

// Only the page's own form deletes.
func TestForgedForms(t *testing.T) {
	d := newDesk(t, web.Options{}, "a")
	confirm := "/?page=delete&bucket=b-1&key=a"
	m := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(d.send("GET", confirm, "").Body.String())
	good := url.Values{"bucket": {"b-1"}, "key": {"a"}, "token": {m[1]}}.Encode()
	const form = "application/x-www-form-urlencoded"
	for name, tt := range map[string]struct {
		body, origin, kind string
		want               int
	}{
		"without an origin":   {good, "", form, 403},
		"from elsewhere":      {good, "http://evil.example", form, 403},
		"from a frame":        {good, "null", form, 403},
		"from another port":   {good, "http://localhost:9001", form, 403},
		"from another scheme": {good, "https://localhost:9000", form, 403},
		"without a token":     {"bucket=b-1&key=a", home, form, 403},
		"a wrong token":       {"bucket=b-1&key=a&token=x", home, form, 403},
		"another type":        {good, home, "text/plain", 400},
		"no form":             {"%zz", home, form, 400},
		"too long":            {good + "&x=" + strings.Repeat("x", 20<<10), home, form, 400},
	} {
		t.Run(name, func(t *testing.T) {
			header := []string{"Content-Type", tt.kind}
			if tt.origin != "" {
				header = append(header, "Origin", tt.origin)
			}
			if w := d.send("POST", "/?page=delete", tt.body, header...); w.Code != tt.want {
				t.Errorf("status %d, want %d", w.Code, tt.want)
			}
			if !d.has("a") {
				t.Fatal("it is deleted")
			}
		})
	}
	d.status(d.send("POST", "/?page=delete", good, "Origin", home, "Content-Type", form), 303)
	if d.has("a") {
		t.Error("the page's own form deletes nothing")
	}
}

func TestSignIn(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	d := newDesk(t, web.Options{
		SignIn: func(id, key string) bool { return id == "AKID" && key == "secret" },
		Now:    func() time.Time { return now },
	}, "private.png")
	closed := []string{
		"/", "/?page=folder&bucket=b-1", "/?page=folder&bucket=none", "/?page=object&bucket=b-1&key=private.png",
		"/?page=thumbnail&bucket=b-1&key=private.png", "/?page=delete&bucket=b-1&key=private.png",
	}
	outside := func(when string) {
		t.Helper()
		for _, path := range closed {
			body := d.status(d.send("GET", path, ""), 403)
			if !strings.Contains(body, "Secret key") || strings.Contains(body, "private") || strings.Contains(body, "b-1") {
				t.Errorf("%s: %s shows %s", when, path, body)
			}
		}
	}
	outside("before")
	d.status(d.send("GET", "/?page=sign-in", ""), 200)
	gone := d.post("/?page=delete", "/", url.Values{"bucket": {"b-1"}, "key": {"private.png"}})
	if gone.Code != 403 || !d.has("private.png") {
		t.Error("a stranger has deleted an object")
	}
	for _, keys := range [][2]string{{"AKID", "wrong"}, {"", ""}, {"AKIDx", "secret"}} {
		w := d.post("/?page=sign-in", "/", url.Values{"id": {keys[0]}, "key": {keys[1]}})
		if d.status(w, 403); len(d.cookies) > 0 {
			t.Fatalf("%q: a session", keys)
		}
	}
	signIn := func() {
		t.Helper()
		w := d.post("/?page=sign-in", "/", url.Values{"id": {"AKID"}, "key": {"secret"}})
		d.status(w, 303)
		c := w.Result().Cookies()[0]
		if c.Name != "wecos-store-9000" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) < 40 {
			t.Errorf("cookie %v", c)
		}
		if body := d.status(d.send("GET", "/?page=folder&bucket=b-1", ""), 200); !strings.Contains(body, "private.png") || !strings.Contains(body, "Sign out") {
			t.Error(body)
		}
	}
	signIn()
	// The token of one session is not that of another.
	other := maps.Clone(d.cookies)
	d.cookies["wecos-store-9000"] = ""
	signIn()
	mine := maps.Clone(d.cookies)
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(d.send("GET", "/", "").Body.String())[1]
	d.cookies = other
	form := url.Values{"bucket": {"b-1"}, "key": {"private.png"}, "token": {token}}.Encode()
	d.status(d.send("POST", "/?page=delete", form, "Origin", home, "Content-Type", "application/x-www-form-urlencoded"), 403)
	d.cookies = mine

	d.status(d.post("/?page=sign-out", "/", url.Values{}), 303)
	d.cookies = mine // a browser that forgot to forget
	outside("after signing out")
	d.cookies = other
	now = now.Add(13 * time.Hour)
	outside("the next day")
}
