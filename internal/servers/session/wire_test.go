package session_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
	"github.com/wecos-go/wecos/internal/servers/session/wechattest"
)

// The client library against the server, from the first request on.
func TestOldClient(t *testing.T) {
	w := start(t, session.Options{})
	ann := w.client("oAnn")
	says(t, ann, "GET", list, nil, `{"code":0,"msg":"success","data":[]}`)
	says(t, ann, "POST", save, fields{"id": "1", "actions": `[{"method":"stroke"}]`}, saved)
	says(t, ann, "POST", save, fields{"id": 2, "actions": "[]"}, saved)
	says(t, ann, "GET", list, nil, listing(t, draw("2", "[]"), draw("1", `[{"method":"stroke"}]`)))
	says(t, ann, "POST", save, fields{"id": 1, "actions": `["changed <&>"]`}, saved)
	says(t, ann, "GET", list, nil, listing(t, draw("2", "[]"), draw("1", `["changed <&>"]`)))
	says(t, ann, "POST", remove, fields{"id": 2.0}, saved)
	says(t, ann, "POST", remove, fields{"id": "2"}, saved)
	says(t, ann, "POST", remove, fields{"id": "missing"}, saved)
	says(t, ann, "GET", list, nil, listing(t, draw("1", `["changed <&>"]`)))
	if n := ann.Logins(); n != 1 {
		t.Errorf("%d logins", n)
	}
	// The same user on another phone ends the session on this one, whose library
	// logs in again.
	other := w.client("oAnn")
	says(t, other, "GET", list, nil, listing(t, draw("1", `["changed <&>"]`)))
	says(t, ann, "GET", list, nil, listing(t, draw("1", `["changed <&>"]`)))
	if n := ann.Logins(); n != 2 {
		t.Errorf("%d logins after the session was ended", n)
	}
}

// A page that begins with several requests at once: all are answered, and no code
// is exchanged twice.
func TestOldClientBeginsWithManyRequests(t *testing.T) {
	w := start(t, session.Options{})
	ann := w.client("oAnn")
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() { says(t, ann, "GET", list, nil, listing(t)) })
	}
	wg.Wait()
	if n := w.wechat.Most(); n != 1 {
		t.Errorf("a code was exchanged %d times", n)
	}
}

// The library logs in again for two reasons, three times, and not for the third.
func TestOldClientRetries(t *testing.T) {
	w := start(t, session.Options{})
	ann := w.client("oAnn")
	left := 2
	var mu sync.Mutex
	w.wechat.Fault(func(rw http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		left--
		return left >= 0 && wechattest.Refuse(-1, "system error")(rw, r)
	})
	says(t, ann, "GET", list, nil, listing(t))
	if n := ann.Logins(); n != 3 {
		t.Errorf("%d logins", n)
	}
	bob := w.client("oBob")
	w.wechat.Fault(wechattest.Refuse(45011, "rate limit"))
	if _, err := bob.Request(t.Context(), "GET", list, nil); !errors.Is(err, wechattest.ErrRetries) || bob.Logins() != 4 {
		t.Errorf("%v after %d logins", err, bob.Logins())
	}
	w.wechat.Fault(wechattest.Say(200, `{"openid":"oEve","session_key":"another key"}`))
	eve := w.client("oEve")
	_, err := eve.Request(t.Context(), "GET", list, nil)
	if e, ok := errors.AsType[*wechattest.SessionError](err); !ok || e.Reason != "ERR_UNTRUSTED_RAW_DATA" || eve.Logins() != 1 {
		t.Errorf("%v after %d logins", err, eve.Logins())
	}
}

func TestRoutes(t *testing.T) {
	w := start(t, session.Options{})
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{"GET", list, 200}, {"HEAD", list, 200}, {"POST", save, 200}, {"POST", remove, 200},
		{"POST", list, 404}, {"GET", save, 404}, {"GET", remove, 404}, {"PUT", save, 404}, {"DELETE", remove, 404}, {"OPTIONS", list, 404},
		{"GET", list + "/", 404}, {"GET", "/session/Paints/list", 404}, {"GET", "/session/paints", 404},
		{"GET", "//session/paints/list", 404}, {"GET", "/session/paints/%6cist", 404}, {"GET", "/session/x/../paints/list", 404},
		{"GET", list + "?x=1", 200},
		{"GET", w.server.URL() + list, 404}, // without the base path
	} {
		status, body, h := w.ask(tt.method, tt.path, "")
		if status != tt.want {
			t.Errorf("%s %s: %d %s", tt.method, tt.path, status, body)
		}
		if status == 200 && (h.Get("Content-Type") != "application/json; charset=utf-8" || !strings.HasPrefix(h.Get("ETag"), `W/"`)) {
			t.Errorf("%s %s: %v", tt.method, tt.path, h)
		}
	}
}

// session logs in and returns the code, for requests that the library would not
// send.
func (w *world) session(openID string) string {
	w.t.Helper()
	code, key := w.wechat.Login(openID)
	raw := `{"nickName":"n"}`
	_, body, _ := w.ask("GET", list, "", "X-WX-Code", code, "X-WX-RawData", url.PathEscape(raw), "X-WX-Signature", wechattest.Sign(raw, key))
	if !strings.HasPrefix(body, `{"code":0,`) {
		w.t.Fatalf("login: %s", body)
	}
	return code
}

func TestFailures(t *testing.T) {
	w := start(t, session.Options{})
	for _, tt := range []struct{ method, path string }{{"GET", list}, {"POST", save}, {"POST", remove}, {"GET", "/session/user"}, {"POST", "/session/logout"}} {
		if status, body, _ := w.ask(tt.method, tt.path, ""); status != 200 || body != failure("openId does not exists") {
			t.Errorf("%s without a user: %d %s", tt.path, status, body)
		}
	}
	code := w.session("oAnn")
	form := "application/x-www-form-urlencoded"
	const noID, noDrawing = "id does not exists", "id or actions does not exists"
	big := strings.Repeat("x", 100<<10)
	for _, tt := range []struct {
		name, path, kind, body string
		status                 int
		want                   string
	}{
		{"nothing", save, "", "", 200, failure(noDrawing)},
		{"no actions", save, "", `{"id":"1"}`, 200, failure(noDrawing)},
		{"no id", save, "", `{"actions":"[]"}`, 200, failure(noDrawing)},
		{"empty", save, "", `{"id":"","actions":""}`, 200, failure(noDrawing)},
		{"null", save, "", `{"id":null,"actions":"[]"}`, 200, failure(noDrawing)},
		{"zero, which was no id", save, "", `{"id":0,"actions":"[]"}`, 200, failure(noDrawing)},
		{"an object as id", save, "", `{"id":{"$ne":1},"actions":"[]"}`, 200, failure(noDrawing)},
		{"a list as id", save, "", `{"id":["1"],"actions":"[]"}`, 200, failure(noDrawing)},
		{"actions that are no string", save, "", `{"id":"1","actions":[1]}`, 200, failure(noDrawing)},
		{"actions that are an object", save, "", `{"id":"1","actions":"{}"}`, 200, failure(drawing.ErrActions.Error())},
		{"actions that are no JSON", save, "", `{"id":"1","actions":"[object Object]"}`, 200, failure(drawing.ErrActions.Error())},
		{"too deep", save, "", `{"id":"1","actions":"` + strings.Repeat("[", 100_000) + `"}`, 200, failure(drawing.ErrDepth.Error())},
		{"too long an id", save, "", `{"id":"` + strings.Repeat("i", 129) + `","actions":"[]"}`, 200, failure(drawing.ErrID.Error())},
		{"1 MB and a byte", save, "", `{"id":"1","actions":"[` + strings.Repeat(" ", drawing.MaxActions-1) + `]"}`, 200, failure(drawing.ErrSize.Error())},
		{"nothing to delete", remove, "", "", 200, failure(noID)},
		{"a list to delete", remove, "", `{"id":["1"]}`, 200, failure(noID)},
		{"malformed", save, "", `{"id":`, 400, failure("service unavailable")},
		{"malformed too", remove, "", `"x`, 400, failure("service unavailable")},
		{"over 100 KB", remove, "", `{"id":"1","x":"` + big + `"}`, 413, failure("service unavailable")},
		{"over 4 MB", save, "", `{"id":"1","x":"` + strings.Repeat(big, 41) + `"}`, 413, failure("service unavailable")},
		{"form", save, form, "id=f1&actions=%5B%22a%2Bb%22%5D", 200, saved},
		{"form, to delete", remove, form, "id=f1", 200, saved},
		{"form with two ids", remove, form, "id=f1&id=f2", 200, failure(noID)},
		{"numbers become what JavaScript made of them", save, "", `{"id":1.50,"actions":"[]"}`, 200, saved},
		{"a large number", save, "", `{"id":1e21,"actions":"[]"}`, 200, saved},
		{"true", save, "", `{"id":true,"actions":"[]"}`, 200, saved},
		{"1 MB", save, "", `{"id":"big","actions":"[` + strings.Repeat(" ", drawing.MaxActions-2) + `]"}`, 200, saved},
		{"1 MB of quotes", save, "", `{"id":"big","actions":"[` + strings.Repeat(`\"\",`, drawing.MaxActions/3-2) + `\"\"]"}`, 200, saved},
	} {
		header := []string{"X-WX-Code", code, "Content-Type", or(tt.kind, "application/json")}
		if tt.status == 413 {
			header = append(header, "Expect", "100-continue") // or the answer may be lost with the connection
		}
		status, body, _ := w.ask("POST", tt.path, tt.body, header...)
		if status != tt.status || body != tt.want {
			t.Errorf("%s: %d %s, want %d %s", tt.name, status, body, tt.status, tt.want)
		}
	}
	_, body, _ := w.ask("GET", list, "", "X-WX-Code", code)
	for _, id := range []string{"1.5", "1e+21", "true", "big"} {
		if !strings.Contains(body, fmt.Sprintf(`{"id":%q,`, id)) {
			t.Errorf("%s is not listed", id)
		}
	}
	if strings.Contains(body, `"f1"`) {
		t.Error("a deleted drawing is listed")
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func TestETag(t *testing.T) {
	w := start(t, session.Options{})
	ann := w.session("oAnn")
	_, _, h := w.ask("GET", list, "", "X-WX-Code", ann)
	tag := h.Get("ETag")
	if status, body, _ := w.ask("GET", list, "", "X-WX-Code", ann, "If-None-Match", tag); status != 304 || body != "" {
		t.Errorf("unchanged: %d %s", status, body)
	}
	w.ask("POST", save, `{"id":"1","actions":"[]"}`, "X-WX-Code", ann)
	if status, _, _ := w.ask("GET", list, "", "X-WX-Code", ann, "If-None-Match", tag); status != 200 {
		t.Errorf("changed: %d", status)
	}
	if got := h.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("Cache-Control %q", got)
	}
	if got := strings.Join(h.Values("Vary"), ","); !strings.Contains(got, "X-WX-Code") || !strings.Contains(got, "X-WX-Token") {
		t.Errorf("Vary %q", got)
	}
}

// One user tries everything to get at another's drawing.
func TestUsersAreApart(t *testing.T) {
	w := start(t, session.Options{})
	ann, eve := w.session("oAnn"), w.session("oEve")
	mine := listing(t, draw("same", `["mine"]`))
	w.ask("POST", save, `{"id":"same","actions":"[\"mine\"]"}`, "X-WX-Code", ann)
	isMine := func(what string) {
		t.Helper()
		if _, body, _ := w.ask("GET", list, "", "X-WX-Code", ann); body != mine {
			t.Errorf("%s: %s", what, body)
		}
	}
	isMine("before")
	for _, body := range []string{
		`{"id":"same","actions":"[\"theirs\"]"}`,
		`{"id":"same","actions":"[\"theirs\"]","openId":"oAnn"}`,
		`{"openId":"oAnn","owner":"oAnn","_id":"x","id":"same","actions":"[]"}`,
	} {
		if _, got, _ := w.ask("POST", save, body, "X-WX-Code", eve); got != saved {
			t.Error(got)
		}
		isMine("after a save")
	}
	// A foreign id is a new drawing of one's own.
	if _, body, _ := w.ask("GET", list, "", "X-WX-Code", eve); body != listing(t, draw("same", "[]")) {
		t.Error(body)
	}
	for range 2 {
		for _, body := range []string{`{"id":"same"}`, `{"id":"same","openId":"oAnn"}`} {
			w.ask("POST", remove, body, "X-WX-Code", eve)
			isMine("after a delete")
		}
	}
	for _, h := range [][]string{
		{"X-WX-Code", "oAnn"},
		{"X-WX-Token", "oAnn"},
		{"X-WX-Token", ann},
		{"X-WX-Code", "weapp-session:" + ann},
		{"X-WX-OpenId", "oAnn"},
		{"Cookie", "code=" + ann},
	} {
		for _, path := range []string{list + "?openId=oAnn&code=" + ann, list} {
			if _, body, _ := w.ask("GET", path, "", h...); strings.Contains(body, "mine") {
				t.Errorf("%v: %s", h, body)
			}
		}
	}
	// What the client says of its user does not count.
	code, key := w.wechat.Login("oEve")
	raw := `{"nickName":"n","openId":"oAnn"}`
	_, body, _ := w.ask("GET", "/session/user", "", "X-WX-Code", code, "X-WX-RawData", url.PathEscape(raw), "X-WX-Signature", wechattest.Sign(raw, key))
	if body != `{"code":0,"msg":"success","data":{"user":{"nickName":"n","openId":"oEve"}}}` {
		t.Error(body)
	}
}

// However many requests save one drawing, one row is left.
func TestRacingSaves(t *testing.T) {
	w := start(t, session.Options{})
	code := w.session("oAnn")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			body := fmt.Sprintf(`{"id":"1","actions":"[%d]"}`, i)
			if _, got, _ := w.ask("POST", save, body, "X-WX-Code", code); got != saved {
				t.Error(got)
			}
		})
	}
	wg.Wait()
	if _, body, _ := w.ask("GET", list, "", "X-WX-Code", code); strings.Count(body, `"id"`) != 1 {
		t.Error(body)
	}
}

// A client with tokens: the code is used up by the login.
func TestTokenOverTheWire(t *testing.T) {
	w := start(t, session.Options{})
	code, key := w.wechat.Login("oAnn")
	raw := `{"nickName":"n"}`
	_, body, h := w.ask("GET", list, "", "X-WX-Code", code, "X-WX-RawData", url.PathEscape(raw),
		"X-WX-Signature", wechattest.Sign(raw, key), "X-WX-Token", "new")
	token := h.Get("X-WX-Token")
	if body != listing(t) || len(token) != 43 || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s, token %q, %q", body, token, h.Get("Cache-Control"))
	}
	if _, body, _ := w.ask("GET", list, "", "X-WX-Token", token); body != listing(t) {
		t.Error(body)
	}
	if _, body, _ := w.ask("GET", list, "", "X-WX-Code", code); !strings.Contains(body, "ERR_SESSION_EXPIRED") {
		t.Errorf("the code: %s", body)
	}
	if _, body, _ := w.ask("POST", "/session/logout", "", "X-WX-Token", token); body != saved {
		t.Error(body)
	}
	if _, body, _ := w.ask("GET", list, "", "X-WX-Token", token); !strings.Contains(body, "ERR_SESSION_EXPIRED") {
		t.Errorf("after the logout: %s", body)
	}
}
