package clienttest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func mac(key, text string) string {
	h := hmac.New(sha1.New, []byte(key))
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

// post sends a form as a browser does: fields in order, then the file.
func (w *world) post(t *testing.T, fields [][2]string, name, content string) (*http.Response, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for _, f := range fields {
		ok(t, form.WriteField(f[0], f[1]))
	}
	if name != "" {
		file, err := form.CreateFormFile("file", name)
		ok(t, err)
		_, err = io.WriteString(file, content)
		ok(t, err)
	}
	ok(t, form.Close())
	return w.plain(t, "POST", "http://"+source(bucketName, ""), b.String(), "Content-Type", form.FormDataContentType())
}

// signed adds a policy of conditions to the fields.
func signed(fields [][2]string, conditions string, expires, keyEnd time.Duration) [][2]string {
	now := time.Now()
	keyTime := fmt.Sprintf("%d;%d", now.Add(-3*time.Hour).Unix(), now.Add(keyEnd).Unix())
	policy := fmt.Sprintf(`{"expiration":%q,"conditions":[{"q-sign-algorithm":"sha1"},{"q-ak":%q},{"q-sign-time":%q}%s]}`,
		now.Add(expires).UTC().Format("2006-01-02T15:04:05.000Z"), keys.ID, keyTime, conditions)
	sum := sha1.Sum([]byte(policy))
	return append(fields, [][2]string{
		{"policy", base64.StdEncoding.EncodeToString([]byte(policy))}, {"q-sign-algorithm", "sha1"}, {"q-ak", keys.ID},
		{"q-key-time", keyTime}, {"q-signature", mac(mac(keys.Key, keyTime), hex.EncodeToString(sum[:]))},
	}...)
}

func TestForms(t *testing.T) {
	w := newWorld(t, cos.Options{MaxObjectSize: 4 << 20})
	large := strings.Repeat("x", 3<<20)
	hour := time.Hour
	change := func(fields [][2]string, name, value string) [][2]string {
		for i, f := range fields {
			if f[0] == name {
				fields[i][1] = value
			}
		}
		return fields
	}
	for name, tt := range map[string]struct {
		fields  [][2]string
		file    string
		content string
		status  int
		says    string // in the body
		key     string // that the object has
	}{
		"plain": {signed([][2]string{{"key", "f/a"}}, "", hour, hour), "a.png", "hello", 204, "", "f/a"},
		"large": {signed([][2]string{{"key", "f/large"}}, "", hour, hour), "a.png", large, 204, "", "f/large"},
		"name of the file": {signed([][2]string{{"key", "f/${filename}"}, {"success_action_status", "201"}}, `,["starts-with","$key","f/"]`, hour, hour),
			`C:\x\图.png`, "hello", 201, "<Key>f/图.png</Key>", "f/图.png"},
		"status 200": {signed([][2]string{{"key", "f/b"}, {"success_action_status", "200"}}, `,{"bucket":"`+bucketName+`"}`, hour, hour), "a", "hello", 200, "", "f/b"},
		"redirect":   {signed([][2]string{{"key", "f/c"}, {"success_action_redirect", "http://a.example/ok?x=1"}}, "", hour, hour), "a", "hello", 303, "", "f/c"},
		"conditions": {signed([][2]string{{"key", "f/d"}, {"Content-Type", "image/png"}}, `,["eq","$Content-Type","image/png"],["content-length-range",1,5]`, hour, hour), "a", "hello", 204, "", "f/d"},
		"empty file": {signed([][2]string{{"key", "f/e"}}, "", hour, hour), "a", "", 204, "", "f/e"},

		"no policy":          {[][2]string{{"key", "f/no"}}, "a", "hello", 403, "AccessDenied", ""},
		"no file":            {signed([][2]string{{"key", "f/no"}}, "", hour, hour), "", "", 400, "IncorrectNumberOfFiles", ""},
		"no key":             {signed(nil, "", hour, hour), "a", "hello", 400, "InvalidArgument", ""},
		"key twice":          {signed([][2]string{{"key", "f/no"}, {"key", "f/no2"}}, "", hour, hour), "a", "hello", 400, "MalformedPOSTRequest", ""},
		"too large a field":  {signed([][2]string{{"key", "f/no"}, {"x", strings.Repeat("x", 300<<10)}}, "", hour, hour), "a", "hello", 400, "MalformedPOSTRequest", ""},
		"policy expired":     {signed([][2]string{{"key", "f/no"}}, "", -hour, hour), "a", "hello", 403, "Policy expired", ""},
		"key time expired":   {signed([][2]string{{"key", "f/no"}}, "", hour, -hour), "a", "hello", 403, "RequestTimeTooSkewed", ""},
		"other folder":       {signed([][2]string{{"key", "g/no"}}, `,["starts-with","$key","f/"]`, hour, hour), "a", "hello", 403, "a condition does not hold", ""},
		"out of it by name":  {signed([][2]string{{"key", "${filename}"}}, `,["starts-with","$key","f/"]`, hour, hour), "f/../no", "hello", 403, "a condition does not hold", ""},
		"other type":         {signed([][2]string{{"key", "f/no"}, {"Content-Type", "text/html"}}, `,["starts-with","$Content-Type","image/"]`, hour, hour), "a", "hello", 403, "a condition does not hold", ""},
		"too long":           {signed([][2]string{{"key", "f/no"}}, `,["content-length-range",1,4]`, hour, hour), "a", "hello", 400, "EntityTooLarge", ""},
		"too short":          {signed([][2]string{{"key", "f/no"}}, `,["content-length-range",6,9]`, hour, hour), "a", "hello", 400, "EntityTooSmall", ""},
		"over the store's":   {signed([][2]string{{"key", "f/no"}}, "", hour, hour), "a", large + large, 400, "EntityTooLarge", ""},
		"unknown condition":  {signed([][2]string{{"key", "f/no"}}, `,["like","$key","f"]`, hour, hour), "a", "hello", 400, "InvalidPolicyDocument", ""},
		"policy changed":     {change(signed([][2]string{{"key", "f/no"}}, "", hour, hour), "policy", "e30="), "a", "hello", 403, "SignatureDoesNotMatch", ""},
		"key time changed":   {change(signed([][2]string{{"key", "f/no"}}, "", hour, hour), "q-key-time", "1;9999999999"), "a", "hello", 403, "SignatureDoesNotMatch", ""},
		"unknown id":         {change(signed([][2]string{{"key", "f/no"}}, "", hour, hour), "q-ak", "AKIDnone"), "a", "hello", 403, "InvalidAccessKeyId", ""},
		"two access lists":   {signed([][2]string{{"key", "f/no"}, {"acl", "public-read"}, {"x-cos-acl", "private"}}, `,{"x-cos-acl":"private"}`, hour, hour), "a", "hello", 400, "InvalidArgument", ""},
		"control characters": {signed([][2]string{{"key", "f/no"}, {"Content-Type", "image/png\x00\r\nX: y"}}, "", hour, hour), "a", "hello", 400, "control characters", ""},
		"redirect to a path": {signed([][2]string{{"key", "f/no"}, {"success_action_redirect", "javascript:x"}}, "", hour, hour), "a", "hello", 400, "InvalidArgument", ""},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := w.post(t, tt.fields, tt.file, tt.content)
			if resp.StatusCode != tt.status || !strings.Contains(body, tt.says) {
				t.Fatalf("%s %s", resp.Status, body)
			}
			if tt.key == "" {
				exists, err := w.Object.IsExist(t.Context(), "f/no")
				ok(t, err)
				same(t, "it exists", exists, false)
				return
			}
			got, head := w.get(t, tt.key, nil)
			same(t, "content", got == tt.content, true)
			same(t, "ETag", resp.Header.Get("ETag"), head.Header.Get("ETag"))
			switch name {
			case "redirect":
				same(t, "location", resp.Header.Get("Location"), "http://a.example/ok?bucket="+bucketName+"&etag=%22"+strings.Trim(etag("hello"), `"`)+"%22&key=f%2Fc&x=1")
			case "conditions":
				same(t, "type", head.Header.Get("Content-Type"), "image/png")
			case "status 200":
				same(t, "location", resp.Header.Get("Location"), "http://"+source(bucketName, "f/b"))
			}
		})
	}
}
