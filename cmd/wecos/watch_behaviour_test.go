package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

// What people and their programs do to files, each step answered by one event
// and nothing besides.
func TestWatchAnswersEveryWayToSave(t *testing.T) {
	t.Chdir(t.TempDir())
	w := startWatching(t)
	w.expect(t, "watching app")
	abs := func(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"a new folder with an image", func() { write(t, w.dir, "app/new/deep/x.png", "x") }, "1 image uploaded · 1 removed"},
		{"an image in the folder that is known now", func() { write(t, w.dir, "app/new/deep/y.png", "y") }, "1 image uploaded · 1 removed"},
		{"an editor that saves by rename", func() {
			write(t, w.dir, "app/pages/a/a.wxml~", "<image src=\"/new/deep/x.png\"/>\n")
			must(os.Rename(abs("app/pages/a/a.wxml~"), abs("app/pages/a/a.wxml")))
		}, "1 reference rewritten"},
		{"a folder that is moved in", func() {
			write(t, w.dir, "elsewhere/in/z.png", "z")
			must(os.Rename(abs("elsewhere"), abs("app/moved")))
		}, "1 image uploaded · 1 removed"},
		{"a reference to what went online in the first run", func() {
			write(t, w.dir, "app/pages/a/a.js", "Page({ data: { x: '/i/one.png' } })\n")
		}, "1 reference rewritten"},
		{"new content under an old name", func() { write(t, w.dir, "app/i/one.png", "another one") }, "1 image uploaded · 1 removed"},
		{"a page in a new folder", func() {
			write(t, w.dir, "app/pages/b/b.wxml", "<image src=\"../../moved/in/z.png\"/>")
		}, "1 reference rewritten"},
	} {
		step.do()
		for _, line := range w.expect(t, step.want) {
			if strings.Contains(line, "·") || strings.Contains(line, "rewritten") {
				t.Errorf("before %s was answered: %s", step.name, line)
			}
		}
	}
	w.end(t, cli.ExitOK)
	for line := range w.lines {
		if !strings.HasPrefix(line, "  ") {
			t.Errorf("at the end: %s", line)
		}
	}
}

func TestWatchRewritesHashedNames(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := newApp(t)
	write(t, dir, "wecos.config.json", `{"fileName": "[path][name].[hash:8][ext]"}`)
	w := watchIn(t, dir, "-c", filepath.Join(dir, "wecos.config.json"), "--local", "--local-addr", "127.0.0.1:0")
	w.expect(t, "watching app")
	before := w.page(t)
	write(t, dir, "app/i/one.png", "another one")
	w.expect(t, "1 image uploaded · 1 removed · 1 reference rewritten")
	if after := w.page(t); after == before || !strings.Contains(after, "/i/one.") {
		t.Errorf("the page was %q and is %q", before, after)
	}
	w.end(t, cli.ExitOK)
}

// A checkout is few runs, and what they do adds up.
func TestWatchBurst(t *testing.T) {
	if testing.Short() {
		t.Skip("it writes 3,000 files")
	}
	t.Chdir(t.TempDir())
	w := startWatching(t)
	w.expect(t, "watching app")
	begin := time.Now()
	for n := range 100 {
		write(t, w.dir, fmt.Sprintf("app/set/%d.png", n), fmt.Sprint("picture ", n))
		for part := range 29 {
			write(t, w.dir, fmt.Sprintf("app/pages/p%d/%d.wxml", n, part), fmt.Sprintf("<view>%d</view>\n", part))
		}
	}
	write(t, w.dir, "app/pages/last/last.wxml", "<image src=\"/set/99.png\"/>")
	most := 1 + int(time.Since(begin)/(2*time.Second)) // one after every two seconds
	uploads := 0
	for _, line := range append(w.expect(t, "1 reference rewritten"), "uploaded") {
		if strings.Contains(line, "uploaded") {
			uploads++
		}
	}
	if uploads > most {
		t.Errorf("%d runs, want at most %d", uploads, most)
	}
	w.end(t, cli.ExitOK)
}

// An image that is written slowly is handled once it is whole.
func TestWatchWaitsForAWholeImage(t *testing.T) {
	t.Chdir(t.TempDir())
	w := startWatching(t)
	w.expect(t, "watching app")
	name := filepath.Join(w.dir, "app", "i", "slow.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := f.WriteString("a part "); err != nil {
			t.Fatal(err)
		}
		<-time.After(100 * time.Millisecond)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	w.expect(t, "1 image uploaded · 1 removed")
	backup, err := os.ReadFile(filepath.Join(w.dir, "backup", "i", "slow.png"))
	if err != nil || string(backup) != strings.Repeat("a part ", 10) {
		t.Errorf("the backup is %q, %v", backup, err)
	}
	w.end(t, cli.ExitOK)
}

// A mistake that lasts is told once, not with every save.
func TestWatchTellsAMistakeOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	w := startWatching(t)
	w.expect(t, "watching app")
	write(t, w.dir, "app/app.json", `{"pages": `)
	w.expect(t, "app.json:1:")
	write(t, w.dir, "app/pages/a/a.js", "Page({ /* typing */ })\n")
	write(t, w.dir, "app/i/late.png", "late")
	<-time.After(time.Second) // a run in between, which fails as well
	write(t, w.dir, "app/app.json", `{"pages": ["pages/a/a"]}`)
	for _, line := range w.expect(t, "1 image uploaded · 1 removed") {
		if strings.Contains(line, "app.json") {
			t.Errorf("again: %s", line)
		}
	}
	w.end(t, cli.ExitOK)
}

// Ctrl-C in the middle of a run ends it at once, with the exit code of an
// interruption and nothing half done.
func TestWatchInterruptedDuringARun(t *testing.T) {
	t.Chdir(t.TempDir())
	keys := cos.NewCredentials()
	var hang atomic.Bool
	reached, release := make(chan bool, 10), make(chan bool)
	store, err := cos.New(cos.Options{
		Dir: t.TempDir(), Bucket: "shop-1250000000", Credentials: []cos.Credentials{keys}, NoSync: true,
		Fault: func(r *http.Request) cos.Fault {
			if hang.Load() && r.Method == http.MethodPut {
				reached <- true
				<-release
			}
			return cos.Fault{}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(store)
	t.Cleanup(func() {
		close(release)
		front.Close()
		store.Close()
	})
	dir := newApp(t)
	write(t, dir, "wecos.config.json", fmt.Sprintf(
		`{"cos": {"endpoint": %q, "bucket": "shop-1250000000", "secret_id": %q, "secret_key": %q}}`, front.URL, keys.ID, keys.Key))
	w := watchIn(t, dir, "-c", filepath.Join(dir, "wecos.config.json"))
	w.expect(t, "watching app")
	hang.Store(true)
	write(t, dir, "app/i/two.png", "two")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	select {
	case <-reached:
	case <-ctx.Done():
		t.Fatal("no upload")
	}
	begin := time.Now()
	w.end(t, cli.ExitInterrupted)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
	if two, err := os.ReadFile(filepath.Join(dir, "app/i/two.png")); err != nil || string(two) != "two" {
		t.Errorf("the image is %q, %v", two, err)
	}
}
