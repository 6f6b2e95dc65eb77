package album_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
)

const (
	deleted   = `{"code":0,"msg":"ok","data":{}}`
	forbidden = `{"code":-1,"msg":"failed","data":{"name":"Error","message":"operation forbidden"}}`
	malformed = `{"code":-1,"msg":"failed","data":{"name":"URIError","message":"URI malformed"}}`
)

func TestDelete(t *testing.T) {
	const at = "/applet/album/picture/"
	for _, test := range []struct {
		name, folder, path string
		want               string
		key                string // what is deleted of the store; "" is nothing
	}{
		{"an address", "/", at + "1-a.jpg", deleted, "1-a.jpg"},
		{"a key", "/", "/1-a.jpg", deleted, "1-a.jpg"},
		{"an encoded address", "/", "%2Fapplet%2Falbum%2Fpicture%2F1-a.jpg", deleted, "1-a.jpg"},
		{"an encoded key", "/", "/%31%2da.jpg", deleted, "1-a.jpg"},
		{"a key in a folder, at the top", "/", "/pics/1-b.jpg", deleted, "pics/1-b.jpg"},
		{"a missing key", "/", "/1-z.jpg", deleted, ""},
		{"a missing address", "/", at + "none", deleted, ""},
		{"characters that are encoded in addresses", "/", "/%E7%9B%B8%E5%86%8C/a%20b%2B%25.jpg", deleted, "相册/a b+%.jpg"},
		{"the same, some as they are", "/", "/相册/a b+%25.jpg", deleted, "相册/a b+%.jpg"},

		{"a folder's address", "/pics/", at + "pics/1-b.jpg", deleted, "pics/1-b.jpg"},
		{"a folder's key", "pics", "/pics/1-b.jpg", deleted, "pics/1-b.jpg"},
		{"a folder's key, encoded", "/pics", "%2Fpics%2F1-b.jpg", deleted, "pics/1-b.jpg"},
		{"a folder in Chinese", "/相册", at + "%E7%9B%B8%E5%86%8C/a%20b%2B%25.jpg", deleted, "相册/a b+%.jpg"},
		{"outside of the folder", "/pics", "/1-a.jpg", forbidden, ""},
		{"outside of the folder, by address", "/pics", at + "1-a.jpg", forbidden, ""},
		{"a folder that begins alike", "/pic", "/pics/1-b.jpg", forbidden, ""},
		{"the folder itself", "/pics", "/pics/", forbidden, ""},
		{"out of the folder", "/pics", "/pics/../1-a.jpg", forbidden, ""},
		{"out of the folder, encoded", "/pics", "/pics/%2e%2e/1-a.jpg", forbidden, ""},
		{"out of the folder, encoded slash", "/pics", "/pics%2F..%2F1-a.jpg", forbidden, ""},
		{"a folder in another case", "/pics", "/Pics/1-b.jpg", forbidden, ""},

		{"nothing", "/", "", forbidden, ""},
		{"the top", "/", "/", forbidden, ""},
		{"up from the top", "/", "/../x", forbidden, ""},
		{"up from the top, encoded", "/", "/%2e%2E/x", forbidden, ""},
		{"up and down", "/", "/x/../1-a.jpg", forbidden, ""},
		{"a dot", "/", "/./1-a.jpg", forbidden, ""},
		{"two slashes", "/", "//1-a.jpg", forbidden, ""},
		{"a backslash", "/", `/..\1-a.jpg`, forbidden, ""},
		{"no slash", "/", "1-a.jpg", forbidden, ""},
		{"a whole address", "/", "http://127.0.0.1/1-a.jpg", forbidden, ""},
		{"a control character", "/", "/a%00.jpg", forbidden, ""},
		{"too long", "/", "/" + strings.Repeat("a", 851), forbidden, ""},

		{"a bad escape", "/", "/%zz.jpg", malformed, ""},
		{"half an escape", "/", "/1-a.jpg%", malformed, ""},
		{"an escape that is no UTF-8", "/", "/%ff.jpg", malformed, ""},
		{"a bad escape outside of the folder", "/pics", "/%e0%a4%a", malformed, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, album.Options{Folder: test.folder})
			w.put("1-a.jpg", "pics/1-b.jpg", "相册/a b+%.jpg")
			w.says("answer", w.delete(test.path), test.want)
			var want []string
			for _, key := range []string{"1-a.jpg", "pics/1-b.jpg", "相册/a b+%.jpg"} {
				if key != test.key {
					want = append(want, key)
				}
			}
			same(t, "left", w.keys(), want)
		})
	}
}

// What is uploaded can be deleted by the path of its address, in any folder and
// under any base path.
func TestDeleteWhatWasUploaded(t *testing.T) {
	for _, opt := range []album.Options{
		{}, {Folder: "/a/b/"}, {Folder: "相册 1"}, {PublicURL: "https://example.com/under/here/"}, {Folder: "x", PublicURL: "https://example.com"},
	} {
		w := newWorld(t, opt)
		address := w.uploaded(pngOf(photo(1, 1)))
		same(t, "pictures", len(w.keys()), 1)
		w.says(address, w.delete(pathOf(t, address)), deleted)
		same(t, "pictures after that", len(w.keys()), 0)
	}
}

// Bodies are JSON or forms; what they say counts only as a string.
func TestDeleteBodies(t *testing.T) {
	const js, form = "application/json", "application/x-www-form-urlencoded"
	for _, test := range []struct {
		name, contentType, body string
		status                  int
		want                    string
	}{
		{"JSON", js, `{"filepath":"/1-a.jpg"}`, 200, deleted},
		{"JSON with more", "application/json; charset=UTF-8", `{"x":[1],"filepath":"/1-a.jpg"}`, 200, deleted},
		{"a form", form, `filepath=%2F1-a.jpg`, 200, deleted},
		{"a form that is encoded twice", form, `filepath=%252F1-a.jpg`, 200, deleted},
		{"no field", js, `{}`, 200, forbidden},
		{"null", js, `{"filepath":null}`, 200, forbidden},
		{"a number", js, `{"filepath":1}`, 200, forbidden},
		{"a list", js, `{"filepath":["/1-a.jpg"]}`, 200, forbidden},
		{"an object", js, `{"filepath":{"a":"/1-a.jpg"}}`, 200, forbidden},
		{"twice in a form", form, `filepath=%2F1-a.jpg&filepath=%2F1-a.jpg`, 200, forbidden},
		{"no body", "", ``, 200, forbidden},
		{"text", "text/plain", `{"filepath":"/1-a.jpg"}`, 200, forbidden},
		{"malformed JSON", js, `{"filepath":`, 400, ""},
		{"100 KB", js, `{"filepath":"/1-a.jpg","x":"` + strings.Repeat("x", 100<<10-34) + `"}`, 200, deleted},
		{"more than 100 KB", js, `{"filepath":"/1-a.jpg","x":"` + strings.Repeat("x", 100<<10) + `"}`, 413, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, album.Options{})
			w.put("1-a.jpg")
			got := w.do(http.MethodPost, "/applet/album/delete", test.contentType, strings.NewReader(test.body))
			if got.status != test.status || test.want != "" && got.body != test.want {
				t.Errorf("%d %s", got.status, got.body)
			}
			same(t, "deleted", len(w.keys()) == 0, test.want == deleted)
		})
	}
}

func TestDeleteStorageFailure(t *testing.T) {
	store := new(storetest.Memory)
	w := newWorld(t, album.Options{Store: store})
	w.put("a.jpg")
	store.Fail = func(op, _ string) error {
		if op == "delete" {
			return errors.New("dial tcp 10.0.0.7: secret")
		}
		return nil
	}
	w.says("failure", w.delete("/a.jpg"), `{"code":-1,"msg":"failed","data":{"name":"Error","message":"storage failure"}}`)
}

// With a token, only who has it changes something.
func TestToken(t *testing.T) {
	w := newWorld(t, album.Options{Token: "a long token"})
	w.put("a.jpg")
	const none = `"data":{"name":"TokenError","message":"token required"}}`
	const wrong = `"data":{"name":"TokenError","message":"token refused"}}`
	for header, want := range map[string]string{
		"": none, "Bearer": none, "Bearer ": none, "a long token": none, "Basic a long token": none,
		"Bearer a long": wrong, "Bearer a long token!": wrong, "Bearer A long token": wrong,
		"Bearer a long token": "", "bearer a long token": "",
	} {
		w.header.Del("Authorization")
		if header != "" {
			w.header.Set("Authorization", header)
		}
		if want != "" {
			w.says(header, w.upload(padded(pngOf(photo(1, 1)), 1<<20)), `{"code":-1,"msg":"需要上传口令",`+want)
			w.says(header, w.delete("/a.jpg"), `{"code":-1,"msg":"failed",`+want)
			same(t, "pictures", w.keys(), []string{"a.jpg"})
			continue
		}
		address := w.uploaded(pngOf(photo(1, 1)))
		w.says(header, w.delete(pathOf(t, address)), deleted)
	}
	w.header.Del("Authorization")
	w.says("everybody may look", w.get("/applet/album/list"), `{"code":0,"msg":"ok","data":["$URL/applet/album/picture/a.jpg"]}`)
	same(t, "settings", w.get("/settings.json").body,
		`{"base":"/applet/album","token":true,"max":5242880,"widths":[120,240,360,480,720,1080]}`)
}
