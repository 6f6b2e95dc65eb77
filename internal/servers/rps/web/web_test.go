package web_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/kit/browsertest"
	"github.com/wecos-go/wecos/internal/servers/rps"
	"github.com/wecos-go/wecos/internal/servers/rps/web"
)

// serve serves games of that length, with Socket.IO at a path of its own.
func serve(t *testing.T, opt rps.Options) (url string) {
	t.Helper()
	opt.RootPath = "/games/socket.io"
	page, err := web.Page(opt.RootPath, rps.Alive())
	if err != nil {
		t.Fatal(err)
	}
	opt.Page = page
	game, err := rps.New(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0"}, game.App())
	if err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := s.Wait(); err != nil {
			t.Error(err)
		}
	})
	return s.URL()
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

const online = `document.body.dataset.online === "true"`

// phase is whether the page is in one.
func phase(name string) string { return fmt.Sprintf(`document.body.dataset.phase === %q`, name) }

// has is whether an element shows a text.
func has(selector, text string) string {
	return fmt.Sprintf(`document.querySelector(%q)?.innerText.includes(%q) === true`, selector, text)
}

// visit shows the page on a phone.
func visit(b *browsertest.Browser, url string) *browsertest.Browser {
	b.Phone()
	b.Do("the page", chromedp.Navigate(url+"/"))
	b.Until(online)
	return b
}

func press(b *browsertest.Browser, selector string) {
	b.Do(selector, chromedp.Click(chromedp.CSS(selector)))
}

// scissors, rock and paper are what one presses.
func hand(choice int) string { return fmt.Sprintf(`#hands [data-choice="%d"]`, choice) }

// Two tabs play with each other: moves, faces, results, scores and streaks.
func TestTwoTabs(t *testing.T) {
	url := serve(t, rps.Options{GameTime: 4 * time.Second, RobotWait: 10 * time.Second})
	a := visit(browsertest.New(t, true), url)
	b := visit(a.Tab(true), url)
	same(t, "headline", a.Texts("#headline")[0], "来一局吧")
	a.Show("rps-idle")
	a.Do("a name", chromedp.Evaluate[chromedp.Void](`(() => { const n = document.getElementById("name"); n.value = "小明 <b>"; n.dispatchEvent(new Event("change")); })()`))

	// One asks, and the other plays.
	a.Until(`!document.getElementById("tab").hidden`)
	press(a, "#tab")
	a.Until(phase("playing"))
	b.Until(phase("playing"))
	b.Until(has("li:not(.me) .name", "小明 <b>"))
	press(a, hand(1))
	press(a, hand(2))
	b.Until(has("li:not(.me) .shown", "已出拳"))
	same(t, "hands that are seen too early", browsertest.Value[int](b, `document.querySelectorAll("li:not(.me) .hand").length`), 0)
	press(b, hand(1))
	press(b, "#faces button:nth-child(2)")
	a.Until(has("li:not(.me) .face", ">_<"))
	same(t, "time left", browsertest.Value[bool](a, `document.getElementById("left").value > 0 || document.body.dataset.phase === "over"`), true)
	a.Show("rps-playing")
	a.Until(phase("over"))
	b.Until(phase("over"))
	same(t, "headline", a.Texts("#headline")[0], "你赢了！")
	same(t, "headline of the other", b.Texts("#headline")[0], "你输了")
	same(t, "hand that is shown", browsertest.Value[string](b, `document.querySelector("li:not(.me) .hand").alt`), "石头")
	same(t, "score", a.Texts("li.me .score")[0], "1 分 +1")

	// The next game of the same two, which makes a streak.
	press(a, "#play")
	a.Until(phase("playing"))
	b.Until(phase("playing"))
	press(a, hand(3))
	press(b, hand(2))
	a.Until(phase("over"))
	b.Until(phase("over"))
	same(t, "score", a.Texts("li.me .score")[0], "3 分 +2")
	same(t, "streak", a.Texts("li.me .streak")[0], "2 连胜")
	a.Show("rps-over")

	// A reload keeps the seat, in mid-game as well.
	press(b, "#play")
	a.Until(phase("playing"))
	a.Do("a reload", chromedp.Reload())
	a.Until(phase("playing"))
	press(a, hand(1))
	press(b, hand(3))
	a.Until(phase("over"))
	same(t, "score", a.Texts("li.me .score")[0], "6 分 +3")

	press(b, "#leave")
	a.Until(has("li:not(.me)", "已离开") + ` || document.querySelector("li:not(.me)").classList.contains("gone")`)
	b.Until(phase("idle"))
	for name, tab := range map[string]*browsertest.Browser{"one": a, "the other": b} {
		same(t, "complaints of "+name, strings.Join(tab.Complaints(), "\n"), "")
	}
}

// Alone one plays against a robot, with the keys, in English; on a phone nothing
// is too wide or too small.
func TestRobotAndKeys(t *testing.T) {
	url := serve(t, rps.Options{GameTime: 3 * time.Second, RobotWait: 100 * time.Millisecond})
	b := visit(browsertest.New(t, true), url)
	if width := browsertest.Value[int](b, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}
	press(b, "#language")
	same(t, "title", browsertest.Value[string](b, "document.title"), "Rock, Paper, Scissors")
	b.Do("nothing has the focus", chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	b.Key(kb.Enter)
	b.Until(phase("playing"))
	same(t, "opponent", strings.HasPrefix(b.Texts("li:not(.me) .name")[0], "Robot "), true)
	b.Key("2")
	b.Until(`document.querySelector('[data-choice="2"]').getAttribute("aria-pressed") === "true"`)
	small := browsertest.Value[int](b, `[...document.querySelectorAll("button, input")].filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).length`)
	same(t, "things too small for a finger", small, 0)
	b.Until(phase("over"))
	same(t, "hands", browsertest.Value[int](b, `document.querySelectorAll("#players .hand").length`), 2)
	same(t, "an outcome", browsertest.Value[bool](b, `["won", "lost", "drawn"].includes(document.body.dataset.outcome)`), true)
	b.Show("rps-robot")

	// Somebody else, and a game in which nothing is chosen.
	robot := b.Texts("li:not(.me) .name")[0]
	press(b, "#other")
	b.Until(phase("playing"))
	if again := b.Texts("li:not(.me) .name")[0]; again == robot {
		t.Errorf("another opponent is %s, again", again)
	}
	b.Until(phase("over"))
	same(t, "headline", b.Texts("#headline")[0], "You lose")
	same(t, "hand", b.Texts("li.me .shown")[0], "chose nothing")
	same(t, "complaints of the browser", strings.Join(b.Complaints(), "\n"), "")
}

// A tab that was duplicated has the storage of the first, and is somebody else all
// the same; the first keeps its player over a reload.
func TestDuplicatedTab(t *testing.T) {
	url := serve(t, rps.Options{})
	a := visit(browsertest.New(t, true), url)
	b := visit(a.Tab(true), url)
	const uid, token = `sessionStorage.getItem("uid")`, `sessionStorage.getItem("token")`
	first, secret := browsertest.Value[string](a, uid), browsertest.Value[string](a, token)
	b.Do("a copy", chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`sessionStorage.setItem("uid", %q), sessionStorage.setItem("token", %q)`, first, secret)), chromedp.Reload())
	b.Until(online)
	if second := browsertest.Value[string](b, uid); second == first || second == "" {
		t.Errorf("the copy plays as %q, the first tab as %q", second, first)
	}
	same(t, "the copy has the seat of the first", browsertest.Value[string](b, token) == secret, false)
	a.Do("a reload", chromedp.Reload())
	a.Until(online)
	same(t, "player after a reload", browsertest.Value[string](a, uid), first)
	same(t, "seat after a reload", browsertest.Value[string](a, token), secret)
}

// A connection that is lost in mid-game comes back by itself, to the same seat and
// with the choice that was made.
func TestLostConnection(t *testing.T) {
	page, err := web.Page(rps.DefaultPath, rps.Alive())
	if err != nil {
		t.Fatal(err)
	}
	game, err := rps.New(t.Context(), rps.Options{Page: page, GameTime: 5 * time.Second, RobotWait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	sockets := make(chan net.Conn, 10)
	front := httptest.NewUnstartedServer(game)
	front.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateHijacked {
			sockets <- c
		}
	}
	front.Start()
	defer front.Close()
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		game.Drain(ctx)
		if err := game.Close(); err != nil {
			t.Error(err)
		}
	}()
	b := visit(browsertest.New(t, true), front.URL)
	press(b, "#play")
	b.Until(phase("playing"))
	b.Do("watch", chromedp.Evaluate[chromedp.Void](`window.lost = 0, new MutationObserver(() => { if (document.body.dataset.online === "false") window.lost++; }).observe(document.body, {attributes: true}), undefined`))
	press(b, hand(3))
	b.Until(`document.querySelector("li.me .hand") !== null`)
	if err := (<-sockets).Close(); err != nil {
		t.Fatal(err)
	}
	b.Until(`window.lost > 0`)
	b.Until(online)
	b.Until(phase("over"))
	same(t, "the hand that was chosen", browsertest.Value[string](b, `document.querySelector("li.me .hand").alt`), "布")
	same(t, "result", browsertest.Value[bool](b, `document.body.dataset.outcome !== ""`), true)
}

// Whoever has no page with a path, or another method, is answered by others; what
// belongs to the mini-program alone is not served.
func TestPaths(t *testing.T) {
	page, err := web.Page("/x", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"GET /": 200, "HEAD /": 200, "GET /main.js": 200, "GET /lib/socketio.js": 200, "GET /images/rock.png": 200, "GET /page.json": 200,
		"POST /": 418, "GET /anything": 418, "GET /config.js": 418, "GET /app.js": 418, "GET /../main.js": 418, "GET /lib": 418, "GET /images/cover.png": 418,
	} {
		method, path, _ := strings.Cut(path, " ")
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
		same(t, method+" "+path, w.Code, want)
		if policy := w.Header().Get("Content-Security-Policy"); want == 200 && path != "/page.json" && !strings.Contains(policy, "default-src 'self'") {
			t.Errorf("%s has the policy %q", path, policy)
		}
	}
}
