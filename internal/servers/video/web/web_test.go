package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/kit/browsertest"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/samples"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
	"github.com/wecos-go/wecos/internal/servers/video/web"
)

// serve serves the films below a base, with a limit of comments.
func serve(t *testing.T, base string, perMinute int, films []video.Film) (url string, store video.Store) {
	t.Helper()
	files, err := samples.Files()
	if err != nil {
		t.Fatal(err)
	}
	store, err = sqlstore.OpenSQLite(t.Context(), t.TempDir(), films)
	if err != nil {
		t.Fatal(err)
	}
	page, err := web.Page(base)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0"}, video.New(video.Options{
		Store: store, Base: base, Samples: files, Page: page, CommentsPerMinute: perMinute,
	}))
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
	return s.URL(), store
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

const (
	status  = `document.getElementById("status").textContent`
	playing = `document.getElementById("video")`
)

// A person with a phone looks at the list, plays a film and says something.
func TestPageOnPhone(t *testing.T) {
	b := browsertest.New(t, true)
	url, store := serve(t, "/applet", 0, samples.Films())
	for n := range 25 {
		avatar := ""
		if n == 24 {
			avatar = "https://127.0.0.1:65531/gone.png" // does not load
		}
		if _, err := store.AddComment(t.Context(), video.Comment{Film: 2, Nick: fmt.Sprint("看客", n), Avatar: avatar, Content: fmt.Sprintf("第 %d 条 <b>&amp;", n)}); err != nil {
			t.Fatal(err)
		}
	}
	b.Phone()
	b.Do("the page", chromedp.Navigate(url+"/"))
	b.Until(`document.querySelectorAll(".film").length >= 6`)
	same(t, "title", browsertest.Value[string](b, "document.title"), "影片")
	same(t, "language", browsertest.Value[string](b, "document.documentElement.lang"), "zh-CN")
	b.Until(`[...document.images].slice(0, 2).every(i => i.complete && i.naturalWidth === 480)`)
	b.Show("video-phone-list")
	if width := browsertest.Value[int](b, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}

	// The second page of the list comes when one scrolls to its end.
	b.Do("scroll", chromedp.ScrollIntoView(chromedp.CSS(".films li:last-child")))
	b.Until(`document.querySelectorAll(".film").length === 8 && ` + status + ` === "没有更多了"`)

	b.Click(`//a[contains(., "灯笼")]`, `//dialog[@open]//h2[contains(., "灯笼")]`)
	b.Until(playing + `.duration === 6`)
	b.Until(`document.querySelectorAll("#comments li").length === 20`)
	same(t, "the newest comment", b.Texts("#comments .words")[0], "第 24 条 <b>&amp;")
	same(t, "the face without a picture", b.Texts("#comments .face")[0], "看")
	b.Show("video-phone-player")
	b.Do("older", chromedp.Click(chromedp.CSS("#older")))
	b.Until(`document.querySelectorAll("#comments li").length === 25 && document.getElementById("older").hidden`)
	if width := browsertest.Value[int](b, `document.querySelector("dialog").scrollWidth`); width > 360 {
		t.Errorf("the player is %d pixels wide on a phone of 360", width)
	}

	b.Fill("#nick", "小明 😀")
	b.Fill("#content", "真好看！\n🎬")
	b.Do("send", chromedp.Click(chromedp.CSS("#send")))
	b.Until(`document.querySelector("#comments .nick")?.textContent === "小明 😀"`)
	same(t, "what was said", b.Texts("#comments .words")[0], "真好看！\n🎬")
	stored, err := store.Comments(t.Context(), 2, 0, 1)
	if err != nil || len(stored) != 1 || stored[0].Nick != "小明 😀" || stored[0].Content != "真好看！\n🎬" {
		t.Errorf("stored %v, %v", stored, err)
	}
	same(t, "the field", browsertest.Value[string](b, `document.getElementById("content").value`), "")

	// A swipe over the title goes to the film beside this one.
	b.Until(`(() => {
		for (const [type, x] of [["pointerdown", 300], ["pointerup", 100]])
			document.getElementById("player-bar").dispatchEvent(new PointerEvent(type, { clientX: x, pointerType: "touch", bubbles: true }));
		return true })()`)
	b.Until(`location.hash === "#film=3" && document.getElementById("player-title").textContent.includes("归帆")`)
	b.Until(`(` + playing + `.play().catch(() => {}), ` + playing + `.currentTime > 0.2)`)
	b.Do("back", chromedp.NavigateBack())
	b.Until(`!document.querySelector("dialog").open && ` + playing + `.paused`)
	for _, m := range b.Complaints() {
		if !strings.Contains(m, "127.0.0.1:65531/gone") && !strings.Contains(m, "ERR_CONNECTION_REFUSED") {
			t.Errorf("the browser complains: %s", m)
		}
	}
}

// The same with a keyboard, in English, on a wide screen and below another base.
func TestPageWithKeyboard(t *testing.T) {
	b := browsertest.New(t, true)
	url, _ := serve(t, "/other/base", 2, samples.Films())
	b.Do("a wide screen", chromedp.EmulateViewport(1100, 800))
	b.Do("the page", chromedp.Navigate(url+"/"))
	b.Until(`document.querySelectorAll(".film").length === 8`)
	b.Do("the other language", chromedp.Click(chromedp.CSS("#language")))
	same(t, "title", browsertest.Value[string](b, "document.title"), "Films")
	same(t, "end of the list", browsertest.Value[string](b, status), "That is all")
	b.Show("video-wide-list")

	b.Key(kb.Tab)
	b.Until(`document.activeElement.hash === "#film=1"`)
	b.Key(kb.ArrowRight)
	b.Key(kb.ArrowDown) // three in a row
	b.Until(`document.activeElement.hash === "#film=5"`)
	b.Key(kb.ArrowLeft)
	b.Key(kb.ArrowUp)
	b.Key(kb.ArrowUp) // there is none above
	b.Until(`document.activeElement.hash === "#film=1"`)
	b.Key(kb.Enter)
	b.Until(`document.querySelector("dialog").open && document.getElementById("player-title").textContent.includes("A cup of tea")`)
	b.Until(`document.getElementById("comments-status").textContent === "No comments yet: write the first"`)
	b.Show("video-wide-player")
	b.Key(kb.PageDown)
	b.Until(`location.hash === "#film=2" && document.getElementById("player-title").textContent.includes("Lanterns")`)

	// Only so many comments at once; the words stay for another try.
	b.Fill("#nick", "Ming")
	for _, text := range []string{"one", "two", "three"} {
		b.Fill("#content", text)
		b.Until(`!document.getElementById("send").disabled`)
		b.Do("send", chromedp.Click(chromedp.CSS("#send")))
		if text != "three" {
			b.Until(fmt.Sprintf(`document.querySelector("#comments .words")?.textContent === %q && document.getElementById("content").value === ""`, text))
		}
	}
	b.Until(`document.getElementById("write-problem").textContent === "That was too fast, please wait a moment"`)
	same(t, "the field", browsertest.Value[string](b, `document.getElementById("content").value`), "three")
	long, err := json.Marshal(strings.Repeat("😀", 1001))
	if err != nil {
		t.Fatal(err)
	}
	browsertest.Value[bool](b, `(() => { const c = document.getElementById("content"); c.value = `+string(long)+`; c.dispatchEvent(new Event("input")); return true })()`)
	same(t, "too long", browsertest.Value[string](b, `document.getElementById("left").textContent`), "1 characters too many")
	same(t, "sending", browsertest.Value[bool](b, `document.getElementById("send").disabled`), true)

	b.Key(kb.Escape)
	b.Until(`!document.querySelector("dialog").open && location.hash === "" && document.activeElement.hash === "#film=2"`)
	b.Do("an address with a film", chromedp.Navigate(url+"/?x#film=8"))
	b.Until(`document.getElementById("player-title").textContent.includes("Koi")`)
	same(t, "the language is remembered", browsertest.Value[string](b, "document.title"), "Films")
	for _, m := range b.Complaints() {
		if !strings.Contains(m, "429") {
			t.Errorf("the browser complains: %s", m)
		}
	}
}

// What goes wrong is said, and can be tried again.
func TestPageSaysWhatIsWrong(t *testing.T) {
	b := browsertest.New(t, true)
	url, store := serve(t, "/applet", 0, []video.Film{{Title: "不能播放", URL: "https://127.0.0.1:65531/x.mp4"}})
	b.Do("the page", chromedp.Navigate(url+"/#film=1"))
	b.Until(`document.getElementById("video-problem").textContent === "这部影片无法播放"`)
	b.Show("video-broken")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	b.Fill("#nick", "n")
	b.Fill("#content", "c")
	b.Do("send", chromedp.Click(chromedp.CSS("#send")))
	b.Until(`document.getElementById("write-problem").textContent === "没有发送成功，请稍后再试"`)
	b.Do("the page", chromedp.Navigate(url+"/?again"))
	b.Until(status + ` === "加载失败，请稍后再试" && !document.getElementById("more").hidden`)
	b.Show("video-failed")
}

// An empty list says so.
func TestEmptyPage(t *testing.T) {
	b := browsertest.New(t, true)
	url, _ := serve(t, "/applet", 0, nil)
	b.Do("the page", chromedp.Navigate(url+"/"))
	b.Until(status + ` === "还没有影片"`)
}
