package album_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

func TestPicture(t *testing.T) {
	w := newWorld(t, album.Options{})
	content := jpegOf(photo(50, 40))
	path := pathOf(t, w.uploaded(content))
	got := w.get(path)
	same(t, "status", got.status, http.StatusOK)
	same(t, "content", got.body == content, true)
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "Content-Length": strconv.Itoa(len(content)),
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox",
		"Cache-Control": "public, max-age=86400", "Accept-Ranges": "bytes",
	} {
		same(t, name, got.header.Get(name), want)
	}

	head := w.do(http.MethodHead, path, "", nil)
	same(t, "HEAD", head.status, http.StatusOK)
	same(t, "length of HEAD", head.header.Get("Content-Length"), strconv.Itoa(len(content)))

	w.header.Set("Range", "bytes=2-5")
	part := w.get(path)
	same(t, "range", part.status, http.StatusPartialContent)
	same(t, "content of the range", part.body, content[2:6])
	w.header.Del("Range")

	w.header.Set("If-None-Match", got.header.Get("Etag"))
	same(t, "known", w.get(path).status, http.StatusNotModified)
	w.header.Del("If-None-Match")

	w.delete(path)
	same(t, "deleted", w.get(path).status, http.StatusNotFound)
}

func TestPictureStorageFailure(t *testing.T) {
	store := &storetest.Memory{Fail: func(string, string) error { return errors.New("secret") }}
	w := newWorld(t, album.Options{Store: store})
	got := w.get("/applet/album/picture/a.jpg")
	if got.status != http.StatusInternalServerError || strings.Contains(got.body, "secret") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func decode(t *testing.T, got answer) (m image.Image, format string) {
	t.Helper()
	m, format, err := image.Decode(strings.NewReader(got.body))
	if err != nil {
		t.Fatalf("%d %.80q: %v", got.status, got.body, err)
	}
	return m, format
}

func TestThumbnails(t *testing.T) {
	w := newWorld(t, album.Options{})
	for format, content := range map[string]string{"jpeg": jpegOf(photo(260, 195)), "png": pngOf(photo(260, 195))} {
		path := pathOf(t, w.uploaded(content))
		tags := map[string]bool{w.get(path).header.Get("Etag"): true}
		for _, width := range []int{120, 240, 360, 480, 720, 1080} {
			got := w.get(path + "?w=" + strconv.Itoa(width))
			m, made := decode(t, got)
			want := image.Pt(min(width, 260), min(width, 260)*195/260)
			if m.Bounds().Size() != want || made != format {
				t.Errorf("%s, %d: %v %s", format, width, m.Bounds(), made)
			}
			same(t, "type", got.header.Get("Content-Type"), "image/"+format)
			same(t, "policy", got.header.Get("Content-Security-Policy"), "sandbox")
			same(t, "sniffing", got.header.Get("X-Content-Type-Options"), "nosniff")
			if len(got.body) > len(content) {
				t.Errorf("%s, %d: the thumbnail has %d bytes, the picture %d", format, width, len(got.body), len(content))
			}
			tag := got.header.Get("Etag")
			if width < 260 && tags[tag] {
				t.Errorf("%s, %d: ETag %s is another version's", format, width, tag)
			}
			tags[tag] = true
			w.header.Set("If-None-Match", tag)
			same(t, "known", w.get(path+"?w="+strconv.Itoa(width)).status, http.StatusNotModified)
			w.header.Del("If-None-Match")
		}
		for _, width := range []string{"1", "121", "-120", "0", "1081", "99999999999", "x", "120.0", "+120"} {
			same(t, "width "+width, w.get(path+"?w="+width).status, http.StatusBadRequest)
		}
		w.delete(path)
		same(t, "deleted", w.get(path+"?w=120").status, http.StatusNotFound)
	}
	same(t, "none", w.get("/applet/album/picture/none.jpg?w=120").status, http.StatusNotFound)
}

// Phones store pictures as the sensor sees them, and say how they were held.
func TestThumbnailIsUpright(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 400, 200))
	for x := range 200 { // the left half is red, which is to be the top
		for y := range 200 {
			m.SetNRGBA(x, y, color.NRGBA{255, 0, 0, 255})
		}
	}
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	content := jpegOf(m)
	content = content[:2] + exif + content[2:]
	w := newWorld(t, album.Options{})
	thumb, _ := decode(t, w.get(pathOf(t, w.uploaded(content))+"?w=120"))
	same(t, "size", thumb.Bounds().Size(), image.Pt(120, 240))
	if r, _, _, _ := thumb.At(60, 20).RGBA(); r < 0xc000 {
		t.Errorf("the top is %v", thumb.At(60, 20))
	}
	if r, _, _, _ := thumb.At(60, 220).RGBA(); r > 0x4000 {
		t.Errorf("the bottom is %v", thumb.At(60, 220))
	}
}

// What cannot be made smaller is its own thumbnail.
func TestPictureThatIsItsOwnThumbnail(t *testing.T) {
	w := newWorld(t, album.Options{})
	for name, content := range map[string]string{
		"a broken JPEG":     padded("\xff\xd8\xff", 3000),
		"a broken PNG":      pngHeader(300, 300),
		"too many pixels":   pngHeader(8192, 8192),
		"a narrow one":      pngOf(photo(100, 30)),
		"an empty one":      pngHeader(0, 0),
		"half a JPEG":       jpegOf(photo(300, 300))[:2000],
		"nothing but marks": "\xff\xd8\xff\xd9",
	} {
		path := pathOf(t, w.uploaded(content))
		got := w.get(path + "?w=120")
		if got.status != http.StatusOK || got.body != content {
			t.Errorf("%s: %d, %d bytes of %d", name, got.status, len(got.body), len(content))
		}
		same(t, name+": ETag", got.header.Get("Etag"), w.get(path).header.Get("Etag"))
	}
}

// metric adds up the samples of a counter.
func metric(t *testing.T, server *album.Server, name string) (sum float64) {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(server.App().Metrics...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			for _, m := range family.GetMetric() {
				sum += value(m)
			}
		}
	}
	return sum
}

func value(m *dto.Metric) float64 { return m.GetCounter().GetValue() }

// gated lets nobody read a picture before it is opened.
type gated struct {
	*storetest.Memory
	opened chan<- bool
	gate   <-chan struct{}
}

func (s *gated) Open(ctx context.Context, key string) (*album.Picture, error) {
	p, err := s.Memory.Open(ctx, key)
	if err == nil {
		s.opened <- true
		p.ReadSeekCloser = &gatedReader{bytes.NewReader([]byte(jpegOf(photo(150, 150)))), s.gate}
	}
	return p, err
}

type gatedReader struct {
	*bytes.Reader
	gate <-chan struct{}
}

func (r *gatedReader) Read(p []byte) (int, error) {
	<-r.gate
	return r.Reader.Read(p)
}

func (r *gatedReader) Close() error { return nil }

// Many who ask for a thumbnail at once wait for one computation; later ones get
// what it left. Nobody's leaving disturbs the others.
func TestThumbnailIsMadeOnce(t *testing.T) {
	opened, gate := make(chan bool, 100), make(chan struct{})
	store := &gated{new(storetest.Memory), opened, gate}
	server, err := album.New(album.Options{Store: store})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), "a.jpg", album.Content{Type: "image/jpeg", Head: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	ask := func(ctx context.Context) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/applet/album/picture/a.jpg?w=120", nil))
		return w
	}
	impatient, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if i < 10 {
				ask(impatient)
			} else if w := ask(t.Context()); w.Code != http.StatusOK || w.Body.Len() < 100 {
				t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
			}
		})
	}
	for range 20 {
		<-opened
	}
	leave()
	close(gate)
	all.Wait()
	ask(t.Context())
	same(t, "thumbnails made", metric(t, server, "album_thumbnails_total"), 1.0)
	same(t, "another width", func() int {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/applet/album/picture/a.jpg?w=240", nil))
		return w.Code
	}(), http.StatusOK)
	same(t, "thumbnails made", metric(t, server, "album_thumbnails_total"), 2.0)
}

func TestMetrics(t *testing.T) {
	server, err := album.New(album.Options{Store: new(storetest.Memory)})
	if err != nil {
		t.Fatal(err)
	}
	send := func(method, path, contentType string, body []byte) {
		r := httptest.NewRequest(method, path, bytes.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		server.ServeHTTP(httptest.NewRecorder(), r)
	}
	contentType, body := form("image", "a.png", pngOf(photo(1, 1)))
	send(http.MethodPost, uploadPath, contentType, body)
	send(http.MethodPost, uploadPath, "", nil)
	send(http.MethodPost, "/applet/album/delete", "application/json", []byte(`{"filepath":"/a.jpg"}`))
	send(http.MethodGet, listPath, "", nil)
	send(http.MethodGet, listPath, "", nil)
	for name, want := range map[string]float64{
		"album_uploads_total": 2, "album_deletes_total": 1, "album_listings_total": 2, "album_thumbnails_total": 0,
	} {
		same(t, name, metric(t, server, name), want)
	}
}
