package main

import (
	"bytes"
	"encoding/json"
	"hash/crc64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestBothSendEveryFile(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{"a b.png": "one", "c.png": "two"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, mode := range []string{"bare", "uploader"} {
		var mu sync.Mutex
		got := map[string]string{}
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("X-Cos-Hash-Crc64ecma", strconv.FormatUint(crc64.Checksum(body, crc64.MakeTable(crc64.ECMA)), 10))
			mu.Lock()
			defer mu.Unlock()
			got[r.Method+" "+r.URL.Path] = string(body)
		}))
		var out bytes.Buffer
		err := run(t.Context(), []string{mode, dir, srv.URL, "2"}, &out)
		srv.Close()
		var res result
		if err != nil || json.Unmarshal(out.Bytes(), &res) != nil || res.Files != 2 || !(res.Seconds > 0) {
			t.Errorf("%s: %v, said %s", mode, err, out.Bytes())
		}
		if len(got) != 2 || got["PUT /images/a b.png"] != "one" || got["PUT /images/c.png"] != "two" {
			t.Errorf("%s: the server got %v", mode, got)
		}
	}
}

func TestErrorsAreTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.png"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	for _, args := range []string{"bare " + dir + " " + srv.URL + " 1", "uploader " + dir + " " + srv.URL + " 1", "other " + dir + " " + srv.URL + " 1", "bare " + dir + " " + srv.URL + " 0", "bare"} {
		if err := run(t.Context(), strings.Fields(args), io.Discard); err == nil {
			t.Errorf("%s: no error", args)
		}
	}
}
