package cos

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	sdk "github.com/tencentyun/cos-go-sdk-v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var testKeys = Credentials{ID: "AKIDtest", Key: "secret"}

// start serves a store over loopback for the length of the test.
func start(t *testing.T, opt Options) (*Server, string) {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	if opt.Credentials == nil {
		opt.Credentials = []Credentials{testKeys}
	}
	opt.NoSync = true
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, srv.URL
}

// client is the official SDK.
func client(t *testing.T, address string, c Credentials) *sdk.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return sdk.NewClient(&sdk.BaseURL{BucketURL: u}, &http.Client{Transport: &sdk.AuthorizationTransport{
		SecretID: c.ID, SecretKey: c.Key, SessionToken: c.Token, Transport: tr,
	}})
}

// send sends a request that is signed unless sign is nil, and returns the
// reply with its body read.
func send(t *testing.T, sign *Credentials, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	if sign != nil {
		sdk.AddAuthorizationHeader(sign.ID, sign.Key, sign.Token, req, sdk.NewAuthTime(3600e9))
	}
	return roundTrip(t, req)
}

func roundTrip(t *testing.T, req *http.Request) (*http.Response, string) {
	t.Helper()
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(b)
}

// code takes the error code out of a reply.
func code(body string) string {
	var e struct{ Code string }
	_ = xml.Unmarshal([]byte(body), &e)
	return e.Code
}

func TestSDKRoundTrip(t *testing.T) {
	_, address := start(t, Options{})
	c, ctx := client(t, address, testKeys), context.Background()
	for _, key := range []string{"a.png", "a.png/b.png", "图 片/标志(1)'!*@2x.png", "50%25#?&=+;.png", "a//b", "~x/."} {
		content := "content of " + key
		put, err := c.Object.Put(ctx, key, strings.NewReader(content), &sdk.ObjectPutOptions{
			ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{
				ContentType: "image/png", CacheControl: "max-age=60",
				XCosMetaXXX: &http.Header{"X-Cos-Meta-From": {"test"}},
			}})
		if err != nil {
			t.Fatalf("put %q: %v", key, err)
		}
		etag := fmt.Sprintf("%q", fmt.Sprintf("%x", md5.Sum([]byte(content))))
		got, err := c.Object.Get(ctx, key, nil)
		if err != nil {
			t.Fatalf("get %q: %v", key, err)
		}
		body, _ := io.ReadAll(got.Body)
		got.Body.Close()
		head, err := c.Object.Head(ctx, key, nil)
		if err != nil {
			t.Fatalf("head %q: %v", key, err)
		}
		if string(body) != content || head.ContentLength != int64(len(content)) {
			t.Errorf("%q came back as %q", key, body)
		}
		for _, resp := range []*sdk.Response{put, got, head} {
			if resp.Header.Get("Etag") != etag || resp.Header.Get("x-cos-hash-crc64ecma") == "" || resp.Header.Get("x-cos-request-id") == "" {
				t.Errorf("%s %q: header %v", resp.Request.Method, key, resp.Header)
			}
		}
		for _, resp := range []*sdk.Response{got, head} {
			h := resp.Header
			if h.Get("Content-Type") != "image/png" || h.Get("Cache-Control") != "max-age=60" || h.Get("x-cos-meta-from") != "test" {
				t.Errorf("%s %q: header %v", resp.Request.Method, key, h)
			}
		}
		if _, err := c.Object.Delete(ctx, key); err != nil {
			t.Errorf("delete %q: %v", key, err)
		}
		if _, err := c.Object.Get(ctx, key, nil); !sdk.IsNotFoundError(err) {
			t.Errorf("get %q after delete: %v", key, err)
		}
	}
}

func TestSDKCopy(t *testing.T) {
	_, address := start(t, Options{Buckets: []string{"other-1250000001"}})
	c, ctx := client(t, address, testKeys), context.Background()
	host := strings.TrimPrefix(address, "http://")
	opt := &sdk.ObjectPutOptions{ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "image/gif"}}
	if _, err := c.Object.Put(ctx, "从/a b.gif", strings.NewReader("x"), opt); err != nil {
		t.Fatal(err)
	}
	res, _, err := c.Object.Copy(ctx, "to", host+"/从/a b.gif", nil)
	if err != nil || res.ETag == "" || res.CRC64 == "" {
		t.Fatalf("copy: %+v, %v", res, err)
	}
	if head, err := c.Object.Head(ctx, "to", nil); err != nil || head.Header.Get("Content-Type") != "image/gif" {
		t.Errorf("the copy: %v", err)
	}
	for source, want := range map[string]string{
		host + "/missing": "NoSuchKey",
		"other-1250000001.cos.ap-guangzhou.myqcloud.com/to":   "NoSuchKey",
		"unknown-1250000001.cos.ap-guangzhou.myqcloud.com/to": "NoSuchBucket",
		"/": "InvalidCopySource",
	} {
		resp, body := send(t, &testKeys, "PUT", address+"/to2", "", "x-cos-copy-source", source)
		if code(body) != want {
			t.Errorf("copy from %s: %s %s, want %s", source, resp.Status, body, want)
		}
	}
}

func TestSDKMultipart(t *testing.T) {
	_, address := start(t, Options{})
	c, ctx := client(t, address, testKeys), context.Background()
	key := "大 file"
	begun, _, err := c.Object.InitiateMultipartUpload(ctx, key, &sdk.InitiateMultipartUploadOptions{
		ACLHeaderOptions:       &sdk.ACLHeaderOptions{},
		ObjectPutHeaderOptions: &sdk.ObjectPutHeaderOptions{ContentType: "image/png"},
	})
	if err != nil {
		t.Fatal(err)
	}
	contents := []string{strings.Repeat("1", 1<<20), "end"}
	var parts []sdk.Object
	for i, content := range contents {
		resp, err := c.Object.UploadPart(ctx, key, begun.UploadID, i+1, strings.NewReader(content), nil)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, sdk.Object{PartNumber: i + 1, ETag: resp.Header.Get("Etag")})
	}
	done, resp, err := c.Object.CompleteMultipartUpload(ctx, key, begun.UploadID, &sdk.CompleteMultipartUploadOptions{Parts: parts})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(done.ETag, `-2"`) || resp.Header.Get("x-cos-hash-crc64ecma") == "" || done.Key != key {
		t.Errorf("%+v", done)
	}
	got, err := c.Object.Get(ctx, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(got.Body)
	got.Body.Close()
	if string(b) != strings.Join(contents, "") || got.Header.Get("Content-Type") != "image/png" {
		t.Errorf("%d bytes came back", len(b))
	}
	if _, err := c.Object.AbortMultipartUpload(ctx, key, begun.UploadID); !sdk.IsNotFoundError(err) {
		t.Errorf("abort after completion: %v", err)
	}
}

func TestSDKList(t *testing.T) {
	s, address := start(t, Options{})
	c, ctx := client(t, address, testKeys), context.Background()
	const n = 1203
	for i := range n {
		key := fmt.Sprintf("图 %04d+&.png", i)
		if i%3 == 0 {
			key = fmt.Sprintf("dir%d/%04d", i%2, i)
		}
		if _, err := s.buckets[DefaultBucket].store.Put(key, strings.NewReader("x"), diskPut(1)); err != nil {
			t.Fatal(err)
		}
	}
	count := func(opt sdk.BucketGetOptions) (keys, prefixes, pages int) {
		for {
			res, _, err := c.Bucket.Get(ctx, &opt)
			if err != nil {
				t.Fatal(err)
			}
			keys, prefixes, pages = keys+len(res.Contents), prefixes+len(res.CommonPrefixes), pages+1
			for _, o := range res.Contents {
				if o.Size != 1 || len(o.ETag) != 34 || o.LastModified == "" {
					t.Fatalf("entry %+v", o)
				}
			}
			if !res.IsTruncated {
				return keys, prefixes, pages
			}
			opt.Marker = res.NextMarker
			if opt.EncodingType == "url" {
				opt.Marker, _ = sdk.DecodeURIComponent(res.NextMarker)
			}
		}
	}
	tests := []struct {
		opt                   sdk.BucketGetOptions
		keys, prefixes, pages int
	}{
		{sdk.BucketGetOptions{}, n, 0, 2},
		{sdk.BucketGetOptions{EncodingType: "url"}, n, 0, 2},
		{sdk.BucketGetOptions{EncodingType: "url", MaxKeys: 100}, n, 0, 13},
		{sdk.BucketGetOptions{MaxKeys: 5000}, n, 0, 2},
		{sdk.BucketGetOptions{Delimiter: "/"}, 802, 2, 1},
		{sdk.BucketGetOptions{Delimiter: "/", MaxKeys: 1}, 802, 2, 804},
		{sdk.BucketGetOptions{Prefix: "dir1/"}, 200, 0, 1},
		{sdk.BucketGetOptions{Prefix: "dir1/", Delimiter: "/"}, 200, 0, 1},
		{sdk.BucketGetOptions{Prefix: "图 ", EncodingType: "url", Marker: "图 1200"}, 2, 0, 1},
		{sdk.BucketGetOptions{Prefix: "none"}, 0, 0, 1},
	}
	for _, tt := range tests {
		keys, prefixes, pages := count(tt.opt)
		if keys != tt.keys || prefixes != tt.prefixes || pages != tt.pages {
			t.Errorf("%+v: %d keys, %d prefixes, %d pages; want %d, %d, %d", tt.opt, keys, prefixes, pages, tt.keys, tt.prefixes, tt.pages)
		}
	}
	for query, want := range map[string]string{
		"max-keys=x": "InvalidArgument", "max-keys=-1": "InvalidArgument", "encoding-type=utf": "InvalidArgument",
		"max-keys=0": "",
	} {
		if resp, body := send(t, &testKeys, "GET", address+"/?"+query, ""); code(body) != want {
			t.Errorf("%s: %s %s", query, resp.Status, body)
		}
	}
}

func TestErrors(t *testing.T) {
	_, address := start(t, Options{MaxObjectSize: 1000, Buckets: []string{"second-1250000000"}})
	if resp, body := send(t, &testKeys, "PUT", address+"/k", "first"); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	wrong := base64.StdEncoding.EncodeToString(make([]byte, md5.Size))
	tests := []struct {
		name         string
		method, path string
		body         string
		header       []string
		status       int
		code         string
	}{
		{"unknown bucket", "PUT", "/k", "x", []string{"Host", "none-1250000000.cos.ap-guangzhou.myqcloud.com"}, 404, "NoSuchBucket"},
		{"object of another bucket", "GET", "/k", "", []string{"Host", "second-1250000000.localhost:80"}, 404, "NoSuchKey"},
		{"host without bucket", "GET", "/k", "", []string{"Host", "img.example.com"}, 200, ""},
		{"create the bucket", "PUT", "/", "", nil, 409, "BucketAlreadyOwnedByYou"},
		{"delete the bucket", "DELETE", "/", "", nil, 405, "MethodNotAllowed"},
		{"access list", "PUT", "/k?acl", "<x/>", nil, 400, "MalformedXML"},
		{"tagging", "PUT", "/k?tagging=", "<x/>", nil, 400, "MalformedXML"},
		{"restore", "POST", "/k?restore", "<x/>", nil, 501, "NotImplemented"},
		{"lifecycle", "PUT", "/?lifecycle", "<x/>", nil, 501, "NotImplemented"},
		{"versions", "GET", "/?versions", "", nil, 501, "NotImplemented"},
		{"post", "POST", "/k", "x", nil, 405, "MethodNotAllowed"},
		{"patch", "PATCH", "/k", "x", nil, 405, "MethodNotAllowed"},
		{"leading slash", "PUT", "//k", "x", nil, 400, "InvalidURI"},
		{"leading backslash", "PUT", "/%5Ck", "x", nil, 400, "InvalidURI"},
		{"long key", "PUT", "/" + strings.Repeat("k", 851), "x", nil, 400, "KeyTooLong"},
		{"key not UTF-8", "PUT", "/%ff", "x", nil, 400, "InvalidURI"},
		{"too large", "PUT", "/k", strings.Repeat("x", 1001), nil, 400, "EntityTooLarge"},
		{"wrong MD5", "PUT", "/k", "x", []string{"Content-MD5", wrong}, 400, "BadDigest"},
		{"no MD5", "PUT", "/k", "x", []string{"Content-MD5", "?"}, 400, "InvalidDigest"},
		{"large header", "PUT", "/k", "x", []string{"x-cos-meta-x", strings.Repeat("x", 9000)}, 400, "MetadataTooLarge"},
		{"part number", "PUT", "/k?partNumber=x&uploadId=1", "x", nil, 400, "InvalidArgument"},
		{"no upload", "PUT", "/k?partNumber=1&uploadId=1", "x", nil, 404, "NoSuchUpload"},
		{"no XML", "POST", "/k?uploadId=1", "x", nil, 400, "MalformedXML"},
		{"endless XML", "POST", "/k?uploadId=1", "<CompleteMultipartUpload>" + strings.Repeat(" ", maxXML), nil, 400, "XMLSizeLimit"},
		{"missing", "GET", "/missing", "", nil, 404, "NoSuchKey"},
		{"missing, without a body", "HEAD", "/missing", "", nil, 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, &testKeys, tt.method, address+tt.path, tt.body, tt.header...)
			if resp.StatusCode != tt.status || code(body) != tt.code {
				t.Errorf("%d %s, want %d %s", resp.StatusCode, body, tt.status, tt.code)
			}
			if tt.code != "" && (resp.Header.Get("Content-Type") != "application/xml" || !strings.Contains(body, "<RequestId>"+resp.Header.Get("X-Cos-Request-Id")+"<")) {
				t.Errorf("not an error as documented: %v %s", resp.Header, body)
			}
		})
	}
	if _, body := send(t, nil, "GET", address+"/k", ""); body != "first" {
		t.Errorf("the object is now %q", body)
	}
}

func TestChunkedBody(t *testing.T) {
	_, address := start(t, Options{MaxObjectSize: 10})
	for body, want := range map[string]string{"0123456789": "", "0123456789x": "EntityTooLarge"} {
		// A reader of unknown length is sent in chunks.
		req, err := http.NewRequest("PUT", address+"/k", io.MultiReader(bytes.NewReader([]byte(body))))
		if err != nil {
			t.Fatal(err)
		}
		sdk.AddAuthorizationHeader(testKeys.ID, testKeys.Key, "", req, sdk.NewAuthTime(3600e9))
		if resp, reply := roundTrip(t, req); code(reply) != want {
			t.Errorf("%d bytes: %s %s", len(body), resp.Status, reply)
		}
	}
}

func TestRestart(t *testing.T) {
	dir := t.TempDir()
	for restart := range 2 {
		s, err := New(Options{Dir: dir, Credentials: []Credentials{testKeys}})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(s)
		if restart == 0 {
			if resp, body := send(t, &testKeys, "PUT", srv.URL+"/图.png", "x", "Content-Type", "image/png"); resp.StatusCode != 200 {
				t.Error(body)
			}
		}
		resp, body := send(t, nil, "GET", srv.URL+"/%E5%9B%BE.png", "")
		if body != "x" || resp.Header.Get("Content-Type") != "image/png" {
			t.Errorf("restart %d: %s %q", restart, resp.Status, body)
		}
		srv.Close()
		s.Close()
	}
}

func TestOptions(t *testing.T) {
	for _, opt := range []Options{
		{},
		{Dir: t.TempDir(), Bucket: "no-appid"},
		{Dir: t.TempDir(), Buckets: []string{"../x-1"}},
		{Dir: t.TempDir(), Credentials: []Credentials{{ID: "id"}}},
	} {
		if s, err := New(opt); err == nil {
			s.Close()
			t.Errorf("%+v is accepted", opt)
		}
	}
	a, b := NewCredentials(), NewCredentials()
	if a == b || len(a.Key) < 32 || a.ID == a.Key {
		t.Errorf("%v, %v", a, b)
	}
}
