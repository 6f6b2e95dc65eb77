package cos

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRange(t *testing.T) {
	_, address := start(t, Options{})
	if resp, body := send(t, &testKeys, "PUT", address+"/k", "0123456789"); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	tests := []struct {
		name, header string
		status       int
		body         string
		contentRange string
		code         string
	}{
		{"first bytes", "bytes=0-3", 206, "0123", "bytes 0-3/10", ""},
		{"middle", "bytes=4-5", 206, "45", "bytes 4-5/10", ""},
		{"from", "bytes=7-", 206, "789", "bytes 7-9/10", ""},
		{"last bytes", "bytes=-2", 206, "89", "bytes 8-9/10", ""},
		{"beyond the end", "bytes=8-99", 206, "89", "bytes 8-9/10", ""},
		{"more than all", "bytes=-99", 206, "0123456789", "bytes 0-9/10", ""},
		{"after the end", "bytes=10-", 416, "", "", "InvalidRange"},
		{"nonsense", "bytes=x", 416, "", "", "InvalidRange"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := send(t, nil, "GET", address+"/k", "", "Range", tt.header)
			if resp.StatusCode != tt.status || resp.Header.Get("Content-Range") != tt.contentRange || code(body) != tt.code {
				t.Errorf("%s %v %s", resp.Status, resp.Header, body)
			}
			if tt.code == "" && body != tt.body {
				t.Errorf("body %q, want %q", body, tt.body)
			}
			if head, _ := send(t, nil, "HEAD", address+"/k", "", "Range", tt.header); head.StatusCode != tt.status {
				t.Errorf("HEAD: %s", head.Status)
			}
		})
	}
}

func TestConditions(t *testing.T) {
	_, address := start(t, Options{})
	resp, body := send(t, &testKeys, "PUT", address+"/k", "0123456789")
	if resp.StatusCode != 200 {
		t.Fatal(body)
	}
	etag := resp.Header.Get("Etag")
	past := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)
	future := time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)
	tests := []struct {
		name   string
		header []string
		status int
	}{
		{"same ETag", []string{"If-None-Match", etag}, 304},
		{"any ETag", []string{"If-None-Match", "*"}, 304},
		{"other ETag", []string{"If-None-Match", `"x"`}, 200},
		{"must match and does", []string{"If-Match", etag}, 200},
		{"must match and does not", []string{"If-Match", `"x"`}, 412},
		{"not changed since", []string{"If-Modified-Since", future}, 304},
		{"changed since", []string{"If-Modified-Since", past}, 200},
		{"must not have changed, has", []string{"If-Unmodified-Since", past}, 412},
		{"must not have changed, has not", []string{"If-Unmodified-Since", future}, 200},
		{"range of another version", []string{"Range", "bytes=1-2", "If-Range", `"x"`}, 200},
		{"range of this version", []string{"Range", "bytes=1-2", "If-Range", etag}, 206},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				resp, body := send(t, nil, method, address+"/k", "", tt.header...)
				if resp.StatusCode != tt.status {
					t.Errorf("%s: %s %s", method, resp.Status, body)
				}
				if method == "GET" && tt.status == 412 && code(body) != "PreconditionFailed" {
					t.Errorf("%s: %s", method, body)
				}
			}
		})
	}
}

func TestOverwriteAndEmpty(t *testing.T) {
	_, address := start(t, Options{})
	for _, content := range []string{"first", "", strings.Repeat("large ", 1<<16), "last"} {
		if resp, body := send(t, &testKeys, "PUT", address+"/k", content, "Content-Type", "image/png"); resp.StatusCode != 200 {
			t.Fatal(body)
		}
		resp, body := send(t, nil, "GET", address+"/k", "")
		if body != content || resp.ContentLength != int64(len(content)) {
			t.Errorf("%d bytes came back, want %d", len(body), len(content))
		}
	}
	for range 2 {
		if resp, _ := send(t, &testKeys, "DELETE", address+"/k", ""); resp.StatusCode != 204 {
			t.Errorf("delete: %s", resp.Status)
		}
	}
	if resp, _ := send(t, nil, "GET", address+"/k", ""); resp.StatusCode != 404 {
		t.Errorf("after delete: %s", resp.Status)
	}
	if resp, _ := send(t, &testKeys, "PUT", address+"/plain", "x"); resp.StatusCode != 200 {
		t.Fatal(resp.Status)
	}
	if resp, _ := send(t, nil, "GET", address+"/plain", ""); resp.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("without a type: %v", resp.Header)
	}
}
