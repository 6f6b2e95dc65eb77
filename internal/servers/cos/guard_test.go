package cos

import (
	"net/http"
	"strings"
	"testing"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// A store without signatures serves programs, but no pages of the web.
func TestUnsigned(t *testing.T) {
	_, address := start(t, Options{Unsigned: true, Credentials: []Credentials{}})
	host := strings.TrimPrefix(address, "http://")
	for name, tt := range map[string]struct {
		method, path string
		header       []string
		status       int
	}{
		"a program":              {"PUT", "/k", nil, 200},
		"a list":                 {"GET", "/", nil, 200},
		"the SDK's host":         {"PUT", "/k", []string{"Host", "wecos-1250000000.cos.ap-guangzhou.myqcloud.com"}, 200},
		"localhost":              {"PUT", "/k", []string{"Host", "localhost:80"}, 200},
		"IPv6":                   {"GET", "/k", []string{"Host", "[::1]:80"}, 200},
		"its own page":           {"PUT", "/k", []string{"Origin", address}, 200},
		"a page elsewhere":       {"PUT", "/k", []string{"Origin", "http://evil.example"}, 403},
		"a page on another port": {"PUT", "/k", []string{"Origin", "http://127.0.0.1:1"}, 403},
		"a page in a frame":      {"POST", "/?delete", []string{"Origin", "null"}, 403},
		"a name that leads here": {"GET", "/k", []string{"Host", "evil.example"}, 403},
		"a bucket there":         {"GET", "/k", []string{"Host", "wecos-1250000000.evil.example"}, 403},
		"another computer":       {"GET", "/k", []string{"Host", "192.0.2.1:80"}, 403},
		"a picture in a page":    {"GET", "/k", []string{"Origin", "http://evil.example"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			if resp, body := send(t, nil, "PUT", "http://"+host+"/k", "x"); resp.StatusCode != 200 {
				t.Fatal(body)
			}
			resp, body := send(t, nil, tt.method, address+tt.path, "", tt.header...)
			if resp.StatusCode != tt.status {
				t.Errorf("%s %s", resp.Status, body)
			}
			if resp.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Error("a page may read it")
			}
		})
	}
	// A signature is not looked at, so that any client will do.
	if resp, body := send(t, &Credentials{ID: "AKIDany", Key: "any"}, "PUT", address+"/k", "x"); resp.StatusCode != 200 {
		t.Errorf("signed: %s %s", resp.Status, body)
	}
	rule := `<CORSConfiguration><CORSRule><AllowedOrigin>http://dev.example</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>`
	if resp, body := send(t, nil, "PUT", address+"/?cors", rule); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	if resp, body := send(t, nil, "PUT", address+"/k", "x", "Origin", "http://dev.example"); resp.StatusCode != 200 {
		t.Errorf("an origin that CORS allows: %s %s", resp.Status, body)
	}
}

func TestExposed(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:0": true, "localhost:0": true, "[::1]:0": true, "127.9.9.9:1": true, "nonsense": true,
		":0": false, "0.0.0.0:0": false, "[::]:0": false, "192.0.2.1:0": false, "example.com:0": false, "localhost.example:0": false,
	} {
		if loopback(addr) != want {
			t.Errorf("%s: loopback %v", addr, !want)
		}
	}
}

// The mini-program SDK sends forms with the signature of POST / in a field, or
// in the header.
func TestFormWithAuthorization(t *testing.T) {
	_, address := start(t, Options{})
	form := func(fields map[string]string) string {
		var b strings.Builder
		for name, v := range fields {
			b.WriteString("--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + v + "\r\n")
		}
		b.WriteString("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhello\r\n--b--\r\n")
		return b.String()
	}
	sign := func(key string, header ...string) string {
		req, err := http.NewRequest("POST", address+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		sdk.AddAuthorizationHeader(testKeys.ID, key, "", req, sdk.NewAuthTime(time.Hour))
		return req.Header.Get("Authorization")
	}
	for name, tt := range map[string]struct {
		fields map[string]string
		header string
		status int
	}{
		"field":                {map[string]string{"key": "k", "Signature": sign(testKeys.Key)}, "", 204},
		"header":               {map[string]string{"key": "k"}, sign(testKeys.Key), 204},
		"signed field":         {map[string]string{"key": "k", "x-cos-meta-a": "b", "Signature": sign(testKeys.Key, "x-cos-meta-a", "b")}, "", 204},
		"signed field changed": {map[string]string{"key": "k", "x-cos-meta-a": "c", "Signature": sign(testKeys.Key, "x-cos-meta-a", "b")}, "", 403},
		"signed type":          {map[string]string{"key": "k", "Content-Type": "image/png", "Signature": sign(testKeys.Key, "Content-Type", "image/png")}, "", 204},
		"wrong key":            {map[string]string{"key": "k", "Signature": sign("other")}, "", 403},
		"nonsense":             {map[string]string{"key": "k", "Signature": "x"}, "", 403},
		"nothing":              {map[string]string{"key": "k"}, "", 403},
	} {
		t.Run(name, func(t *testing.T) {
			header := []string{"Content-Type", "multipart/form-data; boundary=b"}
			if tt.header != "" {
				header = append(header, "Authorization", tt.header)
			}
			resp, body := send(t, nil, "POST", address+"/", form(tt.fields), header...)
			if resp.StatusCode != tt.status {
				t.Errorf("%s %s", resp.Status, body)
			}
		})
	}
	// A body that ends in the middle of the file stores nothing.
	whole := form(map[string]string{"key": "cut", "Signature": sign(testKeys.Key)})
	resp, body := send(t, nil, "POST", address+"/", whole[:strings.Index(whole, "hello")+3], "Content-Type", "multipart/form-data; boundary=b")
	if resp.StatusCode != 400 {
		t.Errorf("cut off: %s %s", resp.Status, body)
	}
	if resp, _ := send(t, nil, "HEAD", address+"/cut", ""); resp.StatusCode != 404 {
		t.Errorf("cut off, and stored: %s", resp.Status)
	}
}

func TestUploadPages(t *testing.T) {
	all := []disk.Upload{{Key: "a", ID: "1"}, {Key: "a", ID: "2"}, {Key: "d/a", ID: "3"}, {Key: "d/b", ID: "4"}, {Key: "e", ID: "5"}}
	for name, tt := range map[string]struct {
		query uploadQuery
		want  string
	}{
		"all":                {uploadQuery{limit: 10}, "1 2 3 4 5"},
		"prefix":             {uploadQuery{prefix: "d/", limit: 10}, "3 4"},
		"after a key":        {uploadQuery{keyMarker: "a", limit: 10}, "3 4 5"},
		"after an upload":    {uploadQuery{keyMarker: "a", idMarker: "1", limit: 10}, "2 3 4 5"},
		"folders":            {uploadQuery{delimiter: "/", limit: 10}, "1 2 d/ 5"},
		"folders, page":      {uploadQuery{delimiter: "/", limit: 3}, "1 2 d/ +"},
		"folders, next page": {uploadQuery{delimiter: "/", keyMarker: "d/", limit: 3}, "5"},
		"page":               {uploadQuery{limit: 1}, "1 +"},
		"no more":            {uploadQuery{limit: 5}, "1 2 3 4 5"},
		"nothing":            {uploadQuery{prefix: "x", limit: 5}, ""},
	} {
		p := tt.query.page(all)
		var got []string
		for i, prefixes := 0, p.prefixes; i < len(p.uploads) || len(prefixes) > 0; {
			if len(prefixes) > 0 && (i == len(p.uploads) || prefixes[0] < p.uploads[i].Key) {
				got, prefixes = append(got, prefixes[0]), prefixes[1:]
				continue
			}
			got = append(got, p.uploads[i].ID)
			i++
		}
		if p.more {
			got = append(got, "+")
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", name, strings.Join(got, " "), tt.want)
		}
	}
}
