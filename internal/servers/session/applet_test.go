package session_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/session"
)

// The logic of the mini-program, in Node, against a server.
func TestApplet(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	w := start(t, session.Options{})
	codes := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		code, _ := w.wechat.Login(r.URL.Query().Get("openid"))
		fmt.Fprint(rw, code)
	}))
	defer codes.Close()
	files, err := filepath.Abs("applet/files")
	if err != nil {
		t.Fatal(err)
	}
	for script, tests := range map[string]int{"session.test.cjs": 9, "strokes.test.cjs": 7} {
		cmd := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=tap", filepath.Join("applet", "testdata", script))
		cmd.Env = append(os.Environ(), "SERVER="+w.server.URL(), "WECHAT="+codes.URL, "FILES="+files)
		out, err := cmd.CombinedOutput()
		if err != nil || !regexp.MustCompile(fmt.Sprintf(`(?m)^# pass %d$`, tests)).Match(out) {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
}

// What the platform reads of the files is there and of today.
func TestAppletFiles(t *testing.T) {
	files := session.Applet()
	read := func(name string) string {
		t.Helper()
		f, err := files.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		text := make([]byte, info.Size())
		if _, err := f.Read(text); err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var app struct{ Pages []string }
	if err := json.Unmarshal([]byte(read("app.json")), &app); err != nil || len(app.Pages) != 2 {
		t.Fatalf("%v, %v", app, err)
	}
	all := read("app.js")
	for _, page := range app.Pages {
		for _, ext := range []string{".js", ".wxml", ".wxss", ".json"} {
			text := read(page + ext)
			if ext == ".json" && !json.Valid([]byte(text)) {
				t.Errorf("%s is no JSON", page)
			}
			all += text
		}
	}
	for _, name := range []string{"project.config.json", "sitemap.json"} {
		if !json.Valid([]byte(read(name))) {
			t.Errorf("%s is no JSON", name)
		}
	}
	for _, gone := range []string{"getUserInfo", "getUserProfile", "createCanvasContext", "canvas-id", "getSystemInfo", "open-data"} {
		if strings.Contains(all, gone) {
			t.Errorf("%s is an API of the past", gone)
		}
	}
	for _, now := range []string{`type="2d"`, `open-type="chooseAvatar"`, `type="nickname"`} {
		if !strings.Contains(all, now) {
			t.Errorf("%s is missing", now)
		}
	}
}
