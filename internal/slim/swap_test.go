package slim

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/safefs"
)

// TestFolderBecomesALink replaces a folder by a symbolic link that leads out of
// the app just before the Nth file operation: nothing that the link leads to is
// touched, although it has the same names and contents. Once the folder is back
// nothing is lost.
func TestFolderBecomesALink(t *testing.T) {
	if err := os.Symlink("x", filepath.Join(t.TempDir(), "link")); err != nil {
		t.Skipf("symbolic links are not allowed here: %v", err)
	}
	shop := newWorld(t, nil)
	swaps := 0
	for _, what := range []string{"run", "restore"} {
		for _, folder := range []string{"app/i", "app/p", "backup/i", "backup", "backup/.wecos/texts"} {
			for n := int64(0); ; n += int64(losstest.Every(17)) {
				if !swapped(t, shop, what, folder, n) {
					break
				}
				swaps++
			}
		}
	}
	if swaps < 10 {
		t.Errorf("only %d folders were replaced", swaps)
	}
	losstest.Figure(t, "folders replaced by a link out of the app before the Nth file operation: %d", swaps)
}

// swapped reports whether the nth operation was reached.
func swapped(t *testing.T, shop *world, what, folder string, n int64) bool {
	t.Helper()
	w := shop.another(tiny())
	w.run()
	outside := prefixed("app/", tiny()) // as the app and as the backup
	for name, content := range w.read("backup") {
		outside["backup/"+name] = content
	}
	if what == "run" {
		w.restore()
	}
	w.write("outside", outside)
	at, moved, to := filepath.Join(w.dir, folder), filepath.Join(w.dir, "moved"), filepath.Join(w.dir, "outside", folder)
	if err := os.MkdirAll(to, 0o777); err != nil {
		t.Fatal(err)
	}
	want := w.read("outside")
	var count, done atomic.Int64
	w.hook = func(op safefs.Op) error {
		if count.Add(1) == n+1 {
			if os.Rename(at, moved) == nil {
				if err := os.Symlink(to, at); err != nil {
					t.Error(err)
				}
				done.Store(1)
			}
		}
		return noSync(op)
	}
	ctx := context.Background()
	if what == "run" {
		w.engine().Run(ctx)
	} else {
		w.engine().Restore(ctx, RestoreOptions{})
	}
	w.hook = nil
	when := fmt.Sprintf("%s, %s becomes a link before operation %d", what, folder, n)
	if d := diff(want, w.read("outside")); d != "" {
		t.Fatalf("%s: what it leads to was changed:\n%s", when, d)
	}
	if done.Load() == 0 {
		return count.Load() > n
	}
	w.putBack(at, moved)
	w.restore()
	w.same("app", tiny())
	if t.Failed() {
		t.Fatal(when)
	}
	return true
}

// putBack puts the folder that was moved back in its place.
func (w *world) putBack(at, moved string) {
	w.t.Helper()
	if err := os.RemoveAll(at); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(moved, at); err != nil {
		w.t.Fatal(err)
	}
}
