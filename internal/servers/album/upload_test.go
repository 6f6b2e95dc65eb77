package album_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

const uploadPath = "/applet/album/upload"

func refused(msg string) string { return `{"code":-1,"msg":"` + msg + `","data":{}}` }

func TestUpload(t *testing.T) {
	for suffix, content := range map[string]string{"jpg": jpegOf(photo(40, 30)), "png": pngOf(photo(40, 30))} {
		w := newWorld(t, album.Options{})
		before := time.Now().UnixMilli()
		got := w.upload(content)
		keys := w.keys()
		if len(keys) != 1 {
			t.Fatalf("%s: the store has %q after %s", suffix, keys, got.body)
		}
		w.says(suffix, got, `{"code":0,"msg":"ok","data":{"imgUrl":"$URL/applet/album/picture/`+keys[0]+`"}}`)
		key := regexp.MustCompile(`^(\d{13})-[0-9a-z]{10}\.` + suffix + `$`).FindStringSubmatch(keys[0])
		if key == nil || key[1] < fmt.Sprint(before) || key[1] > fmt.Sprint(time.Now().UnixMilli()) {
			t.Errorf("%s: key %q", suffix, keys[0])
		}
		picture := w.get("/applet/album/picture/" + keys[0])
		if picture.status != http.StatusOK || picture.body != content {
			t.Errorf("%s: %d, %d bytes", suffix, picture.status, len(picture.body))
		}
	}
}

// Two uploads in the same millisecond do not meet.
func TestKeysDiffer(t *testing.T) {
	now := time.Now()
	w := newWorld(t, album.Options{Now: func() time.Time { return now }})
	for range 20 {
		w.uploaded(pngOf(photo(1, 1)))
	}
	same(t, "pictures", len(w.keys()), 20)
}

func TestUploadRefusals(t *testing.T) {
	picture := pngOf(photo(2, 2))
	const field, kind, size, broken = "参数错误", "仅jpg/png格式", "单个不超过5MB", "图片上传失败，请稍候再试"
	for _, test := range []struct {
		name  string
		parts []string
		want  string // "" is none
	}{
		{"no parts", nil, field},
		{"another field", []string{"file", "a.png", picture}, field},
		{"the field in capitals", []string{"Image", "a.png", picture}, field},
		{"the field without a file", []string{"image", "-", picture}, field},
		{"an empty file", []string{"image", "a.png", ""}, kind},
		{"no file chosen in a browser", []string{"image", "", ""}, kind},
		{"text under the name of a picture", []string{"image", "a.png", "this is no picture"}, kind},
		{"a GIF", []string{"image", "a.jpg", "GIF89a\x01\x00\x01\x00"}, kind},
		{"a WebP", []string{"image", "a.jpg", "RIFF\x00\x00\x00\x00WEBPVP8 "}, kind},
		{"an SVG", []string{"image", "a.png", `<svg xmlns="http://www.w3.org/2000/svg"/>`}, kind},
		{"the beginning of a mark", []string{"image", "a.png", "\x89PN"}, kind},
		{"a large file of no type", []string{"image", "a.png", strings.Repeat("x", 6<<20)}, kind},
		{"5,242,879 bytes", []string{"image", "a.png", padded(picture, 5242879)}, ""},
		{"5,242,880 bytes", []string{"image", "a.png", padded(picture, 5242880)}, ""},
		{"5,242,881 bytes", []string{"image", "a.png", padded(picture, 5242881)}, size},
		{"12 MB", []string{"image", "a.png", padded(picture, 12<<20)}, size},
		{"a picture under the name of a text", []string{"image", "a.txt", picture}, ""},
		{"other fields around it", []string{"a", "-", "1", "file", "x.txt", "x", "image", "a.png", picture, "b", "-", "2"}, ""},
		{"the first of two", []string{"image", "a.png", picture, "image", "b.txt", "no picture"}, ""},
		{"a field before it that is too long", []string{"a", "-", strings.Repeat("x", 7<<20), "image", "a.png", picture}, broken},
		{"too many fields", append(fields(100), "image", "a.png", picture), broken},
		{"too many fields after it", append([]string{"image", "a.png", picture}, fields(100)...), broken},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, album.Options{})
			contentType, body := form(test.parts...)
			got := w.do(http.MethodPost, uploadPath, contentType, bytes.NewReader(body))
			if test.want == "" {
				same(t, "pictures", len(w.keys()), 1)
				return
			}
			w.says("refusal", got, refused(test.want))
			same(t, "pictures", len(w.keys()), 0)
		})
	}
}

func fields(n int) (parts []string) {
	for range n {
		parts = append(parts, "a", "-", "1")
	}
	return parts
}

func TestUploadOfSomethingElse(t *testing.T) {
	w := newWorld(t, album.Options{})
	for contentType, want := range map[string]string{
		"":                                  "参数错误",
		"application/json":                  "参数错误",
		"application/x-www-form-urlencoded": "参数错误",
		"multipart/form-data":               "图片上传失败，请稍候再试",
		"multipart/form-data; boundary=":    "图片上传失败，请稍候再试",
		"multipart/form-data; boundary=abc": "图片上传失败，请稍候再试",
	} {
		got := w.do(http.MethodPost, uploadPath, contentType, strings.NewReader(`{"image":"x"}`))
		w.says(contentType, got, refused(want))
	}
}

// A form that ends anywhere but at its end leaves nothing.
func TestBrokenForm(t *testing.T) {
	w := newWorld(t, album.Options{})
	for _, size := range []int{2000, 300 << 10} {
		contentType, body := form("name", "-", "x", "image", "a.png", padded(pngOf(photo(2, 2)), size))
		end := bytes.LastIndex(body, []byte("--"))
		for _, at := range []int{0, 10, 60, 120, 250, 400, len(body) / 2, end - 60, end - 20, end - 1, end} {
			got := w.do(http.MethodPost, uploadPath, contentType, bytes.NewReader(body[:at]))
			w.says(fmt.Sprintf("%d of %d bytes", at, len(body)), got, refused("图片上传失败，请稍候再试"))
		}
		same(t, "pictures", len(w.keys()), 0)
		w.do(http.MethodPost, uploadPath, contentType, bytes.NewReader(body))
		same(t, "pictures of the whole form", len(w.keys()), 1)
		w.delete("/" + w.keys()[0])
	}
}

// A client that goes away in the middle leaves nothing either.
func TestUploadThatEnds(t *testing.T) {
	begun, stored := make(chan bool, 1), make(chan error, 1)
	w := newWorld(t, album.Options{Store: &watched{new(storetest.Memory), begun, stored}})
	contentType, body := form("image", "a.png", padded(pngOf(photo(2, 2)), 1<<20))
	r, half := io.Pipe()
	go func() {
		_, _ = half.Write(body[:600<<10])
		<-begun
		_ = half.CloseWithError(errors.New("gone"))
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.url+uploadPath, r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if _, err := http.DefaultTransport.RoundTrip(req); err == nil {
		t.Error("there was an answer")
	}
	if err := <-stored; err == nil {
		t.Error("half a picture was stored")
	}
}

// watched tells when a Put begins, and what came of it.
type watched struct {
	*storetest.Memory
	begun  chan<- bool
	stored chan<- error
}

func (s *watched) Put(ctx context.Context, key string, c album.Content) error {
	s.begun <- true
	err := s.Memory.Put(ctx, key, c)
	s.stored <- err
	return err
}

// The store has the beginning of a picture while its end has not been sent, and
// nothing is spooled to the disk.
func TestUploadIsStreamed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TEMP", "TMP"} {
		t.Setenv(name, dir)
	}
	begun := make(chan int, 1)
	w := newWorld(t, album.Options{Store: &reading{Memory: new(storetest.Memory), begun: begun}})
	contentType, body := form("image", "a.png", padded(pngOf(photo(2, 2)), 4<<20))
	r, client := io.Pipe()
	go func() {
		_, _ = client.Write(body[:1<<20])
		<-begun // half of what was sent has reached the store
		_, _ = client.Write(body[1<<20:])
		client.Close()
	}()
	got := w.do(http.MethodPost, uploadPath, contentType, r)
	if !strings.Contains(got.body, `"msg":"ok"`) {
		t.Errorf("got %s", got.body)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && path != dir {
			t.Errorf("spooled: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// reading reports when it has read the first half MB of a picture.
type reading struct {
	*storetest.Memory
	begun chan<- int
}

func (s *reading) Put(ctx context.Context, key string, c album.Content) error {
	r := c.Reader()
	n, err := io.ReadFull(r, make([]byte, 512<<10))
	if err != nil {
		return err
	}
	s.begun <- n
	_, err = io.Copy(io.Discard, r)
	return err
}

// A failure of the store is one for the client, and tells nothing of it.
func TestUploadStorageFailure(t *testing.T) {
	for err, want := range map[error]string{
		errors.New("dial tcp 10.0.0.7: secret"):  "图片上传失败，请稍候再试",
		fmt.Errorf("wrapped: %w", album.ErrFull): "相册空间已满",
	} {
		store := &storetest.Memory{Fail: func(string, string) error { return err }}
		w := newWorld(t, album.Options{Store: store})
		for _, size := range []int{1000, 1 << 20} {
			w.says("failure", w.upload(padded(pngOf(photo(2, 2)), size)), refused(want))
		}
	}
}

// header is the beginning of a PNG with these dimensions.
func pngHeader(width, height uint32) string {
	b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
	b = binary.BigEndian.AppendUint32(b, width)
	b = binary.BigEndian.AppendUint32(b, height)
	b = append(b, 8, 6, 0, 0, 0)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[12:])))
}

// jpegHeader is that of a JPEG with so many bytes of other segments in front.
func jpegHeader(width, height uint16, before int) string {
	b := []byte{0xff, 0xd8}
	for before > 0 {
		n := min(before, 65533)
		b = append(b, 0xff, 0xe2)
		b = binary.BigEndian.AppendUint16(b, uint16(n+2))
		b = append(b, make([]byte, n)...)
		before -= n
	}
	b = append(b, 0xff, 0xff, 0xc2, 0, 17, 8)
	b = binary.BigEndian.AppendUint16(b, height)
	b = binary.BigEndian.AppendUint16(b, width)
	return string(append(b, 3))
}

func TestDimensions(t *testing.T) {
	w := newWorld(t, album.Options{})
	for name, test := range map[string]struct {
		content string
		refused bool
	}{
		"a PNG of 8192 × 8192":                 {pngHeader(8192, 8192), false},
		"a PNG of 8193 × 8192":                 {pngHeader(8193, 8192), true},
		"a PNG of 30000 × 2000":                {pngHeader(30000, 2000), false},
		"a PNG of 30001 × 1":                   {pngHeader(30001, 1), true},
		"a PNG of 1 × 30001":                   {pngHeader(1, 30001), true},
		"a PNG of 4294967295 × 4294967295":     {pngHeader(1<<32-1, 1<<32-1), true},
		"a PNG of 2147483648 × 2":              {pngHeader(1<<31, 2), true},
		"a JPEG of 8192 × 8192":                {jpegHeader(8192, 8192, 0), false},
		"a JPEG of 65535 × 65535":              {jpegHeader(65535, 65535, 0), true},
		"behind 10 KB":                         {jpegHeader(20000, 20000, 10<<10), true},
		"behind the part that is read first":   {jpegHeader(20000, 20000, 1<<20), true},
		"across its end":                       {jpegHeader(20000, 20000, 256<<10-26), true},
		"small, behind 4 MB":                   {jpegHeader(200, 200, 4<<20), false},
		"a JPEG of nothing but its mark":       {padded("\xff\xd8\xff", 5000), false},
		"a JPEG that ends in its first marker": {"\xff\xd8\xff", false},
		"a JPEG with a segment of length 0":    {"\xff\xd8\xff\xe0\x00\x00" + jpegHeader(65535, 65535, 0)[2:], false},
		"a PNG of nothing but its mark":        {"\x89PNG\r\n\x1a\n", false},
	} {
		before := len(w.keys())
		got := w.upload(test.content)
		if test.refused {
			w.says(name, got, refused("图片尺寸过大"))
		} else if !strings.Contains(got.body, `"code":0`) {
			t.Errorf("%s: %s", name, got.body)
		}
		if stored := len(w.keys()) > before; stored == test.refused {
			t.Errorf("%s: stored %t", name, stored)
		}
	}
}

// Many clients at once, some of them broken, and the pictures are whole.
func TestUploadsAtOnce(t *testing.T) {
	w := newWorld(t, album.Options{})
	good, bad := padded(jpegOf(photo(30, 30)), 400<<10), padded("no picture", 300<<10)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			content := good
			if i%2 == 1 {
				content = bad
			}
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			part, _ := m.CreateFormFile("image", "x")
			_, _ = io.WriteString(part, content)
			_ = m.Close()
			got := w.do(http.MethodPost, uploadPath, m.FormDataContentType(), &b)
			if strings.Contains(got.body, `"code":0`) != (i%2 == 0) {
				t.Errorf("%d: %s", i, got.body)
			}
		})
	}
	all.Wait()
	keys := w.keys()
	same(t, "pictures", len(keys), 20)
	for _, key := range keys {
		if got := w.get("/applet/album/picture/" + key); got.body != good {
			t.Errorf("%s has %d bytes", key, len(got.body))
		}
	}
}
