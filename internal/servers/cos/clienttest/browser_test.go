package clienttest

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

// browser is a headless Chromium with one tab.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	messages []string // of its console
}

// newBrowser starts one with a profile of its own, or skips the test where there
// is none. Pages run no scripts unless scripts is true.
func newBrowser(t *testing.T, scripts bool) *browser {
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
		chromedp.Flag("disable-dev-shm-usage", true),
	)
	ctx, quit := chromedp.NewContext(ctx)
	t.Cleanup(func() { quit(); end(); stop() })
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatalf("%s does not start: %v", path, err)
	}
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// note keeps what the browser complains of.
func (b *browser) note(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.messages = append(b.messages, e.Entry.Text)
	}
}

// do carries out steps in the tab.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// click clicks on what an XPath names, and waits until what another one names is
// there.
func (b *browser) click(path, then string) {
	b.t.Helper()
	b.do(path, chromedp.Click(chromedp.Search(path)), chromedp.WaitVisible(chromedp.Search(then)))
}

// fill types a text.
func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.do(selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// value evaluates an expression, which the browser does for us even where pages
// run no scripts.
func value[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to be true.
func (b *browser) until(expression string) {
	b.t.Helper()
	for !value[bool](b, expression) {
		// The context ends it.
	}
}

// texts are those of all elements that a selector names.
func (b *browser) texts(selector string) []string {
	b.t.Helper()
	return value[[]string](b, fmt.Sprintf("[...document.querySelectorAll(%q)].map(e => e.innerText.trim())", selector))
}

// complaints are what the console says besides that there is no icon.
func (b *browser) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.messages), func(m string) bool { return strings.Contains(m, "favicon") })
}

const oddName = `春茶 a+b&c="d"<i>.jpg`

// A person looks at pictures and deletes one, in a browser that runs no scripts.
func TestPageInBrowser(t *testing.T) {
	b := newBrowser(t, false)
	w := newWorld(t, cos.Options{Unsigned: true})
	jpeg := &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "image/jpeg"}}
	for _, key := range []string{"图片/large.jpg", "图片/" + oddName, "图片/more/x.jpg"} {
		w.put(t, key, photo(t, 1200, 800), jpeg)
	}
	w.put(t, "图片/notes.txt", "notes", nil)

	b.do("the page", chromedp.Navigate(w.address+"/"))
	same(t, "buckets", strings.Join(b.texts(".folders li"), " "), otherName+" "+bucketName)
	b.click(`//a[contains(., "`+bucketName+`")]`, `//a[contains(., "图片")]`)
	b.click(`//main//a[contains(., "图片")]`, `//ul[@class="objects"]`)
	same(t, "path", strings.Join(b.texts("nav li"), " "), "Buckets "+bucketName+" 图片")
	same(t, "folders", strings.Join(b.texts(".folders li"), " "), "more")
	same(t, "objects", strings.Join(b.texts(".name"), "|"), "large.jpg|notes.txt|"+oddName)
	about := b.texts(".about")
	if len(about) != 3 || !strings.Contains(about[0], "KB image/jpeg") || !strings.Contains(about[1], "5 B application/octet-stream") {
		t.Errorf("sizes and types: %q", about)
	}

	// Pictures come when they are looked at.
	b.until(`[...document.images].every(i => i.complete)`)
	same(t, "thumbnails", value[int](b, `document.images.length`), 2)
	same(t, "the widest", value[int](b, `Math.max(...[...document.images].map(i => i.naturalWidth))`), 320)
	same(t, "the narrowest", value[int](b, `Math.min(...[...document.images].map(i => i.naturalWidth))`), 320)

	// Nothing is wider than a phone.
	b.do("a phone", chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateScale(2)))
	if width := value[int](b, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}

	remove := `//li[.//bdi[contains(., "春茶")]]//a[@class="delete"]`
	b.click(remove, `//button[.="Delete"]`)
	same(t, "question", strings.Join(b.texts("h1"), " "), "Delete "+oddName+"?")
	b.click(`//a[.="Keep it"]`, `//ul[@class="objects"]`)
	same(t, "objects that were kept", len(b.texts(".name")), 3)
	b.click(remove, `//button[.="Delete"]`)
	b.click(`//button[.="Delete"]`, `//ul[@class="objects"]`)
	same(t, "objects that are left", strings.Join(b.texts(".name"), "|"), "large.jpg|notes.txt")
	_, err := w.Object.Head(t.Context(), "图片/"+oddName, nil)
	want(t, err, http.StatusNotFound, "")
	same(t, "complaints of the browser", strings.Join(b.complaints(), "\n"), "")
}

// A store with keys asks for them, and what somebody stored runs no script.
func TestPageOfStoreWithKeys(t *testing.T) {
	b := newBrowser(t, true)
	w := newWorld(t, cos.Options{Private: true})
	html := &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "text/html"}}
	w.put(t, "evil.html", `<title>still</title><script>document.title = "ran"</script>`, html)

	b.do("the page", chromedp.Navigate(w.address+"/?page=folder&bucket="+bucketName))
	same(t, "question", strings.Join(b.texts("h1"), " "), "Sign in")
	b.fill(`input[name=id]`, keys.ID)
	b.fill(`input[name=key]`, "not the secret")
	b.click(`//button[.="Sign in"]`, `//p[@role="alert"]`)
	b.do("again", chromedp.Navigate(w.address+"/"))
	b.fill(`input[name=id]`, keys.ID)
	b.fill(`input[name=key]`, keys.Key)
	b.click(`//button[.="Sign in"]`, `//ul[@class="folders"]`)
	b.click(`//a[contains(., "`+bucketName+`")]`, `//ul[@class="objects"]`)
	b.do("the object", chromedp.Click(chromedp.CSS(".name a")))
	b.until(`document.querySelector("nav") === null && document.readyState === "complete"`)
	same(t, "title", value[string](b, "document.title"), "still")
	b.do("back", chromedp.Navigate(w.address+"/"))
	b.click(`//button[.="Sign out"]`, `//h1[.="Sign in"]`)
	b.do("the folder", chromedp.Navigate(w.address+"/?page=folder&bucket="+bucketName))
	same(t, "after that", strings.Join(b.texts("h1"), " "), "Sign in")
}
