package within_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/within"
)

// The disk is asked, not the system.
func TestRealDisk(t *testing.T) {
	disk := losstest.NewFoldingDisk(t).Dir
	app := filepath.Join(disk, "App")
	if err := os.MkdirAll(filepath.Join(app, "Images"), 0o777); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"app": ".", "APP/images/new.PNG": "Images/new.PNG", "App/x": "x", "app2": "", "images": "",
	} {
		if got, _ := within.Rel(app, filepath.Join(disk, filepath.FromSlash(path))); !strings.EqualFold(got, want) || runtime.GOOS == "linux" && got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if got := filepath.Base(within.Real(filepath.Join(disk, "aPP"))); got != "App" {
		t.Errorf("App is spelled %s", got)
	}
}

// A link and what it leads to are one folder.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "app", "images"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "app"), filepath.Join(dir, "link")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if rel, ok := within.Rel(filepath.Join(dir, "app"), filepath.Join(dir, "link", "images", "new")); rel != "images/new" || !ok {
		t.Errorf("behind the link: %q, %v", rel, ok)
	}
}
