package album_test

import (
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album"
)

// A web page that somebody only looks at changes nothing.
func TestForeignPages(t *testing.T) {
	const tools = "Referer: https://servicewechat.com/wx1234/devtools/page-frame.html"
	for _, test := range []struct {
		headers string
		refused bool
	}{
		{"", false}, // phones
		{tools, false},
		{"Sec-Fetch-Site: same-origin|Origin: https://behind.a.proxy", false},
		{"Sec-Fetch-Site: none", false},
		{"Sec-Fetch-Site: cross-site|" + tools, false},
		{"Origin: http://127.0.0.1:9973", false},
		{"Sec-Fetch-Site: cross-site|Origin: http://localhost:9973", false},
		{"Sec-Fetch-Site: cross-site|Origin: https://friend.example", false},
		{"Sec-Fetch-Site: cross-site|Origin: https://evil.example", true},
		{"Sec-Fetch-Site: same-site|Origin: https://evil.example", true},
		{"Sec-Fetch-Site: cross-site", true},
		{"Origin: https://evil.example", true},
		{"Origin: null", true},
		{"Origin: https://127.0.0.1.evil.example", true},
		{"Origin: https://evil.example|Referer: https://servicewechat.com.evil.example/", true},
	} {
		w := newWorld(t, album.Options{AllowedOrigins: []string{"https://friend.example"}})
		w.put("a.jpg")
		for header := range strings.SplitSeq(test.headers, "|") {
			if name, value, ok := strings.Cut(header, ": "); ok {
				w.header.Set(name, value)
			}
		}
		upload, gone := w.upload(pngOf(photo(1, 1))), w.delete("/a.jpg")
		if test.refused {
			w.says(test.headers, upload, forbidden)
			w.says(test.headers, gone, forbidden)
			same(t, test.headers, w.keys(), []string{"a.jpg"})
		} else if !strings.Contains(upload.body, `"code":0`) || gone.body != deleted {
			t.Errorf("%s: %s %s", test.headers, upload.body, gone.body)
		}
	}
	w := newWorld(t, album.Options{})
	w.header.Set("Origin", "http://"+strings.TrimPrefix(w.url, "http://"))
	w.uploaded(pngOf(photo(1, 1)))
}
