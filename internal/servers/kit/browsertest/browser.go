// Package browsertest drives a headless Chromium for tests of the pages that
// servers have for people.
//
// It knows no page, and is for tests only.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
)

// Browser is a tab of a headless Chromium.
type Browser struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	messages []string // of its console
}

// New starts a browser with a profile of its own, or skips the test where there is
// none. Pages run no scripts unless scripts is true.
func New(t testing.TB, scripts bool) *Browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("Chromium is not installed")
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	ctx, end := chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("accept-lang", "zh-CN"),
		chromedp.Flag("lang", "zh-CN"),
	)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(func() { quit(); end(); stop() })
	return open(t, ctx, scripts)
}

// Tab opens another tab of the same browser, with the same storage.
func (b *Browser) Tab(scripts bool) *Browser {
	b.t.Helper()
	ctx, quit := chromedp.NewContext(b.ctx)
	b.t.Cleanup(quit)
	return open(b.t, ctx, scripts)
}

// open takes over a tab, which comes to life with the first thing that it does.
func open(t testing.TB, ctx context.Context, scripts bool) *Browser {
	t.Helper()
	b := &Browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatalf("the browser does not start: %v", err)
	}
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// note keeps what the browser complains of.
func (b *Browser) note(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.messages = append(b.messages, e.Entry.Text)
	}
}

// Do carries out steps in the tab.
func (b *Browser) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Phone makes the tab as large as that of a phone, with touch.
func (b *Browser) Phone() {
	b.t.Helper()
	b.Do("a phone", chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulateScale(2)))
}

// Click clicks on what an XPath names, and waits until what another one names is
// there.
func (b *Browser) Click(path, then string) {
	b.t.Helper()
	b.Do(path, chromedp.Click(chromedp.Search(path)), chromedp.WaitVisible(chromedp.Search(then)))
}

// Fill types a text.
func (b *Browser) Fill(selector, text string) {
	b.t.Helper()
	b.Do(selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Key presses keys, such as those of package kb.
func (b *Browser) Key(keys string) {
	b.t.Helper()
	b.Do("a key", chromedp.KeyEvent(keys))
}

// Value evaluates an expression, which the browser does for us even where pages
// run no scripts.
func Value[T any](b *Browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Until waits for an expression to be true.
func (b *Browser) Until(expression string) {
	b.t.Helper()
	for !Value[bool](b, expression) {
		// The context ends it.
	}
}

// Texts are those of all elements that a selector names.
func (b *Browser) Texts(selector string) []string {
	b.t.Helper()
	return Value[[]string](b, fmt.Sprintf("[...document.querySelectorAll(%q)].map(e => e.innerText.trim())", selector))
}

// Complaints are what the console says besides that there is no icon.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.messages), func(m string) bool { return strings.Contains(m, "favicon") })
}

// Show writes what the tab shows to NAME.png in the folder that the variable
// WECOS_SCREENSHOTS names, for somebody to look at.
func (b *Browser) Show(name string) {
	b.t.Helper()
	dir := os.Getenv("WECOS_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
