package web_test

import (
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/cos/web"
)

// shelf is a Store of one bucket.
type shelf struct{ *disk.Store }

func (s shelf) Buckets() []string { return []string{"b-1"} }

func (s shelf) Open(name string) (*disk.Store, func(), error) {
	if name != "b-1" {
		return nil, nil, &web.Error{Status: 404, Message: "no bucket <b>"}
	}
	return s.Store, func() {}, nil
}

func (s shelf) ServeObject(w http.ResponseWriter, _ *http.Request, _, key string) error {
	_, err := io.WriteString(w, "content of "+key)
	return err
}

func (s shelf) ServeThumbnail(http.ResponseWriter, *http.Request, string, string) error {
	return errors.New("a path of the disk")
}

// desk is a Site, and a browser's cookies.
type desk struct {
	t       *testing.T
	site    *web.Site
	store   *disk.Store
	cookies map[string]string
}

const home = "http://localhost:9000"

func newDesk(t *testing.T, opt web.Options, keys ...string) *desk {
	t.Helper()
	store, err := disk.Open(t.TempDir(), disk.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for _, key := range keys {
		if _, err := store.Put(key, strings.NewReader("x"), disk.PutOptions{Size: 1}); err != nil {
			t.Fatal(err)
		}
	}
	opt.Store = shelf{store}
	return &desk{t: t, site: web.New(opt), store: store, cookies: make(map[string]string)}
}

func (d *desk) send(method, path, body string, header ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, home+path, strings.NewReader(body))
	r.Header.Set("Accept", "text/html,*/*")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, v := range d.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: v})
	}
	if !web.Wants(r) {
		d.t.Fatalf("%s %s is not for the page", method, path)
	}
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		d.cookies[c.Name] = c.Value
	}
	return w
}

// post sends a form as a browser does from the page at from.
func (d *desk) post(path, from string, fields url.Values) *httptest.ResponseRecorder {
	d.t.Helper()
	fields = maps.Clone(fields)
	m := regexp.MustCompile(`name="token" value="([^"]+)"`).FindStringSubmatch(d.send("GET", from, "").Body.String())
	if m == nil {
		d.t.Fatalf("no token at %s", from)
	}
	fields.Set("token", m[1])
	return d.send("POST", path, fields.Encode(), "Origin", home, "Content-Type", "application/x-www-form-urlencoded")
}

func (d *desk) status(w *httptest.ResponseRecorder, want int) string {
	d.t.Helper()
	if w.Code != want {
		d.t.Errorf("status %d, want %d: %s", w.Code, want, w.Body)
	}
	return w.Body.String()
}

func (d *desk) has(key string) bool {
	_, err := d.store.Stat(key)
	return err == nil
}

func TestWants(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path string
		header       []string
		want         bool
	}{
		"a browser":           {"GET", "/", []string{"Accept", "text/html,application/xml;q=0.9"}, true},
		"a browser's HEAD":    {"HEAD", "/", []string{"Accept", "text/html"}, true},
		"a program":           {"GET", "/", []string{"Accept", "*/*"}, false},
		"without Accept":      {"GET", "/", nil, false},
		"a client":            {"GET", "/", []string{"Accept", "text/html", "Authorization", "q-ak=x"}, false},
		"an object":           {"GET", "/a.html", []string{"Accept", "text/html"}, false},
		"a listing":           {"GET", "/?prefix=a", []string{"Accept", "text/html"}, false},
		"a new bucket":        {"PUT", "/", []string{"Accept", "text/html"}, false},
		"a picture of it":     {"GET", "/?page=thumbnail&key=a", []string{"Accept", "image/png"}, true},
		"a form of it":        {"POST", "/?page=delete", nil, true},
		"page further back":   {"GET", "/?prefix=a&page=folder", nil, false},
		"page of an object":   {"GET", "/a?page=folder", nil, false},
		"page with signature": {"GET", "/?page=folder&q-signature=x", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, home+tt.path, nil)
			for i := 0; i < len(tt.header); i += 2 {
				r.Header.Set(tt.header[i], tt.header[i+1])
			}
			if got := web.Wants(r); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	d := newDesk(t, web.Options{})
	for _, path := range []string{"/", "/?page=folder&bucket=b-1", "/?page=folder&bucket=none", "/?page=none", "/?page=style"} {
		h := d.send("GET", path, "").Header()
		policy := h.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "script-src") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if keep := h.Get("Cache-Control"); (keep == "no-store") == (path == "/?page=style") {
			t.Errorf("%s: Cache-Control %q", path, keep)
		}
	}
}

func TestRefusedAddresses(t *testing.T) {
	d := newDesk(t, web.Options{}, "a")
	for path, want := range map[string]int{
		"/?page=none": 404, "/?page=folder&bucket=none": 404, "/?page=delete&bucket=b-1&key=none": 404,
		"/?page=folder&bucket=%zz": 400, "/?page=sign-out": 405, "/?page=thumbnail&bucket=b-1&key=a": 500,
		"/?page=sign-in": 303, // nobody has to
	} {
		body := d.status(d.send("GET", path, ""), want)
		if strings.Contains(body, "of the disk") || strings.Contains(body, "bucket <b>") {
			t.Errorf("%s: %s", path, body)
		}
	}
	if w := d.send("PUT", "/?page=folder&bucket=b-1", ""); w.Code != 405 || w.Header().Get("Allow") == "" {
		t.Errorf("PUT: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
	d.status(d.send("POST", "/?page=folder", ""), 405)
}

var (
	links  = regexp.MustCompile(`<a [^>]*href="([^"]+)"`)
	names  = regexp.MustCompile(`<bdi>([^<]*)</bdi>`)
	scenes = regexp.MustCompile(`<img src="([^"]+)"`)
)

func all(re *regexp.Regexp, body string) (list []string) {
	for _, m := range re.FindAllStringSubmatch(body, -1) {
		list = append(list, html.UnescapeString(m[1]))
	}
	return list
}

// Whatever a key holds is shown as text, and its links lead to it.
func TestOddNames(t *testing.T) {
	keys := []string{
		`图片/一 b+c&d=e%25;'()*!~@$,[]?#"<script>.png`, "图片//double", "图片/../up", "图片/\x01\x7f\u202e.txt", "图片/", "图片/javascript:alert(1)",
	}
	d := newDesk(t, web.Options{}, keys...)
	root := d.status(d.send("GET", "/?page=folder&bucket=b-1", ""), 200)
	into := all(links, root)
	body := d.status(d.send("GET", into[len(into)-1], ""), 200)
	if strings.Contains(body, "<script") || strings.ContainsAny(body, "\x01\x7f\u202e") || strings.Contains(body, `href="javascript`) {
		t.Errorf("not shown as text: %s", body)
	}
	want := []string{
		"Buckets", "b-1", "图片", "(no name)", "..", "(this folder)", "␁␡<U+202E>.txt", "javascript:alert(1)", keys[0][len("图片/"):],
	}
	if got := all(names, body); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("names %q, want %q", got, want)
	}
	found := make(map[string]bool)
	var visit func(path string)
	visit = func(path string) {
		for _, l := range all(links, d.status(d.send("GET", path, ""), 200)) {
			u, err := url.Parse(l)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			switch {
			case q.Get("page") == "object":
				found[q.Get("key")] = true
				if got := d.status(d.send("GET", l, ""), 200); got != "content of "+q.Get("key") {
					t.Errorf("%s leads to %q", l, got)
				}
			case q.Get("page") == "folder" && !found["folder "+q.Get("prefix")]:
				found["folder "+q.Get("prefix")] = true
				visit(l)
			}
		}
	}
	visit("/?page=folder&bucket=b-1")
	for _, key := range keys {
		if !found[key] {
			t.Errorf("no link leads to %q", key)
		}
	}
}

func TestThumbnails(t *testing.T) {
	d := newDesk(t, web.Options{})
	for key, kind := range map[string]string{
		"a.png": "image/png", "b.bin": "image/jpeg; q=1", "c.webp": "", "d.svg": "image/svg+xml", "e.txt": "text/plain", "f.png": "text/html",
	} {
		_, err := d.store.Put(key, strings.NewReader("x"), disk.PutOptions{Size: 1, Header: map[string]string{"Content-Type": kind}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.store.Put("empty.png", strings.NewReader(""), disk.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, src := range all(scenes, d.send("GET", "/?page=folder&bucket=b-1", "").Body.String()) {
		q, err := url.ParseQuery(strings.TrimPrefix(src, "/?"))
		if err != nil || q.Get("version") == "" {
			t.Errorf("%s: %v", src, err)
		}
		got = append(got, q.Get("page")+" "+q.Get("key"))
	}
	if want := []string{"thumbnail a.png", "thumbnail b.bin", "thumbnail c.webp", "object d.svg"}; !slices.Equal(got, want) {
		t.Errorf("pictures %q, want %q", got, want)
	}
}

func TestPages(t *testing.T) {
	var keys []string
	for i := range 130 {
		keys = append(keys, fmt.Sprintf("many/%03d", i))
	}
	d := newDesk(t, web.Options{}, keys...)
	var seen []string
	path, pages := "/?page=folder&bucket=b-1&prefix=many/", 0
	for path != "" {
		body := d.status(d.send("GET", path, ""), 200)
		pages++
		for _, name := range all(names, body)[3:] {
			seen = append(seen, "many/"+name)
		}
		path = ""
		if m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body); m != nil {
			path = html.UnescapeString(m[1])
		}
		if first := strings.Contains(body, `rel="first"`); first == (pages == 1) {
			t.Errorf("page %d leads to the first: %t", pages, first)
		}
	}
	if pages != 3 || !slices.Equal(seen, keys) {
		t.Errorf("%d pages show %d objects", pages, len(seen))
	}
	if body := d.status(d.send("GET", "/?page=folder&bucket=b-1&prefix=none/", ""), 200); !strings.Contains(body, "Nothing is here.") {
		t.Error(body)
	}
}

func TestDelete(t *testing.T) {
	d := newDesk(t, web.Options{}, "a/b/图 1.png", "a/x", "top")
	confirm := "/?page=delete&bucket=b-1&key=" + url.QueryEscape("a/b/图 1.png")
	if body := d.status(d.send("GET", confirm, ""), 200); !strings.Contains(body, "图 1.png</bdi>?") {
		t.Error(body)
	}
	if !d.has("a/b/图 1.png") {
		t.Fatal("asking has deleted it")
	}
	w := d.post("/?page=delete", confirm, url.Values{"bucket": {"b-1"}, "key": {"a/b/图 1.png"}, "marker": {"m"}})
	d.status(w, 303)
	// Its folder has gone with it.
	if to := w.Header().Get("Location"); to != "/?page=folder&bucket=b-1&prefix=a%2F" {
		t.Errorf("leads to %s", to)
	}
	if d.has("a/b/图 1.png") || !d.has("a/x") || !d.has("top") {
		t.Error("the wrong object is gone")
	}
	w = d.post("/?page=delete", "/?page=delete&bucket=b-1&key=a/x", url.Values{"bucket": {"b-1"}, "key": {"a/x"}})
	if to := w.Header().Get("Location"); to != "/?page=folder&bucket=b-1" || d.has("a/x") {
		t.Errorf("leads to %s", to)
	}
	d.status(d.post("/?page=delete", "/?page=delete&bucket=b-1&key=top", url.Values{"bucket": {"none"}, "key": {"top"}}), 404)
}
