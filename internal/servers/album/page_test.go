package album_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/kit/browsertest"
)

// serve serves an album from a folder, as the program does.
func serve(t *testing.T, opt album.Options) (url string, store *folder.Store) {
	t.Helper()
	store, err := folder.Open(folder.Options{Dir: t.TempDir(), NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	opt.Store = store
	server, err := album.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	running, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0", Limits: kit.Limits{ClientRate: -1}}, server.App())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := running.Wait(); err != nil {
			t.Error(err)
		}
	})
	return running.URL(), store
}

// landscape is a picture that a person can tell from the others.
func landscape(n, width, height int) string {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	hue := func(phase float64) float64 { return 0.55 + 0.45*math.Sin(float64(n)*1.3+phase) }
	sky := color.NRGBA{uint8(255 * hue(0)), uint8(255 * hue(2)), uint8(255 * hue(4)), 255}
	for x := range width {
		top := height/2 + int(float64(height)/8*math.Sin(float64(x)/float64(width)*7+float64(n)))
		for y := range height {
			c := sky
			if y > top {
				c = color.NRGBA{sky.B / 3, sky.R/3 + 40, sky.G / 3, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.String()
}

// files writes pictures that a person has on the computer.
func files(t *testing.T, contents map[string]string) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func choose(b *browsertest.Browser, paths []string) {
	b.Do("choosing files", chromedp.SetUploadFiles(chromedp.CSS("#files"), paths))
}

// touch moves a finger over the screen.
func touch(b *browsertest.Browser, points ...[2]float64) {
	send := func(kind input.DispatchTouchEventType, at []*input.TouchPoint) {
		b.Do(string(kind), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: at})
			return chromedp.Void{}, err
		})
	}
	kind := input.DispatchTouchEventTypeTouchStart
	for _, p := range points {
		send(kind, []*input.TouchPoint{{X: p[0], Y: p[1]}})
		kind = input.DispatchTouchEventTypeTouchMove
	}
	send(input.DispatchTouchEventTypeTouchEnd, []*input.TouchPoint{})
}

const (
	grown    = `document.querySelectorAll("#grid button").length === `
	position = `document.querySelector("#position").textContent === `
)

// A person with a phone uploads pictures, looks at them and deletes one.
func TestPageOnPhone(t *testing.T) {
	t.Parallel()
	b := browsertest.New(t, true)
	url, _ := serve(t, album.Options{})
	b.Phone()
	b.Do("the page", chromedp.Navigate(url+"/"))
	b.Until(`!document.querySelector("#empty").hidden`)
	b.Show("album-empty")

	b.Until(`document.querySelector("#language").textContent !== ""`)
	if browsertest.Value[string](b, `document.documentElement.lang`) == "en" {
		b.Do("Chinese", chromedp.Click(chromedp.CSS("#language")))
	}
	b.Until(`document.title === "相册"`)
	same(t, "in Chinese", b.Texts("h1, #empty, #language"), []string{"相册", "English", "还没有图片。点右下角的加号，选几张上传吧。"})

	contents := map[string]string{"文字.jpg": "no picture", "大.png": padded(pngOf(photo(1, 1)), album.MaxUpload+1)}
	for i := range 7 {
		contents[fmt.Sprintf("%d.jpg", i)] = landscape(i, 900, 600)
	}
	choose(b, files(t, contents))
	b.Until(grown + "7")
	b.Until(`document.querySelectorAll("#uploads li").length === 2 && document.querySelectorAll("#uploads .failed").length === 2`)
	states := strings.Join(b.Texts("#uploads .state"), " ")
	if !strings.Contains(states, "仅jpg/png格式") || !strings.Contains(states, "单个不超过5MB") {
		t.Errorf("what failed says %q", states)
	}
	b.Until(`[...document.querySelectorAll("#grid img")].every(i => i.complete && i.naturalWidth > 0)`)
	b.Show("album-failed")
	same(t, "count", b.Texts("#count"), []string{"7 张"})
	b.Do("dismissing", chromedp.Click(chromedp.Search(`//li[.//*[.="单个不超过5MB"]]//button`)))
	b.Until(`document.querySelectorAll("#uploads li").length === 1`)
	if width := browsertest.Value[int](b, `document.documentElement.scrollWidth`); width > 360 {
		t.Errorf("the page is %d pixels wide on a phone of 360", width)
	}

	// After a reload the pictures come from the listing, as thumbnails.
	b.Do("again", chromedp.Navigate(url+"/"))
	b.Until(grown + "7")
	b.Until(`[...document.querySelectorAll("#grid img")].every(i => i.complete && i.naturalWidth > 0)`)
	same(t, "widest thumbnail", browsertest.Value[int](b, `Math.max(...[...document.querySelectorAll("#grid img")].map(i => i.naturalWidth))`), 360)
	same(t, "language", browsertest.Value[string](b, `document.title`), "相册")
	b.Show("album-grid")

	b.Do("the first", chromedp.Click(chromedp.CSS("#grid li:first-child button")))
	b.Until(position + `"1 / 7"`)
	b.Until(`document.querySelector(".slide:nth-child(2) img").naturalWidth === 900`)
	b.Show("album-viewer")
	first := browsertest.Value[string](b, `document.querySelector("#save").href`)
	left := func(from, to float64) {
		touch(b, [2]float64{from, 300}, [2]float64{(from + to) / 2, 302}, [2]float64{to, 304})
	}
	left(300, 60)
	b.Until(position + `"2 / 7"`)
	left(60, 300)
	b.Until(position + `"1 / 7"`)
	left(60, 300) // before the first one there is nothing
	left(300, 280)
	b.Until(position + `"1 / 7" && document.querySelector(".slide:nth-child(2)").getBoundingClientRect().left === 0`)
	same(t, "the same picture", browsertest.Value[string](b, `document.querySelector("#save").href`), first)
	same(t, "its name", strings.HasSuffix(first, browsertest.Value[string](b, `document.querySelector("#save").download`)), true)

	b.Do("delete", chromedp.Click(chromedp.CSS("#delete")), chromedp.WaitVisible(chromedp.CSS("#question")))
	b.Show("album-question")
	b.Do("keep", chromedp.Click(chromedp.CSS(`#question [value=no]`)), chromedp.WaitNotVisible(chromedp.CSS("#question")))
	b.Until(position + `"1 / 7"`)
	b.Do("delete", chromedp.Click(chromedp.CSS("#delete")), chromedp.WaitVisible(chromedp.CSS("#question")))
	b.Do("yes", chromedp.Click(chromedp.CSS(`#question [value=yes]`)))
	b.Until(position + `"1 / 6"`)
	same(t, "another picture", browsertest.Value[string](b, `document.querySelector("#save").href`) != first, true)
	b.Do("close", chromedp.Click(chromedp.CSS("#close")), chromedp.WaitNotVisible(chromedp.CSS("#viewer")))
	b.Until(grown + "6")
	same(t, "complaints of the browser", strings.Join(b.Complaints(), "\n"), "")
}

// A person with a keyboard, and a token.
func TestPageWithKeyboardAndToken(t *testing.T) {
	t.Parallel()
	b := browsertest.New(t, true)
	url, store := serve(t, album.Options{Token: "a long token"})
	for i := range 100 {
		if err := store.Put(t.Context(), fmt.Sprintf("%d-%03d.jpg", time.Now().UnixMilli(), i), album.Content{
			Type: "image/jpeg", Head: []byte(landscape(i, 300, 200)),
		}); err != nil {
			t.Fatal(err)
		}
	}
	b.Do("the page", chromedp.Navigate(url+"/"))
	b.Until(`document.querySelector("#language").textContent !== ""`)
	if browsertest.Value[string](b, `document.documentElement.lang`) != "en" {
		b.Do("English", chromedp.Click(chromedp.CSS("#language")))
	}
	b.Until(`document.querySelectorAll("#grid button").length >= 60`)
	same(t, "in English", b.Texts("h1, #language"), []string{"Album", "中文"})
	b.Show("album-desktop")

	// The rest comes when somebody gets there.
	b.Do("the end", chromedp.ScrollIntoView(chromedp.CSS("#grid li:last-child")))
	b.Until(grown + "100")
	same(t, "count", b.Texts("#count"), []string{"100 pictures"})

	b.Do("the first", chromedp.Focus(chromedp.CSS("#grid li:first-child button")))
	b.Key(kb.ArrowRight)
	b.Key(kb.Enter)
	b.Until(position + `"2 / 100"`)
	b.Key(kb.ArrowRight)
	b.Until(position + `"3 / 100"`)
	b.Key(kb.ArrowLeft)
	b.Until(position + `"2 / 100"`)
	b.Key(kb.End)
	b.Until(position + `"100 / 100"`)
	b.Key(kb.ArrowRight)
	b.Key(kb.Home)
	b.Until(position + `"1 / 100"`)

	b.Key(kb.Delete)
	b.Do("question", chromedp.WaitVisible(chromedp.CSS("#question")))
	b.Do("yes", chromedp.Click(chromedp.CSS(`#question [value=yes]`)), chromedp.WaitVisible(chromedp.CSS("#ask")))
	b.Show("album-token")
	b.Fill("#token", "not the token")
	b.Key(kb.Enter)
	b.Until(`document.querySelector("#ask label").textContent === "That is not the token" && document.querySelector("#token").value === ""`)
	b.Fill("#token", "a long token")
	b.Key(kb.Enter)
	b.Until(position + `"1 / 99"`)
	b.Key(kb.Escape)
	b.Until(`!document.querySelector("#viewer").open && document.activeElement.closest("#grid") !== null`)

	choose(b, files(t, map[string]string{"1.jpg": landscape(1, 300, 200)}))
	b.Until(grown + "100") // with the token that is known by now
	same(t, "complaints of the browser", strings.Join(b.Complaints(), "\n"), "")
}
