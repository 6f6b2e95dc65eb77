package album_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

// world is an album that is served, with its store in memory unless the options
// have another.
type world struct {
	*testing.T
	url    string
	memory *storetest.Memory
	header http.Header // of every request
}

func newWorld(t *testing.T, opt album.Options) *world {
	t.Helper()
	w := &world{T: t, header: http.Header{}}
	if opt.Store == nil {
		w.memory = new(storetest.Memory)
		opt.Store = w.memory
	}
	w.memory, _ = opt.Store.(*storetest.Memory)
	server, err := album.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	w.url = listener.URL
	return w
}

// answer is a reply that has been read.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request; the content type is "" without a body.
func (w *world) do(method, path, contentType string, body io.Reader) answer {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+path, body)
	if err != nil {
		w.Fatal(err)
	}
	req.Header = w.header.Clone()
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultTransport.RoundTrip(req) // which follows no redirects
	if err != nil {
		w.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func (w *world) get(path string) answer {
	w.Helper()
	return w.do(http.MethodGet, path, "", nil)
}

// says checks a reply of status 200 word for word; $URL stands for the server.
func (w *world) says(what string, got answer, want string) {
	w.Helper()
	want = strings.ReplaceAll(want, "$URL", w.url)
	if got.status != http.StatusOK || got.body != want || got.header.Get("Content-Type") != "application/json; charset=utf-8" {
		w.Errorf("%s: %d %s %s\nwant %s", what, got.status, got.header.Get("Content-Type"), got.body, want)
	}
}

// put stores pictures without the server's help.
func (w *world) put(keys ...string) {
	w.Helper()
	for _, key := range keys {
		if err := w.memory.Put(w.Context(), key, album.Content{Type: "image/jpeg", Head: []byte(key)}); err != nil {
			w.Fatal(err)
		}
	}
}

// keys are those of the store, in order.
func (w *world) keys() (keys []string) {
	w.Helper()
	for item, err := range w.memory.List(w.Context(), "") {
		if err != nil {
			w.Fatal(err)
		}
		keys = append(keys, item.Key)
	}
	return keys
}

// form makes a form of parts: each is field, file name and content. The file
// name "-" is none.
func form(parts ...string) (contentType string, body []byte) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.SetBoundary("----WebKitFormBoundary7MA4YWxkTrZu0gW")
	for i := 0; i+2 < len(parts); i += 3 {
		h := textproto.MIMEHeader{}
		disposition := `form-data; name="` + parts[i] + `"`
		if parts[i+1] != "-" {
			disposition += `; filename="` + parts[i+1] + `"`
			h.Set("Content-Type", "application/octet-stream")
		}
		h.Set("Content-Disposition", disposition)
		part, err := m.CreatePart(h)
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(part, parts[i+2])
	}
	_ = m.Close()
	return m.FormDataContentType(), b.Bytes()
}

// upload sends one picture as wx.uploadFile does.
func (w *world) upload(content string) answer {
	w.Helper()
	contentType, body := form("image", "tmp_1f2e.jpg", content)
	return w.do(http.MethodPost, "/applet/album/upload", contentType, bytes.NewReader(body))
}

// uploaded uploads a picture, which must succeed, and returns its address.
func (w *world) uploaded(content string) string {
	w.Helper()
	got := w.upload(content)
	var reply struct {
		Code int
		Msg  string
		Data struct{ ImgURL string }
	}
	if err := json.Unmarshal([]byte(got.body), &reply); err != nil || reply.Code != 0 || reply.Msg != "ok" || reply.Data.ImgURL == "" {
		w.Fatalf("upload: %d %s", got.status, got.body)
	}
	return reply.Data.ImgURL
}

// delete sends the path that the old client takes from an address.
func (w *world) delete(path string) answer {
	w.Helper()
	body, err := json.Marshal(map[string]string{"filepath": path})
	if err != nil {
		w.Fatal(err)
	}
	return w.do(http.MethodPost, "/applet/album/delete", "application/json", bytes.NewReader(body))
}

func pathOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.EscapedPath()
}

// photo is a picture that does not get smaller by compression.
func photo(width, height int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range height {
		for x := range width {
			n := noise.Uint32()
			m.SetNRGBA(x, y, color.NRGBA{uint8(n >> 24), uint8(n >> 16), uint8(n >> 8), 255})
		}
	}
	return m
}

func pngOf(m image.Image) string {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.String()
}

func jpegOf(m image.Image) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err)
	}
	return b.String()
}

// padded makes a picture as long as wanted; decoders stop at its end.
func padded(content string, length int) string {
	return content + strings.Repeat("\x00", length-len(content))
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}
