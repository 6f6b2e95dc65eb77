//go:build unix

package slim

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite"
)

// A source that cannot be read may name any image.
func TestUnreadableSourceKeepsEverything(t *testing.T) {
	w := newWorld(t, small())
	if err := syscall.Mkfifo(filepath.Join(w.cfg.AppDir, "hidden.wxml"), 0o644); err != nil {
		t.Fatal(err)
	}
	res := w.run()
	w.same("app", small())
	if keptAs(res, "img/a.png") != rewrite.Unreadable || len(res.Warnings) == 0 {
		t.Errorf("kept are %v, warnings %v", res.Kept, res.Warnings)
	}
}
