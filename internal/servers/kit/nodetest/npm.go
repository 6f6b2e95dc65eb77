package nodetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// unreachable are npm's words for a registry that it does not get to. Anything
// else, such as a package that is not what the lock file says, is a failure.
var unreachable = regexp.MustCompile(`ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|network`)

// Modules installs the packages of dir, at the versions of its lock file, and
// returns their folder. That is kept in the user's cache, so later runs need no
// network. Without Node.js, npm or a registry the test is skipped.
func Modules(t *testing.T, dir string) string {
	t.Helper()
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
	wanted := make(map[string][]byte)
	sum := sha256.New()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		wanted[name] = text
		sum.Write(text)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("there is no folder for the packages:", err)
	}
	kept := filepath.Join(cache, "wecos-tests", "npm-"+hex.EncodeToString(sum.Sum(nil))[:16])
	modules := filepath.Join(kept, "node_modules")
	if _, err := os.Stat(modules); err == nil {
		return modules
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		t.Skip("there is no folder for the packages:", err)
	}
	temp, err := os.MkdirTemp(filepath.Dir(kept), "install-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	for name, text := range wanted {
		if err := os.WriteFile(filepath.Join(temp, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	// No script of a package runs at its installation.
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1")
	cmd.Dir, cmd.WaitDelay = temp, 5*time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil || unreachable.Match(out) {
			t.Skipf("npm reaches no registry: %v %s", err, unreachable.Find(out))
		}
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	// The whole folder appears at once. Another test may have been faster.
	if err := os.Rename(temp, kept); err != nil {
		if _, there := os.Stat(modules); there != nil {
			t.Fatal(err)
		}
	}
	return modules
}
