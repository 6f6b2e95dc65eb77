package session_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wecos-go/wecos/internal/servers/kit/browsertest"
	"github.com/wecos-go/wecos/internal/servers/session"
)

// screen is a browser on the page.
type screen struct {
	*browsertest.Browser
	t *testing.T
}

func open(t *testing.T, w *world) *screen {
	s := &screen{browsertest.New(t, true), t}
	// The paper is in the window as a whole.
	s.Do("the page", chromedp.EmulateViewport(900, 1000), chromedp.Navigate(w.server.URL()+"/"))
	s.Until(`document.body.dataset.ready === "true"`)
	return s
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// at is the place in the window of a point of a studio's paper, as parts of it.
func (s *screen) at(studio int, x, y float64) (left, top float64) {
	s.t.Helper()
	box := browsertest.Value[[]float64](s.Browser, fmt.Sprintf(
		`(() => { const p = document.querySelectorAll(".paper")[%d]; p.scrollIntoView({block: "nearest"});
		const b = p.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()`, studio))
	return box[0] + x*box[2], box[1] + y*box[3]
}

// drag draws a line with the mouse.
func (s *screen) drag(studio int, points ...float64) {
	s.t.Helper()
	x, y := s.at(studio, points[0], points[1])
	steps := []chromedp.Action[chromedp.Void]{chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft)}
	for i := 2; i+1 < len(points); i += 2 {
		x, y = s.at(studio, points[i], points[i+1])
		steps = append(steps, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y, chromedp.ButtonLeft))
	}
	steps = append(steps, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x, y, chromedp.ButtonLeft))
	s.Do("a line", steps...)
}

// finger draws a line with a finger.
func (s *screen) finger(studio int, points ...float64) {
	s.t.Helper()
	touch := func(kind input.DispatchTouchEventType, at ...*input.TouchPoint) chromedp.Action[chromedp.Void] {
		return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, target, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: at})
			return chromedp.Void{}, err
		}
	}
	var steps []chromedp.Action[chromedp.Void]
	for i := 0; i+1 < len(points); i += 2 {
		x, y := s.at(studio, points[i], points[i+1])
		kind := input.DispatchTouchEventTypeTouchMove
		if i == 0 {
			kind = input.DispatchTouchEventTypeTouchStart
		}
		steps = append(steps, touch(kind, &input.TouchPoint{X: x, Y: y}))
	}
	s.Do("a line", append(steps, touch(input.DispatchTouchEventTypeTouchEnd, []*input.TouchPoint{}...))...)
}

// press clicks on the button of a studio.
func (s *screen) press(studio int, button string) {
	s.t.Helper()
	s.Do(button, chromedp.Click(chromedp.Search(fmt.Sprintf(`(//section)[%d]//button[%s]`, studio+1, button))))
}

// settles waits for the status of a studio.
func (s *screen) settles(studio int, status string) {
	s.t.Helper()
	s.Until(fmt.Sprintf(`document.querySelectorAll(".status")[%d].textContent === %q`, studio, status))
}

// rows counts the drawings in a studio's list.
func (s *screen) rows(studio int) int {
	s.t.Helper()
	return browsertest.Value[int](s.Browser, fmt.Sprintf(`document.querySelectorAll("section")[%d].querySelectorAll(".list li").length`, studio))
}

// ink counts the colours other than white of a canvas that an expression names.
func (s *screen) ink(canvas string) int {
	s.t.Helper()
	return browsertest.Value[int](s.Browser, `(() => { const c = `+canvas+`; const copy = new OffscreenCanvas(c.width, c.height).getContext("2d", {willReadFrequently: true});
		copy.drawImage(c, 0, 0); const d = copy.getImageData(0, 0, c.width, c.height).data;
		const seen = new Set(); for (let i = 0; i < d.length; i += 4) { const k = d[i] << 16 | d[i+1] << 8 | d[i+2]; if (k !== 0xffffff) seen.add(k); } return seen.size; })()`)
}

const (
	saveButton   = `@class="save"`
	freshButton  = `@class="fresh"`
	undoButton   = `@class="undo"`
	openFirst    = `@class="open"`
	deleteButton = `contains(@class, "delete")`
	firstThumb   = `document.querySelector(".list canvas")`
	firstPaper   = `document.querySelector(".paper")`
)

// One draws in colours, saves, opens, changes and deletes, with the mouse.
func TestPageDraws(t *testing.T) {
	t.Parallel()
	w := start(t, session.Options{Dev: true})
	s := open(t, w)
	same(t, "notice", strings.Contains(s.Texts("#notice")[0], "开发模式"), true)
	same(t, "drawings", s.rows(0), 0)
	s.press(0, saveButton)
	s.settles(0, "先画点什么吧")

	s.drag(0, .2, .2, .4, .8, .8, .3)
	s.Do("red", chromedp.Click(chromedp.CSS(`.colors button:nth-child(2)`)))
	s.drag(0, .2, .8, .8, .8)
	s.drag(0, .5, .5)
	s.press(0, undoButton)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	same(t, "drawings", s.rows(0), 1)
	if n := s.ink(firstThumb); n < 2 {
		t.Errorf("the thumbnail has %d colours", n)
	}
	_, body, _ := w.ask("GET", list, "", "X-WX-Code", "dev_ming_x", "X-WX-RawData", "%7B%7D")
	if strings.Count(body, `\"points\"`) != 2 || !strings.Contains(body, "#c23b20") {
		t.Errorf("saved: %s", body)
	}
	// That login ended the page's session, which logs in again by itself.
	s.press(0, freshButton)
	same(t, "ink on a new paper", s.ink(firstPaper), 0)
	s.drag(0, .1, .1, .9, .9)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	same(t, "drawings", s.rows(0), 2)
	s.Show("session-page")

	// A change keeps its place, and makes no further drawing.
	s.Do("the older", chromedp.Click(chromedp.Search(`(//button[@class="open"])[2]`)))
	s.settles(0, "已打开，可以接着画")
	s.drag(0, .1, .5, .9, .5)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	same(t, "drawings", s.rows(0), 2)

	// A deletion asks first.
	s.press(0, deleteButton)
	same(t, "question", browsertest.Value[string](s.Browser, `document.activeElement.textContent`), "确定删除？")
	same(t, "drawings", s.rows(0), 2)
	s.press(0, deleteButton)
	s.settles(0, "已删除")
	same(t, "drawings", s.rows(0), 1)
	same(t, "ink that is open", s.ink(firstPaper) > 0, true)

	s.Do("English", chromedp.Click(chromedp.CSS("#language")))
	same(t, "title", browsertest.Value[string](s.Browser, "document.title"), "One Stroke")
	same(t, "status", s.Texts(".status")[0], "Deleted")
	same(t, "complaints of the browser", strings.Join(s.Complaints(), "\n"), "")
}

// Two people side by side: what one draws the other does not see.
func TestPageTwoPeople(t *testing.T) {
	t.Parallel()
	w := start(t, session.Options{Dev: true})
	s := open(t, w)
	s.Do("a wide window", chromedp.EmulateViewport(1280, 1000))
	s.drag(0, .2, .2, .8, .8)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	s.Do("two people", chromedp.Click(chromedp.CSS("#side")))
	s.Until(`document.querySelectorAll("section").length === 2`)
	s.Until(`document.querySelectorAll("[name=name]")[1].value === "hong"`)
	s.drag(1, .8, .2, .2, .8)
	s.drag(1, .5, .1, .5, .9)
	s.press(1, saveButton)
	s.settles(1, "已保存")
	same(t, "drawings of one", s.rows(0), 1)
	same(t, "drawings of the other", s.rows(1), 1)
	s.Show("session-two")
	// The same name is the same person, on another device.
	s.Do("a name", chromedp.Evaluate[chromedp.Void](`(() => { const f = document.querySelectorAll(".who")[1]; f.elements.name.value = "ming"; f.requestSubmit(); })()`))
	s.Until(`document.querySelectorAll("section")[1].querySelectorAll(".list li").length === 1`)
	s.press(1, deleteButton)
	s.press(1, deleteButton)
	s.settles(1, "已删除")
	s.press(0, freshButton)
	s.drag(0, .3, .3, .6, .6)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	same(t, "drawings of one", s.rows(0), 1)
	same(t, "complaints of the browser", strings.Join(s.Complaints(), "\n"), "")
}

// With a finger on a phone, and with the keys alone.
func TestPageOnPhoneAndKeys(t *testing.T) {
	t.Parallel()
	w := start(t, session.Options{Dev: true})
	s := open(t, w)
	s.Phone()
	s.Do("the page", chromedp.Navigate(w.server.URL()+"/"))
	s.Until(`document.body.dataset.ready === "true"`)
	s.finger(0, .2, .3, .5, .7, .8, .3)
	same(t, "ink of a finger", s.ink(firstPaper) > 0, true)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	s.Show("session-phone")
	if width := browsertest.Value[int](s.Browser, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}
	small := browsertest.Value[int](s.Browser, `[...document.querySelectorAll("button, input")].filter(e => e.offsetParent && e.getBoundingClientRect().height < 35).length`)
	same(t, "things too small for a finger", small, 0)

	s.press(0, freshButton)
	s.Do("the paper", chromedp.Evaluate[chromedp.Void](`document.querySelector(".paper").focus()`))
	s.Key(" " + strings.Repeat(kb.ArrowRight, 5) + kb.ArrowDown + " ")
	s.settles(0, "已抬笔")
	s.Do("save", chromedp.Evaluate[chromedp.Void](`document.querySelector(".save").focus()`))
	s.Key(kb.Enter)
	s.settles(0, "已保存")
	same(t, "drawings", s.rows(0), 2)
	_, body, _ := w.ask("GET", list, "", "X-WX-Code", "dev_ming_x", "X-WX-RawData", "%7B%7D")
	if !strings.Contains(body, `\"points\":[500,500,520,500,540,500,560,500,580,500,600,500,600,520]`) {
		t.Errorf("drawn with keys: %s", body)
	}
}

// Drawings of the old client are shown; what nobody understands is not replaced.
func TestPageShowsOldDrawings(t *testing.T) {
	t.Parallel()
	w := start(t, session.Options{Dev: true})
	h := []string{"X-WX-Code", "dev_ming_1", "X-WX-RawData", "%7B%7D"}
	for _, d := range []string{
		`[{\"method\":\"setStrokeStyle\",\"data\":[\"#00ff00\"]},{\"method\":\"setLineWidth\",\"data\":[5]},{\"method\":\"stroke\",\"data\":[{\"method\":\"moveTo\",\"data\":[10,10]},{\"method\":\"lineTo\",\"data\":[200,150]}]}]`,
		`[{\"some\":\"thing\"}]`,
	} {
		if _, body, _ := w.ask("POST", save, fmt.Sprintf(`{"id":"%d","actions":"%s"}`, len(d), d), h...); body != saved {
			t.Fatal(body)
		}
	}
	s := open(t, w)
	same(t, "drawings", s.rows(0), 2)
	s.press(0, openFirst)
	s.settles(0, "这张画是别的程序画的，这里看不了")
	s.Do("the older", chromedp.Click(chromedp.Search(`(//button[@class="open"])[2]`)))
	s.settles(0, "已打开，可以接着画")
	same(t, "ink", s.ink(firstPaper) > 0, true)
}

// Without --dev nobody logs in here: what is drawn stays in the browser.
func TestPageWithoutLogin(t *testing.T) {
	t.Parallel()
	w := start(t, session.Options{})
	s := open(t, w)
	same(t, "notice", strings.Contains(s.Texts("#notice")[0], "登录在小程序里"), true)
	s.drag(0, .2, .2, .8, .8)
	s.press(0, saveButton)
	s.settles(0, "已保存")
	s.Do("again", chromedp.Navigate(w.server.URL()+"/"))
	s.Until(`document.body.dataset.ready === "true"`)
	same(t, "drawings", s.rows(0), 1)
	same(t, "complaints of the browser", strings.Join(s.Complaints(), "\n"), "")
}
