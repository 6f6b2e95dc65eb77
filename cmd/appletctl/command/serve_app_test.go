package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/kit"
)

// The defaults of the configuration and those of the kit are the same.
func TestLimitsAreThoseOfTheKit(t *testing.T) {
	got := kitOptions(config.NewAlbum().Common(), nil).Limits
	if want := kit.DefaultLimits(); got != want {
		t.Errorf("the configuration says %+v, the kit %+v", got, want)
	}
}

// program runs appletctl with a server that answers with its upload folder.
func program(t *testing.T, ctx context.Context, closed *error, args ...string) (code int, out, errs string) {
	t.Helper()
	root := newRoot(os.Getenv)
	serve, _, err := root.Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	serve.AddCommand(newServeApp(func(string) string { return "" }, serveApp[*config.Album]{
		name: "demo", short: "Serve a demo", long: "Serve a demo.", example: "  appletctl serve demo",
		fresh: config.NewAlbum,
		open: func(_ context.Context, cfg *config.Album, log *slog.Logger) (kit.App, string, error) {
			if cfg.Folder == "/bad" {
				return kit.App{}, "", errors.New("no such folder")
			}
			log.Warn("opened", "token", "verysecret")
			h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, cfg.Folder) })
			return kit.App{Name: "demo", Handler: h, Close: func() error { *closed = errors.New("closed"); return nil }}, "a demo", nil
		},
	}))
	r, w := io.Pipe()
	var stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		code := cli.Execute(ctx, root, args, cli.Streams{In: strings.NewReader(""), Out: w, Err: &stderr})
		w.Close()
		ended <- code
	}()
	lines := bufio.NewReader(r)
	first, _ := lines.ReadString('\n')
	if url, _, ok := strings.Cut(first, " serves "); ok {
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		first += string(body) + "\n"
		http.DefaultClient.CloseIdleConnections()
		ctx.Value(stopKey{}).(context.CancelFunc)()
	}
	rest, _ := io.ReadAll(lines)
	return <-ended, first + string(rest), stderr.String()
}

type stopKey struct{}

func TestServeApp(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile(filepath.Join("album.config.json"), []byte(`{"cosUploadFolder": "/a"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string, string, error) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var closed error
		ctx = context.WithValue(ctx, stopKey{}, stop)
		code, out, errs := program(t, ctx, &closed, args...)
		return code, out, errs, closed
	}
	code, out, errs, closed := run("serve", "demo", "--addr", "127.0.0.1:0", "--admin-addr", ":0")
	if code != 0 || closed == nil || !strings.HasPrefix(out, "http://127.0.0.1:") || !strings.Contains(out, " serves a demo\n/a\n") || !strings.Contains(out, " has /healthz, /readyz and /metrics\n") {
		t.Errorf("code %d, %q, %v, %s", code, out, closed, errs)
	}
	if strings.Contains(errs, "verysecret") || !strings.Contains(errs, `"msg":"stopping"`) {
		t.Errorf("the log: %s", errs)
	}
	if _, out, _, _ := run("serve", "demo", "--port", "0", "--cos-upload-folder", "/b"); !strings.Contains(out, "\n/b\n") {
		t.Errorf("a flag: %q", out)
	}
	if code, _, errs, _ := run("serve", "demo", "--port", "x"); code != cli.ExitUsage || errs != "appletctl: --port must be a whole number\n" {
		t.Errorf("a bad flag: %d, %s", code, errs)
	}
	if code, _, errs, _ := run("serve", "demo", "--cos-upload-folder", "/bad"); code != cli.ExitFailed || errs != "appletctl: no such folder\n" {
		t.Errorf("no store: %d, %s", code, errs)
	}
	if code, _, errs, closed := run("serve", "demo", "--port", "0", "--tls-cert", "a", "--tls-key", "b"); code != cli.ExitFailed || closed == nil || !strings.Contains(errs, "a: cannot be read: no such file") || !strings.Contains(errs, "\nhint: --tls-cert names a PEM file") {
		t.Errorf("no certificate: %d, %s", code, errs)
	}
}
