package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestAllSendsAndCopiesEveryImage(t *testing.T) {
	dir := t.TempDir()
	for name, data := range map[string]string{"a.png": "one", "sub/b.png": "two", "app.js": "App({})"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	got := map[string]string{}
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got[r.Method+" "+r.URL.Path] = string(body)
	}))
	defer srv.Close()

	backup := t.TempDir()
	if err := all(dir, srv.URL, backup); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got["PUT /a.png"] != "one" || got["PUT /sub/b.png"] != "two" {
		t.Errorf("the server got %v", got)
	}
	if data, err := os.ReadFile(filepath.Join(backup, "sub", "b.png")); err != nil || string(data) != "two" {
		t.Errorf("the copy is %q, %v", data, err)
	}
}

func TestAllReportsARefusal(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.png"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	if err := all(dir, srv.URL, t.TempDir()); err == nil {
		t.Error("no error")
	}
}
