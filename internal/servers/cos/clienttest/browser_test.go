package clienttest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos"
	"github.com/wecos-go/wecos/internal/servers/kit/browsertest"
)

const oddName = `春茶 a+b&c="d"<i>.jpg`

// A person looks at pictures and deletes one, in a browser that runs no scripts.
func TestPageInBrowser(t *testing.T) {
	b := browsertest.New(t, false)
	w := newWorld(t, cos.Options{Unsigned: true})
	jpeg := &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "image/jpeg"}}
	for _, key := range []string{"图片/large.jpg", "图片/" + oddName, "图片/more/x.jpg"} {
		w.put(t, key, photo(t, 1200, 800), jpeg)
	}
	w.put(t, "图片/notes.txt", "notes", nil)

	b.Do("the page", chromedp.Navigate(w.address+"/"))
	same(t, "buckets", strings.Join(b.Texts(".folders li"), " "), otherName+" "+bucketName)
	b.Click(`//a[contains(., "`+bucketName+`")]`, `//a[contains(., "图片")]`)
	b.Click(`//main//a[contains(., "图片")]`, `//ul[@class="objects"]`)
	same(t, "path", strings.Join(b.Texts("nav li"), " "), "Buckets "+bucketName+" 图片")
	same(t, "folders", strings.Join(b.Texts(".folders li"), " "), "more")
	same(t, "objects", strings.Join(b.Texts(".name"), "|"), "large.jpg|notes.txt|"+oddName)
	about := b.Texts(".about")
	if len(about) != 3 || !strings.Contains(about[0], "KB image/jpeg") || !strings.Contains(about[1], "5 B application/octet-stream") {
		t.Errorf("sizes and types: %q", about)
	}

	// Pictures come when they are looked at.
	b.Until(`[...document.images].every(i => i.complete)`)
	same(t, "thumbnails", browsertest.Value[int](b, `document.images.length`), 2)
	same(t, "the widest", browsertest.Value[int](b, `Math.max(...[...document.images].map(i => i.naturalWidth))`), 320)
	same(t, "the narrowest", browsertest.Value[int](b, `Math.min(...[...document.images].map(i => i.naturalWidth))`), 320)

	// Nothing is wider than a phone.
	b.Do("a phone", chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateScale(2)))
	if width := browsertest.Value[int](b, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}

	remove := `//li[.//bdi[contains(., "春茶")]]//a[@class="delete"]`
	b.Click(remove, `//button[.="Delete"]`)
	same(t, "question", strings.Join(b.Texts("h1"), " "), "Delete "+oddName+"?")
	b.Click(`//a[.="Keep it"]`, `//ul[@class="objects"]`)
	same(t, "objects that were kept", len(b.Texts(".name")), 3)
	b.Click(remove, `//button[.="Delete"]`)
	b.Click(`//button[.="Delete"]`, `//ul[@class="objects"]`)
	same(t, "objects that are left", strings.Join(b.Texts(".name"), "|"), "large.jpg|notes.txt")
	_, err := w.Object.Head(t.Context(), "图片/"+oddName, nil)
	want(t, err, http.StatusNotFound, "")
	same(t, "complaints of the browser", strings.Join(b.Complaints(), "\n"), "")
}

// A store with keys asks for them, and what somebody stored runs no script.
func TestPageOfStoreWithKeys(t *testing.T) {
	b := browsertest.New(t, true)
	w := newWorld(t, cos.Options{Private: true})
	html := &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "text/html"}}
	w.put(t, "evil.html", `<title>still</title><script>document.title = "ran"</script>`, html)

	b.Do("the page", chromedp.Navigate(w.address+"/?page=folder&bucket="+bucketName))
	same(t, "question", strings.Join(b.Texts("h1"), " "), "Sign in")
	b.Fill(`input[name=id]`, keys.ID)
	b.Fill(`input[name=key]`, "not the secret")
	b.Click(`//button[.="Sign in"]`, `//p[@role="alert"]`)
	b.Do("again", chromedp.Navigate(w.address+"/"))
	b.Fill(`input[name=id]`, keys.ID)
	b.Fill(`input[name=key]`, keys.Key)
	b.Click(`//button[.="Sign in"]`, `//ul[@class="folders"]`)
	b.Click(`//a[contains(., "`+bucketName+`")]`, `//ul[@class="objects"]`)
	b.Do("the object", chromedp.Click(chromedp.CSS(".name a")))
	b.Until(`document.querySelector("nav") === null && document.readyState === "complete"`)
	same(t, "title", browsertest.Value[string](b, "document.title"), "still")
	b.Do("back", chromedp.Navigate(w.address+"/"))
	b.Click(`//button[.="Sign out"]`, `//h1[.="Sign in"]`)
	b.Do("the folder", chromedp.Navigate(w.address+"/?page=folder&bucket="+bucketName))
	same(t, "after that", strings.Join(b.Texts("h1"), " "), "Sign in")
}
