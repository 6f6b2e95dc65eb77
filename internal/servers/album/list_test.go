package album_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
	"github.com/wecos-go/wecos/internal/servers/kit"
)

const listPath = "/applet/album/list"

func TestList(t *testing.T) {
	w := newWorld(t, album.Options{})
	w.says("an empty album", w.get(listPath), `{"code":0,"msg":"ok","data":[]}`)

	w = newWorld(t, album.Options{})
	w.put("b.jpg", "a.png", "c.gif", "d.JPG", "e.jpeg", "f", "g.jpg.txt", "Z.jpg", "p/q.png", "相 +%&.jpg")
	const at = `"$URL/applet/album/picture/`
	w.says("keys ascending", w.get(listPath), `{"code":0,"msg":"ok","data":[`+
		at+`Z.jpg",`+at+`a.png",`+at+`b.jpg",`+at+`p/q.png",`+at+`%E7%9B%B8%20%2B%25%26.jpg"]}`)
	w.says("a question that asks nothing", w.get(listPath+"?t=1700000000&x=a%20b"), w.get(listPath).body)
}

func TestListOfFolder(t *testing.T) {
	w := newWorld(t, album.Options{Folder: "/pics"})
	w.put("a.jpg", "pics/b.jpg", "pics/c/d.jpg", "pics2/e.jpg", "pics.jpg")
	const at = `"$URL/applet/album/picture/pics/`
	w.says("the folder", w.get(listPath), `{"code":0,"msg":"ok","data":[`+at+`b.jpg",`+at+`c/d.jpg"]}`)
	same(t, "a picture outside", w.get("/applet/album/picture/a.jpg").status, http.StatusNotFound)
}

// All pictures are listed, however many a service lists at once.
func TestListIsComplete(t *testing.T) {
	w := newWorld(t, album.Options{})
	for i := range 1234 {
		w.put(fmt.Sprintf("%04d.jpg", i))
	}
	same(t, "pictures", len(w.page("").Data), 1234)
}

// pageOf is a reply to list.
type pageOf struct {
	Code         int
	Msg          string
	Data, Thumbs []string
	Next         string
}

// page lists with a query; addresses lose what they have in common.
func (w *world) page(query string) (p pageOf) {
	w.Helper()
	got := w.get(listPath + query)
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != http.StatusOK {
		w.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	for _, list := range [][]string{p.Data, p.Thumbs} {
		for i := range list {
			list[i] = strings.TrimPrefix(list[i], w.url+"/applet/album/picture/")
		}
	}
	return p
}

func TestPages(t *testing.T) {
	for order, want := range map[string][]string{
		"":       {"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"},
		"key":    {"a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"},
		"newest": {"a.jpg", "e.jpg", "c.jpg", "b.jpg", "d.jpg"},
	} {
		clock := time.UnixMilli(1_700_000_000_000)
		w := newWorld(t, album.Options{Store: &storetest.Memory{Now: func() time.Time { return clock }}})
		for _, key := range []string{"d.jpg", "b.jpg", "c.jpg", "e.jpg", "a.jpg"} {
			if key != "c.jpg" { // which has the time of b.jpg
				clock = clock.Add(time.Second)
			}
			w.put(key)
		}
		same(t, order, w.page("?order="+order), pageOf{Msg: "ok", Data: want})
		for limit := 1; limit <= 6; limit++ {
			var all []string
			marker := ""
			for range 7 {
				p := w.page(fmt.Sprintf("?order=%s&limit=%d&marker=%s", order, limit, url.QueryEscape(marker)))
				if len(p.Data) > limit {
					t.Errorf("%d pictures, limit %d", len(p.Data), limit)
				}
				all = append(all, p.Data...)
				if marker = p.Next; marker == "" {
					break
				}
			}
			same(t, fmt.Sprintf("pages of %d, order %q", limit, order), all, want)
		}
		// The picture at which a page ended may be deleted before the next one.
		first := w.page("?limit=2&order=" + order)
		w.delete("/" + first.Data[1])
		rest := w.page("?order=" + order + "&marker=" + url.QueryEscape(first.Next))
		same(t, "after a deletion, order "+order, rest.Data, want[2:])
	}
}

// Pictures of the same millisecond are all there, whatever the store says of
// their order within it.
func TestPagesOfOneMillisecond(t *testing.T) {
	clock := time.UnixMilli(1_700_000_000_000)
	w := newWorld(t, album.Options{Store: &storetest.Memory{Now: func() time.Time { return clock }}})
	for _, key := range []string{"c.jpg", "a.jpg", "d.jpg", "b.jpg"} {
		clock = clock.Add(100 * time.Microsecond)
		w.put(key)
	}
	first := w.page("?order=newest&limit=2")
	second := w.page("?order=newest&limit=2&marker=" + url.QueryEscape(first.Next))
	same(t, "pictures", append(first.Data, second.Data...), []string{"d.jpg", "c.jpg", "b.jpg", "a.jpg"})
}

func TestPageThumbnails(t *testing.T) {
	w := newWorld(t, album.Options{})
	w.put("a.jpg", "b c.jpg")
	same(t, "page", w.page("?w=240&limit=2"), pageOf{
		Msg: "ok", Data: []string{"a.jpg", "b%20c.jpg"}, Thumbs: []string{"a.jpg?w=240", "b%20c.jpg?w=240"},
	})
}

func TestListParameterErrors(t *testing.T) {
	w := newWorld(t, album.Options{})
	for _, query := range []string{
		"limit=0", "limit=-1", "limit=1001", "limit=x", "limit=1.5", "limit=99999999999999999999",
		"limit=1&limit=1", "marker=a.jpg&marker=a.jpg", "order=key&order=newest", "w=120&w=240", "marker=%zz", "limit=1&x=%", "limit=1;marker=a",
		"w=1", "w=241", "w=x", "w=-240", "order=oldest", "order=newest&marker=a.jpg", "order=newest&marker=x%2Fa.jpg",
	} {
		w.says(query, w.get(listPath+"?"+query), `{"code":-1,"msg":"参数错误","data":{}}`)
	}
}

// A listing is made once, until something changes here or it is too old.
func TestListIsKept(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	w := newWorld(t, album.Options{ListAge: time.Minute, Now: func() time.Time { return now }})
	lists := func(want int) {
		t.Helper()
		if got := w.memory.Lists(); got != want {
			t.Errorf("%d listings were made, want %d", got, want)
		}
	}
	for range 5 {
		w.page("")
		w.page("?limit=1")
	}
	lists(1)
	w.put("elsewhere.jpg") // without the server
	same(t, "pictures", len(w.page("").Data), 0)
	address := w.uploaded(pngOf(photo(1, 1)))
	same(t, "after an upload", len(w.page("").Data), 2)
	lists(2)
	w.delete(pathOf(t, address))
	same(t, "after a deletion", len(w.page("").Data), 1)
	lists(3)
	w.upload("no picture")
	w.delete("/../x")
	w.page("")
	lists(3)
	w.put("again.jpg")
	now = now.Add(59 * time.Second)
	same(t, "while it is young", len(w.page("").Data), 1)
	now = now.Add(time.Second)
	same(t, "when it is old", len(w.page("").Data), 2)
	lists(4)
}

func TestListAges(t *testing.T) {
	for age, want := range map[time.Duration]int{0: 1, -1: 3} {
		w := newWorld(t, album.Options{ListAge: age})
		for range 3 {
			w.page("")
		}
		same(t, age.String(), w.memory.Lists(), want)
	}
}

// A listing that was begun before an upload does not hide it.
func TestListDuringUpload(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	var once sync.Once
	store := &storetest.Memory{}
	store.Fail = func(op, _ string) error {
		if op == "list" {
			once.Do(func() {
				begun <- true
				<-goOn
			})
		}
		return nil
	}
	w := newWorld(t, album.Options{Store: store})
	w.put("0.jpg") // at which the first listing stops
	var early pageOf
	var done sync.WaitGroup
	done.Go(func() { early = w.page("") })
	<-begun
	w.uploaded(pngOf(photo(1, 1)))
	close(goOn)
	same(t, "asked after the upload", len(w.page("").Data), 2)
	done.Wait()
	same(t, "asked before it", slices.Contains(early.Data, "0.jpg"), true)
	same(t, "asked later", len(w.page("").Data), 2)
}

// Those who ask at the same time share one listing.
func TestListsAtOnce(t *testing.T) {
	begun, goOn := make(chan bool), make(chan bool)
	var once sync.Once
	store := &storetest.Memory{}
	store.Fail = func(op, _ string) error {
		if op == "list" {
			once.Do(func() {
				begun <- true
				<-goOn
			})
		}
		return nil
	}
	w := newWorld(t, album.Options{Store: store})
	w.put("0.jpg") // at which the listing stops
	var all sync.WaitGroup
	all.Go(func() { w.page("") })
	<-begun
	for range 10 {
		all.Go(func() { same(t, "pictures", len(w.page("").Data), 1) })
	}
	close(goOn)
	all.Wait()
	same(t, "listings", store.Lists(), 1)
}

func TestListETag(t *testing.T) {
	w := newWorld(t, album.Options{})
	w.put("a.jpg")
	first := w.get(listPath)
	tag := first.header.Get("Etag")
	if !strings.HasPrefix(tag, `W/"`) {
		t.Errorf("ETag %q is not weak", tag)
	}
	w.header.Set("If-None-Match", tag)
	got := w.get(listPath)
	if got.status != http.StatusNotModified || got.body != "" {
		t.Errorf("%d %q", got.status, got.body)
	}
	w.uploaded(pngOf(photo(1, 1)))
	if got := w.get(listPath); got.status != http.StatusOK || got.header.Get("Etag") == tag {
		t.Errorf("after an upload: %d %s", got.status, got.header.Get("Etag"))
	}
}

// A failure is one for the client too, and is not kept.
func TestListStorageFailure(t *testing.T) {
	store := new(storetest.Memory)
	w := newWorld(t, album.Options{Store: store})
	w.put("a.jpg")
	store.Fail = func(string, string) error { return errors.New("dial tcp 10.0.0.7: secret") }
	w.says("failure", w.get(listPath), `{"code":-1,"msg":"failed","data":{}}`)
	store.Fail = nil
	same(t, "after that", len(w.page("").Data), 1)
}

// Addresses are those by which the client reached the server, unless they are
// configured.
func TestAddresses(t *testing.T) {
	w := newWorld(t, album.Options{PublicURL: "https://album.example.com/x/"})
	w.put("a.jpg")
	w.says("configured", w.get(listPath), `{"code":0,"msg":"ok","data":["https://album.example.com/x/applet/album/picture/a.jpg"]}`)
	for _, base := range []string{"/", "/a/b", "/a/b/"} {
		w := newWorld(t, album.Options{Base: base})
		w.put("a.jpg")
		base = strings.TrimRight(base, "/")
		got := w.get(base + "/album/list")
		w.says(base, got, `{"code":0,"msg":"ok","data":["$URL`+base+`/album/picture/a.jpg"]}`)
		same(t, "the picture", w.get(base+"/album/picture/a.jpg").body, "a.jpg")
	}
}

// Behind a proxy that is trusted, addresses are those that it was asked for, and
// its page is the server's own.
func TestAddressesBehindProxy(t *testing.T) {
	store := new(storetest.Memory)
	server, err := album.New(album.Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	s, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, server.App())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		stop()
		if err := s.Wait(); err != nil {
			t.Error(err)
		}
	}()
	w := &world{T: t, url: s.URL(), memory: store, header: http.Header{}}
	w.put("a.jpg")
	w.header.Set("X-Forwarded-Host", "album.example:8443")
	w.header.Set("X-Forwarded-Proto", "https")
	w.header.Set("Origin", "https://album.example:8443")
	w.says("a list", w.get(listPath), `{"code":0,"msg":"ok","data":["https://album.example:8443/applet/album/picture/a.jpg"]}`)
	w.says("its page", w.delete("/a.jpg"), deleted)
	w.header.Set("Origin", "https://evil.example")
	w.says("another page", w.delete("/a.jpg"), forbidden)
}

func TestRoutes(t *testing.T) {
	w := newWorld(t, album.Options{})
	w.put("a.jpg")
	for _, route := range []string{
		"POST /applet/album/list", "GET /applet/album/upload", "GET /applet/album/delete", "PUT /applet/album/list",
		"DELETE /applet/album/picture/a.jpg", "POST /applet/album/picture/a.jpg", "OPTIONS /applet/album/list",
		"GET /applet/album/list/", "GET /applet/Album/list", "GET /Applet/album/list", "GET /applet//album/list",
		"GET /applet/album/%6cist", "GET /album/list", "GET /applet/album", "GET /applet", "GET /applet/album/picture/",
		"GET /applet/album/picture/none.jpg", "GET /applet/album/picture/../list", "GET /applet/album/picture/%2e%2e/a.jpg",
		"GET /applet/album/picture/%zz", "GET /none", "POST /", "GET /index.htm",
	} {
		method, path, _ := strings.Cut(route, " ")
		if strings.Contains(path, "%zz") {
			continue // no client of ours sends it
		}
		if got := w.do(method, path, "", nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", route, got.status, got.body)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	store := new(storetest.Memory)
	for name, opt := range map[string]album.Options{
		"no store":             {},
		"a store of neither":   {Store: struct{ album.Store }{store}},
		"a base without slash": {Store: store, Base: "applet"},
		"a folder above":       {Store: store, Folder: "/../x"},
		"a folder with %":      {Store: store, Folder: "100%"},
		"an address of a file": {Store: store, PublicURL: "file:///x"},
		"an address without":   {Store: store, PublicURL: "example.com"},
		"an address with more": {Store: store, PublicURL: "https://example.com/?x"},
	} {
		if _, err := album.New(opt); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
