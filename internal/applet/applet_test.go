package applet_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/wecos-go/wecos/internal/applet"
)

func app(config string) fstest.MapFS {
	return fstest.MapFS{
		"app.json":       {Data: []byte(`{}`)},
		"config.js":      {Data: []byte(config)},
		"pages/a/b.wxml": {Data: []byte("<view/>")},
	}
}

const config = "module.exports = {\n  // where the host: 'x' is\n  host: 'http://127.0.0.1:9993',\n  basePath: '/applet',\n}\n"

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	got, err := applet.Write(dir, app(config), applet.Values{Host: " https://x.example.com/ ", BasePath: "/o'clock"}, false)
	if err != nil || got.Files != 3 {
		t.Fatalf("%+v %v", got, err)
	}
	want := "module.exports = {\n  // where the host: 'x' is\n  host: 'https://x.example.com',\n  basePath: '/o\\'clock',\n}\n"
	if text := read(t, filepath.Join(dir, "config.js")); text != want {
		t.Errorf("got %s", text)
	}
	if text := read(t, filepath.Join(dir, "pages", "a", "b.wxml")); text != "<view/>" {
		t.Errorf("got %s", text)
	}
	if got.Bytes != int64(len(want)+len("{}")+len("<view/>")) {
		t.Errorf("%d bytes", got.Bytes)
	}
}

// What somebody has written stays.
func TestWriteIntoFolderWithFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"mine.txt", "app.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	v := applet.Values{Host: "http://127.0.0.1:1"}
	if _, err := applet.Write(dir, app(config), v, false); !errors.Is(err, applet.ErrExists) {
		t.Errorf("got %v", err)
	}
	if text := read(t, filepath.Join(dir, "app.json")); text != "mine" {
		t.Errorf("app.json is %s", text)
	}
	if _, err := applet.Write(dir, app(config), v, true); err != nil {
		t.Fatal(err)
	}
	if text := read(t, filepath.Join(dir, "app.json")); text != "{}" {
		t.Errorf("app.json is %s", text)
	}
	if text := read(t, filepath.Join(dir, "mine.txt")); text != "mine" {
		t.Errorf("mine.txt is %s", text)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".new*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

func TestWriteErrors(t *testing.T) {
	for _, host := range []string{"", "example.com", "ftp://example.com", "https://", "https://u@example.com", "https://example.com?x", "https://exa mple.com", "https://example.com/x"} {
		_, err := applet.Write(t.TempDir(), app(config), applet.Values{Host: host}, false)
		if e, ok := errors.AsType[*applet.HostError](err); !ok || e.Hint() == "" {
			t.Errorf("%q: %v", host, err)
		}
	}
	for _, text := range []string{"", "  host: 'x',\n", config + config} {
		if _, err := applet.Write(t.TempDir(), app(text), applet.Values{Host: "http://x"}, false); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := applet.Write(file, app(config), applet.Values{Host: "http://x"}, false); err == nil {
		t.Error("a file was taken for a folder")
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example": "https://a.example", " http://a.example:8080// ": "http://a.example:8080", "wss://a.example": "https://a.example", "ws://10.0.0.1:1": "http://10.0.0.1:1",
		"https://[2001:db8::1]:8443": "https://[2001:db8::1]:8443", "https://[::1]": "https://[::1]", "HTTPS://A.example": "https://A.example",
		"": "", "a.example": "", "//a.example": "", "ftp://a.example": "", "https:a.example": "", "https://": "", "https://:80": "", "https://a.example:": "", "https://a.example:0": "",
		"https://a.example:65536": "", "https://a.example:x": "", "https://a.example/x": "", "https://a.example?": "", "https://a.example?x": "", "https://a.example#x": "",
		"https://u@a.example": "", "https://a b": "", "https://a'b": "", "https://a\"b": "", "https://a..b": "", "https://-a": "", "https://.a": "", "https://[a": "", "https://[x]": "", "https://[::1": "", "https://ä.example": "",
	} {
		got, err := applet.Origin(address)
		if _, refused := errors.AsType[*applet.HostError](err); got != want || refused != (want == "") {
			t.Errorf("%q: %q, %v; want %q", address, got, err, want)
		}
	}
}
