// Package ferrettest starts a real server of MongoDB's protocol for tests:
// FerretDB over SQLite, built once from internal/tools/ferretdb and kept in the
// user's cache. It is never part of a program.
package ferrettest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/servers/kit/proctest"
)

// Start starts a server with no data and waits until it listens. Where it is not
// built and cannot be, the test is skipped.
func Start(tb testing.TB) *proctest.Server {
	tb.Helper()
	program := build(tb)
	return proctest.Start(tb, func(addr, dir string) []string {
		return []string{program, "--addr", addr, "--dir", dir}
	}, proctest.Listens)
}

// unreachable are the words of the go command for modules that it cannot get.
var unreachable = regexp.MustCompile(`dial tcp|no such host|i/o timeout|connection refused|TLS handshake|module lookup disabled|proxyconnect|Bad Gateway|Service Unavailable`)

// buildTime is enough for two slow processors.
const buildTime = 6 * time.Minute

// build returns the program.
func build(tb testing.TB) string {
	tb.Helper()
	_, here, _, _ := runtime.Caller(0)
	module := filepath.Join(filepath.Dir(here), "..", "..", "tools", "ferretdb")
	sum := sha256.New()
	sum.Write([]byte(runtime.Version()))
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		text, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			tb.Fatal(err)
		}
		sum.Write(text)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		tb.Skip("there is no folder to keep FerretDB in:", err)
	}
	cache = filepath.Join(cache, "wecos-tests")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		tb.Skip("there is no folder to keep FerretDB in:", err)
	}
	program := filepath.Join(cache, "ferretdb-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := os.Stat(program); err == nil {
		return program
	}
	root, err := safefs.OpenRoot(cache)
	if err != nil {
		tb.Skip("there is no folder to keep FerretDB in:", err)
	}
	defer root.Close()
	// The packages that need it are tested at the same time; one builds.
	ctx, cancel := context.WithTimeout(context.Background(), buildTime)
	defer cancel()
	lock, err := root.Lock(ctx, "ferretdb.lock", time.Now(), true)
	if err != nil {
		tb.Skip("FerretDB is being built elsewhere:", err)
	}
	defer lock.Release()
	if _, err := os.Stat(program); err == nil {
		return program
	}
	compile(ctx, tb, module, program)
	return program
}

func compile(ctx context.Context, tb testing.TB, module, program string) {
	tb.Helper()
	tb.Log("building FerretDB, once")
	words := []string{"go", "build", "-tags", "ferretdb_no_postgresql", "-o", program + ".new", "."}
	if nice, err := exec.LookPath("nice"); err == nil {
		words = append([]string{nice, "-n", "10"}, words...) // tests that run now matter more
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Dir, cmd.WaitDelay = module, 5*time.Second
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		tb.Skipf("FerretDB was not built within %v", buildTime)
	case unreachable.Match(out):
		tb.Skipf("the modules of FerretDB cannot be reached: %s", unreachable.Find(out))
	default:
		tb.Fatalf("building FerretDB: %v\n%s", err, out)
	}
	if err := os.Rename(program+".new", program); err != nil {
		tb.Fatal(err)
	}
}
