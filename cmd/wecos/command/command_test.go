package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/cli"
)

// program runs wecos over an app of one page and one image.
func program(t *testing.T, ctx context.Context, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	for name, content := range map[string]string{
		"app.json": `{"pages": ["p/p"]}`, "p/p.wxml": `<image src="/a.png"/>`, "a.png": "picture",
	} {
		p := filepath.Join(dir, "app", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	args = append(args, "--local", "--local-addr", "127.0.0.1:0", "--app-dir", filepath.Join(dir, "app"),
		"--backup-dir", filepath.Join(dir, "backup"))
	code = Run(ctx, args, func(string) string { return "" }, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	return code, out.String(), errs.String()
}

func TestInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{{"--watch=false"}, {"plan"}, {"report"}} {
		code, stdout, stderr := program(t, ctx, dir, args...)
		if code != cli.ExitInterrupted || !strings.Contains(stderr, "wecos: interrupted") {
			t.Errorf("%v: exit code %d, %s %s", args, code, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, "context") {
			t.Errorf("%v says %s %s", args, stdout, stderr)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "app", "p", "p.wxml"))
	if err != nil || string(page) != `<image src="/a.png"/>` {
		t.Errorf("the page is %s, %v", page, err)
	}
}

// What a report tells people to type leaves the app alone where they did.
func TestPrintedCommandsKeepOut(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := t.TempDir()
	code, stdout, stderr := program(t, t.Context(), dir, "--watch=false", "--out", filepath.Join(dir, "copy"))
	if code != cli.ExitOK || !strings.Contains(stdout, " --out ") {
		t.Errorf("exit code %d, %s %s", code, stdout, stderr)
	}
}
