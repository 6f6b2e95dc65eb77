package video_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// listed is the answer with these films, which are counted from 1.
func listed(total int, titles ...string) string {
	var films []string
	for _, title := range titles {
		var id int
		fmt.Sscanf(title, "film%d", &id)
		films = append(films, fmt.Sprintf(`{"id":%d,"video_title":"%s","video_image":"https://a.example/%[2]s.jpg","video_url":"https://a.example/%[2]s.mp4"}`, id, title))
	}
	return fmt.Sprintf(`{"code":0,"msg":"ok","data":{"list":[%s],"totalPage":%d}}`, strings.Join(films, ","), total)
}

func titles(from, to int) (all []string) {
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprintf("film%d", n))
	}
	return all
}

// Six a page; past the end an empty list.
func TestList(t *testing.T) {
	w := newWorld(t, video.Options{}, titles(1, 13)...)
	w.get("/video/list?pageNo=1").is(t, "the first page", listed(3, titles(1, 6)...))
	w.get("/video/list?pageNo=2").is(t, "the second page", listed(3, titles(7, 12)...))
	w.get("/video/list?pageNo=3").is(t, "the last page", listed(3, titles(13, 13)...))
	for _, past := range []string{"4", "100", "9223372036854775807", "99999999999999999999999999"} {
		w.get("/video/list?pageNo="+past).is(t, "page "+past, listed(3))
	}
	w.get("/video/list?pageNo=01&x=y").is(t, "other parameters", listed(3, titles(1, 6)...))
}

func TestTotalPage(t *testing.T) {
	for films, pages := range map[int]int{0: 0, 1: 1, 6: 1, 7: 2, 12: 2} {
		w := newWorld(t, video.Options{}, titles(1, films)...)
		w.get("/video/list?pageNo=1").is(t, fmt.Sprint(films, " films"), listed(pages, titles(1, min(films, 6))...))
	}
}

func TestBadPageNo(t *testing.T) {
	w := newWorld(t, video.Options{}, "film1")
	for _, query := range []string{
		"", "?", "?pageNo", "?pageNo=", "?pageNo=0", "?pageNo=-1", "?pageNo=%2B1", "?pageNo=1.0", "?pageNo=1e1", "?pageNo=abc", "?pageNo=1%20",
		"?pageNo=1%20OR%201=1", "?pageNo=1;", "?pageNo=%EF%BC%91", "?pageNo=1&pageNo=1", "?pageNo[]=1", "?pageno=1", "?pageNo=NaN", "?pageNo=%zz",
	} {
		w.get("/video/list"+query).is(t, query, failed)
	}
}

// Paths are case-sensitive and strict, and a wrong method is 404.
func TestNoRoute(t *testing.T) {
	w := newWorld(t, video.Options{Page: page}, "film1")
	for _, tt := range [][2]string{
		{"GET", "/video/list/?pageNo=1"}, {"GET", "/video/LIST?pageNo=1"}, {"POST", "/video/list?pageNo=1"}, {"DELETE", "/video/list?pageNo=1"},
		{"GET", "/video/comment"}, {"POST", "/video/commentList?vid=1"}, {"GET", "/video/commentlist?vid=1"}, {"GET", "/video"}, {"PUT", "/video/comment"},
		{"GET", "/video/samples/x.mp4"},
	} {
		if r := w.ask(tt[0], w.base+tt[1], ""); r.status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", tt[0], tt[1], r.status, r.body)
		}
	}
	if r := w.ask("GET", w.server.URL()+"/video/list?pageNo=1", ""); r.status != http.StatusNotFound {
		t.Errorf("without the base: %d", r.status)
	}
	if r := w.ask("GET", w.server.URL()+"/", ""); r.status != http.StatusOK || !strings.Contains(r.body, "<title>page") {
		t.Errorf("the page: %d %s", r.status, r.body)
	}
}

func TestBasePath(t *testing.T) {
	w := newWorld(t, video.Options{Base: "/a/b"}, "film1")
	if !strings.HasSuffix(w.base, "/a/b") {
		t.Fatal(w.base)
	}
	w.get("/video/list?pageNo=1").is(t, "below another base", listed(1, "film1"))
}

// A weak ETag, and 304 for who has the answer.
func TestNotModified(t *testing.T) {
	for _, path := range []string{"/video/list?pageNo=1", "/video/commentList?vid=1"} {
		w := newWorld(t, video.Options{}, "film1")
		tag := w.get(path).header.Get("ETag")
		if !strings.HasPrefix(tag, `W/"`) {
			t.Errorf("%s: ETag %q", path, tag)
		}
		r := w.ask("GET", w.base+path, "", "If-None-Match", tag)
		if r.status != http.StatusNotModified || r.body != "" {
			t.Errorf("%s: %d %q for who has it", path, r.status, r.body)
		}
		if r := w.post(`{"vid":1,"nick":"n","avatar":"","content":"c"}`); r.body != okShort {
			t.Error(r.body)
		}
		r = w.ask("GET", w.base+"/video/commentList?vid=1", "", "If-None-Match", tag)
		if r.status != http.StatusOK {
			t.Errorf("%s: %d after a comment", path, r.status)
		}
	}
}

// A film may be a file of the server: it is served with ranges.
func TestSamples(t *testing.T) {
	content := []byte(strings.Repeat("0123456789", 100))
	w := newWorld(t, video.Options{Samples: video.Files{"tea.mp4": content, "tea.jpg": []byte("jpeg")}})
	for _, f := range []video.Film{
		{Title: "tea", Image: "sample:tea.jpg", URL: "sample:tea.mp4"},
		{Title: "gone", Image: "sample:gone.jpg", URL: "https://a.example/x"},
	} {
		if _, err := w.store.AddFilm(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	w.get("/video/list?pageNo=1").is(t, "the list", fmt.Sprintf(`{"code":0,"msg":"ok","data":{"list":[`+
		`{"id":1,"video_title":"tea","video_image":"%[1]s/video/samples/tea.jpg","video_url":"%[1]s/video/samples/tea.mp4"},`+
		`{"id":2,"video_title":"gone","video_image":"sample:gone.jpg","video_url":"https://a.example/x"}],"totalPage":1}}`, w.base))
	r := w.get("/video/samples/tea.mp4")
	if r.status != http.StatusOK || r.body != string(content) || r.header.Get("Content-Type") != "video/mp4" || r.header.Get("Accept-Ranges") != "bytes" {
		t.Errorf("whole: %d %v", r.status, r.header)
	}
	r = w.ask("GET", w.base+"/video/samples/tea.mp4", "", "Range", "bytes=10-19", "If-Range", r.header.Get("ETag"))
	if r.status != http.StatusPartialContent || r.body != "0123456789" || r.header.Get("Content-Range") != "bytes 10-19/1000" {
		t.Errorf("a part: %d %q %v", r.status, r.body, r.header)
	}
	if r := w.ask("GET", w.base+"/video/samples/tea.mp4", "", "Range", "bytes=5000-"); r.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("past the end: %d", r.status)
	}
	if r := w.ask("HEAD", w.base+"/video/samples/tea.jpg", ""); r.status != http.StatusOK || r.header.Get("Content-Type") != "image/jpeg" || r.header.Get("Content-Length") != "4" {
		t.Errorf("HEAD: %d %v", r.status, r.header)
	}
}

// The addresses of files are those of the configuration, or what a trusted proxy
// was asked for.
func TestSampleAddresses(t *testing.T) {
	for _, tt := range []struct{ public, want string }{
		{"", "https://film.example:8443/applet/video/samples/tea.mp4"},
		{"https://public.example/x/", "https://public.example/x/applet/video/samples/tea.mp4"},
	} {
		store, err := sqlstore.OpenSQLite(t.Context(), t.TempDir(), []video.Film{{Title: "tea", URL: "sample:tea.mp4"}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		s, err := kit.Start(ctx, kit.Options{Addr: "127.0.0.1:0", TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
			video.New(video.Options{Store: store, Base: "/applet", Samples: video.Files{"tea.mp4": []byte("x")}, PublicURL: tt.public}))
		if err != nil {
			stop()
			t.Fatal(err)
		}
		w := &world{t: t, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
		r := w.ask("GET", s.URL()+"/applet/video/list?pageNo=1", "", "X-Forwarded-Host", "film.example:8443", "X-Forwarded-Proto", "https")
		if !strings.Contains(r.body, `"video_url":"`+tt.want+`"`) {
			t.Errorf("%q: %s", tt.public, r.body)
		}
		stop()
		if err := s.Wait(); err != nil {
			t.Error(err)
		}
	}
}
