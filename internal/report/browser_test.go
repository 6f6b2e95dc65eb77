package report

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// chromium starts a browser that ends with the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		t.Skip("chromium is not installed: nobody looks at the page in a browser")
	}
	profile := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx,
		chromedp.ExecPath(program), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
	)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil { // waits for the browser to end
			t.Log(err)
		}
		cancel()
	})
	return ctx
}

// look is what a person would see of the page.
type look struct {
	Overflow   bool     // it is wider than the window
	Shown      []string // classes of the maps that are visible
	Outside    int      // tiles that stick out of their package
	Tiles      int
	Covered    float64 // how much of the map its packages cover
	Clipped    int     // headings that are higher than their room
	Scripts    int
	Foreign    int // elements that load something
	Background string
	Unreadable int // rows of the tables without a width
	FirstTitle string
}

const lookScript = `(() => {
	const maps = [...document.querySelectorAll('.map')].filter(m => m.offsetParent !== null);
	const tiles = [...maps[0].querySelectorAll('.tile')], packs = [...maps[0].querySelectorAll('.pack')];
	const area = r => r.width * r.height;
	const out = tiles.filter(t => {
		const a = t.getBoundingClientRect(), b = t.parentElement.getBoundingClientRect();
		return a.left < b.left - 1.5 || a.right > b.right + 1.5 || a.top < b.top - 1.5 || a.bottom > b.bottom + 1.5;
	});
	return {
		Overflow: document.documentElement.scrollWidth > window.innerWidth,
		Shown: maps.map(m => m.classList[1]), Outside: out.length, Tiles: tiles.length,
		Covered: packs.reduce((n, p) => n + area(p.getBoundingClientRect()), 0) / area(maps[0].getBoundingClientRect()),
		Clipped: [...maps[0].querySelectorAll('h3')].filter(h => h.getBoundingClientRect().height > 19).length,
		Scripts: document.scripts.length, Foreign: document.querySelectorAll('[src],[href]').length,
		Background: getComputedStyle(document.body).backgroundColor,
		Unreadable: [...document.querySelectorAll('td')].filter(c => c.offsetParent !== null && c.textContent !== '' && c.getBoundingClientRect().width < 20).length,
		FirstTitle: tiles.map(t => t.title).find(t => t.includes('script')) || '',
	};
})()`

// seen opens the page on a screen.
func seen(ctx context.Context, address, scheme string, screen emulation.SetDeviceMetricsOverrideParams) (look, error) {
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, screen); err != nil {
		return look{}, err
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		return look{}, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return look{}, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[look](lookScript))
}

// TestHTMLInABrowser looks at the page as a person would: on a desk and on a
// phone, by day and by night.
func TestHTMLInABrowser(t *testing.T) {
	ctx := chromium(t)
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(htmlOf(t, measured())), 0o600); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
	var lock sync.Mutex
	var asked []string
	err := chromedp.Listen(ctx, func(ev any) {
		if r, ok := ev.(*network.EventRequestWillBeSent); ok {
			lock.Lock()
			asked = append(asked, r.Request.URL)
			lock.Unlock()
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err != nil {
		t.Fatalf("chromium does not start: %v", err)
	}
	pages := 0
	for _, screen := range []struct {
		width, height int64
		mobile        bool
		shown         string
	}{{1280, 900, false, "wide"}, {390, 844, true, "tall"}, {320, 568, true, "tall"}} {
		background := map[string]bool{}
		for _, scheme := range []string{"light", "dark"} {
			l, err := seen(ctx, address, scheme, emulation.SetDeviceMetricsOverrideParams{
				Width: screen.width, Height: screen.height, DeviceScaleFactor: 1, Mobile: screen.mobile,
			})
			if err != nil {
				t.Fatal(err)
			}
			pages++
			background[l.Background] = true
			if l.Overflow || len(l.Shown) != 1 || l.Shown[0] != screen.shown || l.Outside > 0 || l.Tiles < 20 || l.Covered < 0.99 || l.Clipped > 0 ||
				l.Unreadable > 0 || l.Scripts > 0 || l.Foreign > 0 || l.FirstTitle == "" {
				t.Errorf("%d wide, %s: %+v", screen.width, scheme, l)
			}
		}
		if len(background) != 2 {
			t.Errorf("%d wide: by day and by night the page is %v", screen.width, background)
		}
	}
	lock.Lock()
	defer lock.Unlock()
	if len(asked) != pages {
		t.Errorf("%d pages, but the browser asked for %q", pages, asked)
	}
}
