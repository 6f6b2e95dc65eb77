package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/cmd/wecos/command"
	"github.com/wecos-go/wecos/internal/cli"
)

// patience is how long a line of the watcher may take on a busy machine.
const patience = time.Minute

// watching is a wecos that watches, and the lines that it writes.
type watching struct {
	dir    string
	lines  chan string
	cancel context.CancelFunc
	code   chan int
}

// newApp makes a project of one page and one image.
func newApp(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "app/app.json", `{"pages": ["pages/a/a"]}`)
	write(t, dir, "app/pages/a/a.js", "Page({})\n")
	write(t, dir, "app/pages/a/a.wxml", "<image src=\"/i/one.png\"/>\n")
	write(t, dir, "app/i/one.png", "one")
	return dir
}

// startWatching watches a new project with a store of its own.
func startWatching(t *testing.T, args ...string) *watching {
	t.Helper()
	return watchIn(t, newApp(t), append([]string{"--local", "--local-addr", "127.0.0.1:0"}, args...)...)
}

// watchIn watches the project in dir.
func watchIn(t *testing.T, dir string, args ...string) *watching {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	w := &watching{dir: dir, lines: make(chan string, 100), cancel: cancel, code: make(chan int, 1)}
	r, out := io.Pipe()
	args = append([]string{"--app-dir", filepath.Join(dir, "app"), "--backup-dir", filepath.Join(dir, "backup")}, args...)
	go func() {
		w.code <- command.Run(ctx, args, func(string) string { return "" }, cli.Streams{In: strings.NewReader(""), Out: out, Err: out})
		out.Close()
	}()
	go w.read(r)
	t.Cleanup(func() {
		cancel()
		for range w.lines {
		}
	})
	return w
}

// read passes on the lines of r until it ends.
func (w *watching) read(r io.Reader) {
	for s := bufio.NewScanner(r); s.Scan(); {
		w.lines <- s.Text()
	}
	close(w.lines)
}

// expect reads lines until one contains text, and returns those before it.
func (w *watching) expect(t *testing.T, text string) []string {
	t.Helper()
	timeout := time.After(patience)
	var seen []string
	for {
		select {
		case l, ok := <-w.lines:
			if strings.Contains(l, text) {
				return seen
			}
			if !ok {
				t.Fatalf("it ended without %q:\n%s", text, strings.Join(seen, "\n"))
			}
			seen = append(seen, l)
		case <-timeout:
			t.Fatalf("no %q:\n%s", text, strings.Join(seen, "\n"))
			return nil
		}
	}
}

// page reads the app's one page.
func (w *watching) page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, "app/pages/a/a.wxml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (w *watching) end(t *testing.T, want int) {
	t.Helper()
	w.cancel()
	select {
	case code := <-w.code:
		if code != want {
			t.Errorf("exit code %d, want %d", code, want)
		}
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	for _, poll := range []string{"0s", "50ms"} {
		t.Run(poll, func(t *testing.T) {
			t.Chdir(t.TempDir())
			w := startWatching(t, "--poll", poll)
			w.expect(t, "watching app")

			// A new image and a reference to it.
			write(t, w.dir, "app/i/two.png", "two")
			w.expect(t, "1 image uploaded · 1 removed  i/two.png")
			write(t, w.dir, "app/pages/a/a.wxml", "<image src=\"/i/two.png\"/>\n")
			w.expect(t, "1 reference rewritten")
			if text := w.page(t); !strings.Contains(text, "http://127.0.0.1:") {
				t.Errorf("the page is %q", text)
			}

			// A mistake is told and does not end it.
			write(t, w.dir, "app/app.json", `{"pages": `)
			w.expect(t, "app.json")
			write(t, w.dir, "app/app.json", `{"pages": ["pages/a/a"]}`)
			write(t, w.dir, "app/i/three.png", "three")
			w.expect(t, "i/three.png")

			// Nobody else may watch or restore meanwhile.
			var told strings.Builder
			code := command.Run(t.Context(), []string{"restore", "--app-dir", filepath.Join(w.dir, "app"), "--backup-dir", filepath.Join(w.dir, "backup"), "-c", config(t, w.dir)},
				func(string) string { return "" }, cli.Streams{In: strings.NewReader(""), Out: io.Discard, Err: &told})
			if code != cli.ExitFailed || !strings.Contains(told.String(), "watches this app") {
				t.Errorf("restore: exit code %d, %s", code, told.String())
			}
			w.end(t, cli.ExitOK)
		})
	}
}

// config writes a configuration for commands that need no store.
func config(t *testing.T, dir string) string {
	write(t, dir, "wecos.config.json", `{}`)
	return filepath.Join(dir, "wecos.config.json")
}
