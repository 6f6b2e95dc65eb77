package cos

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/cos/web"
)

// The page is for browsers on this computer; everybody else meets the API.
func TestPageOrAPI(t *testing.T) {
	_, unsigned := start(t, Options{Unsigned: true, Credentials: []Credentials{}})
	_, signed := start(t, Options{})
	const page, form, api, listing = "<h1>Buckets</h1>", "Secret key", "<Code>AccessDenied</Code>", "<ListBucketResult>"
	browser := []string{"Accept", "text/html,*/*;q=0.8"}
	for name, tt := range map[string]struct {
		address string
		header  []string
		want    string
	}{
		"a browser":                      {unsigned, browser, page},
		"a browser by name":              {unsigned, append([]string{"Host", "localhost:9000"}, browser...), page},
		"a program":                      {unsigned, []string{"Accept", "*/*"}, listing},
		"a name that leads here":         {unsigned, append([]string{"Host", "evil.example"}, browser...), api},
		"the service's name":             {unsigned, append([]string{"Host", DefaultBucket + ".cos.ap-guangzhou.myqcloud.com"}, browser...), listing},
		"with keys":                      {signed, browser, form},
		"a program, with keys":           {signed, nil, api},
		"a name that leads here, keys":   {signed, append([]string{"Host", "evil.example"}, browser...), api},
		"another computer's name, keys":  {signed, append([]string{"Host", "192.0.2.1:9000"}, browser...), api},
		"a domain before the store, key": {signed, append([]string{"Host", "img.example.com"}, browser...), api},
	} {
		t.Run(name, func(t *testing.T) {
			if _, body := send(t, nil, "GET", tt.address+"/", "", tt.header...); !strings.Contains(body, tt.want) {
				t.Errorf("%s", body)
			}
			host := strings.TrimPrefix(tt.address, "http://")
			if len(tt.header) > 2 {
				host = tt.header[1]
			}
			resp, body := send(t, nil, "GET", tt.address+"/?page=folder&bucket="+DefaultBucket, "", tt.header...)
			shown := strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html")
			if local := strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "localhost"); shown != local {
				t.Errorf("the page on %s: %t, %s", host, shown, body)
			}
		})
	}
	if _, body := send(t, &testKeys, "GET", signed+"/", "", browser...); !strings.Contains(body, listing) {
		t.Errorf("a signature from a browser: %s", body)
	}
}

func TestPageShowsPictures(t *testing.T) {
	_, address := start(t, Options{Unsigned: true, Credentials: []Credentials{}})
	m := image.NewPaletted(image.Rect(0, 0, 1000, 500), color.Palette{color.Transparent, color.Black})
	var p, j, g bytes.Buffer
	if err := png.Encode(&p, m); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&j, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := gif.EncodeAll(&g, &gif.GIF{Image: []*image.Paletted{m, m}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	for key, tt := range map[string]struct {
		content, kind, want string
		status              int
	}{
		"a.png":      {p.String(), "image/png", "image/png", 200},
		"b.jpg":      {j.String(), "image/jpeg", "image/jpeg", 200},
		"c.gif":      {g.String(), "image/gif", "image/png", 200},
		"d.jpg":      {p.String(), "image/jpeg", "image/jpeg", 200}, // it says what it is not
		"broken.png": {"no picture", "image/png", "text/html; charset=utf-8", 400},
	} {
		resp, body := send(t, nil, "PUT", address+"/"+key, tt.content, "Content-Type", tt.kind, "Cache-Control", "no-cache")
		if resp.StatusCode != 200 {
			t.Fatal(body)
		}
		resp, body = send(t, nil, "GET", address+"/?page=thumbnail&bucket="+DefaultBucket+"&key="+key, "")
		if resp.StatusCode != tt.status || resp.Header.Get("Content-Type") != tt.want {
			t.Errorf("%s: %s, %s", key, resp.Status, resp.Header.Get("Content-Type"))
		}
		if tt.status != 200 {
			continue
		}
		c, _, err := image.DecodeConfig(strings.NewReader(body))
		if err != nil || c.Width != web.ThumbnailSide || c.Height != web.ThumbnailSide/2 {
			t.Errorf("%s: %d × %d, %v", key, c.Width, c.Height, err)
		}
		if !strings.Contains(resp.Header.Get("Cache-Control"), "private") {
			t.Errorf("%s: %q", key, resp.Header.Get("Cache-Control"))
		}
	}
	resp, body := send(t, nil, "GET", address+"/?page=object&bucket="+DefaultBucket+"&key=b.jpg", "", "Range", "bytes=0-1")
	if resp.StatusCode != 206 || body != "\xff\xd8" || resp.Header.Get("Content-Security-Policy") != "sandbox" {
		t.Errorf("the object: %s %q %v", resp.Status, body, resp.Header)
	}
	for _, query := range []string{"page=object&bucket=none-1&key=a.png", "page=object&bucket=" + DefaultBucket + "&key=none", "page=thumbnail&bucket=" + DefaultBucket + "&key="} {
		if resp, _ := send(t, nil, "GET", address+"/?"+query, ""); resp.StatusCode != 404 {
			t.Errorf("%s: %s", query, resp.Status)
		}
	}
}
