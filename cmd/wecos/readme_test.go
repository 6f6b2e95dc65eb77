package main

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	appletctl "github.com/wecos-go/wecos/cmd/appletctl/command"
	"github.com/wecos-go/wecos/cmd/wecos/command"
	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

// root is the folder of the module, whatever folder a test changes to.
var root = func() string {
	abs, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return abs
}()

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// commands lists what the README tells people to type, in order: indented lines
// and code spans that begin with one of the programs.
func commands(text string) []string {
	text = regexp.MustCompile("(?s)```.*?```").ReplaceAllString(text, "")
	var out []string
	for _, m := range regexp.MustCompile("(?m)^    ([^ ].*)$|`((?:wecos|appletctl|make)(?: [^`]*)?)`").FindAllStringSubmatch(text, -1) {
		if c := m[1] + m[2]; !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// desk is a folder with a sample app, and a bucket, for one after the other of
// the README's commands.
type desk struct {
	dir string
	env func(string) string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	keys := cos.NewCredentials()
	server, err := cos.New(cos.Options{Dir: t.TempDir(), Credentials: []cos.Credentials{keys}, Bucket: "pictures-1250000000", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(func() { listener.Close(); _ = server.Close() })
	env := map[string]string{"COS_SECRET_ID": keys.ID, "COS_SECRET_KEY": keys.Key}
	d := &desk{dir: t.TempDir(), env: func(k string) string { return env[k] }}
	if err := os.CopyFS(filepath.Join(d.dir, "app"), os.DirFS(filepath.Join(root, "testdata/projects/teashop/in"))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { t.Logf("store at %s", listener.URL) })
	env["STORE"] = listener.URL
	return d
}

// run types a command of one of the two programs; watchers and servers are ended
// once they watch and serve.
func (d *desk) run(t *testing.T, line string) (out string, code int) {
	t.Helper()
	t.Chdir(d.dir)
	args := strings.Fields(line)
	var text bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	both := &ender{Writer: &text, end: cancel}
	streams := cli.Streams{In: strings.NewReader(""), Out: both, Err: both}
	switch args[0] {
	case "wecos":
		code = command.Run(ctx, args[1:], d.env, streams)
	case "appletctl":
		code = appletctl.Run(ctx, args[1:], d.env, streams)
	default:
		t.Fatalf("%s: not a program", args[0])
	}
	return text.String(), code
}

// ender ends a watcher as soon as it says that it watches, and a server that it
// serves. It may be written to from several goroutines: a server logs.
type ender struct {
	io.Writer
	end func()
	mu  sync.Mutex
}

func (e *ender) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if bytes.Contains(p, []byte("watching ")) || bytes.Contains(p, []byte(" serves ")) {
		e.end()
	}
	return e.Writer.Write(p)
}

// Every command of the README does what it says there. make test is what runs
// this test.
func TestReadmeCommands(t *testing.T) {
	d := newDesk(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	list := commands(readme(t))
	if len(list) < 10 {
		t.Fatalf("only %d commands found: %q", len(list), list)
	}
	want := map[string]int{"wecos plan --exit-code": cli.ExitPending, "wecos report --check": cli.ExitOverLimit}
	for _, line := range list {
		switch {
		case line == "make" || strings.HasPrefix(line, "make "):
			target := strings.TrimPrefix(strings.TrimPrefix(line, "make"), " ")
			if target != "" && !bytes.Contains(makefile, []byte("\n"+target+":")) {
				t.Errorf("%s: the Makefile has no such target", line)
			}
			continue
		case line == "appletctl":
			continue // the name of the program
		}
		d.before(t, line)
		if strings.HasPrefix(line, "wecos --local ") {
			line += " --local-addr 127.0.0.1:0" // the usual port may be taken
		}
		if strings.HasPrefix(line, "appletctl serve ") {
			line += " --addr 127.0.0.1:0"
		}
		out, code := d.run(t, line)
		if code != want[line] {
			t.Errorf("%s: exit code %d, want %d\n%s", line, code, want[line], out)
		}
	}
}

// before makes what a command of the README finds when a person types it.
func (d *desk) before(t *testing.T, line string) {
	t.Helper()
	d.fresh(t)
	switch {
	case strings.HasPrefix(line, "appletctl init"), strings.HasPrefix(line, "wecos --local"):
		if err := os.Remove(filepath.Join(d.dir, "wecos.config.json")); err != nil {
			t.Fatal(err)
		}
	case strings.HasPrefix(line, "wecos restore"):
		if out, code := d.run(t, "wecos --watch=false"); code != 0 {
			t.Fatal(out)
		}
	}
}

// fresh puts the sample app back as it was.
func (d *desk) fresh(t *testing.T) {
	t.Helper()
	for _, name := range []string{"app", "wecos_backup", ".wecos", "album.config.json"} {
		if err := os.RemoveAll(filepath.Join(d.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(d.dir, "app"), os.DirFS(filepath.Join(root, "testdata/projects/teashop/in"))); err != nil {
		t.Fatal(err)
	}
	d.configure(t)
}

// configure fills in what the README asks for, and points the bucket at a store
// on this computer.
func (d *desk) configure(t *testing.T) {
	t.Helper()
	text := `{ "appDir": "./app", "targetHost": "` + d.env("STORE") + `",
		"cos": { "bucket": "pictures-1250000000", "region": "ap-guangzhou", "endpoint": "` + d.env("STORE") + `" } }`
	if err := os.WriteFile(filepath.Join(d.dir, "wecos.config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The picture of the terminal in the README is what the demo prints.
func TestReadmePicture(t *testing.T) {
	d := newDesk(t)
	out, code := d.run(t, "wecos --local --local-addr 127.0.0.1:0 --app-dir app --watch=false -q=false --no-progress")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	text := readme(t)
	i := strings.Index(text, "Slimmed ./app")
	if i < 0 {
		t.Fatal("the README shows no report")
	}
	shown, _, _ := strings.Cut(text[i:], "```")
	_, got, _ := strings.Cut(out, "Slimmed ./app")
	got = regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(got, "127.0.0.1:19000") // the usual port may be taken
	if got = "Slimmed ./app" + got; got != shown {
		t.Errorf("the README shows\n%s\nthe demo prints\n%s", shown, got)
	}
}

// make demo and make install do what the README says.
func TestReadmeMake(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	bin, demo := t.TempDir(), t.TempDir()
	for _, args := range [][]string{{"demo", "BIN=" + bin, "DEMO=" + demo, "DEMOADDR=127.0.0.1:0"}, {"install"}, nil} {
		cmd := exec.CommandContext(t.Context(), "make", args...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "GOBIN="+bin, "MAKEFLAGS=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("make %s: %v\n%s", args, err, out)
		}
		if len(args) > 1 && !bytes.Contains(out, []byte("Take it back with: wecos restore --local --app-dir app")) {
			t.Errorf("make demo printed\n%s", out)
		}
	}
	for _, name := range []string{"wecos", "appletctl"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			t.Error(err)
		}
	}
}
