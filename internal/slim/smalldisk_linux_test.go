package slim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/safefs"
)

// TestSmallDisk runs wecos and restore with the app, the backups, the state or
// the output on a real file system that fills up after so many KiB, or that is
// read-only.
func TestSmallDisk(t *testing.T) {
	roles := map[string]map[string]any{
		"app":     nil,
		"backups": nil,
		"state":   {"backupDir": ""},
		"output":  {"outDir": "./disk/out"},
	}
	refusals := 0
	for role, settings := range roles {
		s := newSample(t, "wxml-static", settings)
		for _, free := range []int{0, 4, 8, 12, 16, 24, 36, 48, 64, readOnly} {
			t.Run(fmt.Sprintf("%s with %d KiB", role, free), func(t *testing.T) {
				refusals += s.onSmallDisk(t, role, free)
			})
		}
	}
	losstest.Figure(t, "runs and restores that a real disk refused (full or read-only): %d", refusals)
}

const (
	diskSize = 640 // KiB
	readOnly = -1
)

// onSmallDisk returns how often the disk refused.
func (s *sample) onSmallDisk(t *testing.T, role string, free int) (refusals int) {
	c := s.fresh()
	c.t = t
	defer c.drop()
	dir := map[string]string{
		"app": filepath.Join(c.dir, "app"), "backups": c.cfg.BackupDir, "state": c.cfg.StateDir(), "output": filepath.Join(c.dir, "disk"),
	}[role]
	defer smallDisk(t, dir)()
	if role == "app" {
		if err := s.before.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, what := range []string{"run", "restore"} {
		tighten(t, dir, free)
		act := c.tryRun
		if what == "restore" {
			act = c.tryRestore
		}
		when := fmt.Sprintf("%s with %d KiB left for the %s", what, free, role)
		switch _, err := act(); {
		case err == nil:
		case !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EROFS):
			t.Fatalf("%s: %v", when, err)
		default:
			refusals++
			if h, ok := errors.AsType[interface {
				error
				Hint() string
			}](err); !ok || h.Hint() == "" || strings.Contains(err.Error(), safefs.TempPrefix) {
				t.Errorf("%s: %v has no hint, or names a temporary file", when, err)
			}
		}
		widen(t, dir, free)
		c.whole(when, free == readOnly)
		c.goesOn(when, what)
	}
	return refusals
}

// smallDisk mounts a file system at dir and returns what unmounts it.
func smallDisk(t *testing.T, dir string) (unmount func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small file system")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", diskSize)); err != nil {
		t.Skipf("mounting a small file system is not allowed here: %v", err)
	}
	return func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}
}

// ballast is a file beside what wecos knows: the name is that of a temporary
// file of another program.
const ballast = ".ballast.tmp"

// tighten leaves so many KiB on the file system at dir.
func tighten(t *testing.T, dir string, free int) {
	t.Helper()
	if free == readOnly {
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Skipf("a file system cannot be made read-only here: %v", err)
		}
		return
	}
	var is syscall.Statfs_t
	if err := syscall.Statfs(dir, &is); err != nil {
		t.Fatal(err)
	}
	size := int(is.Bavail)*int(is.Bsize) - free<<10
	if err := os.WriteFile(filepath.Join(dir, ballast), make([]byte, max(size, 0)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// widen makes room again.
func widen(t *testing.T, dir string, free int) {
	t.Helper()
	var err error
	if free == readOnly {
		err = syscall.Mount("", dir, "", syscall.MS_REMOUNT, "")
	} else {
		err = os.Remove(filepath.Join(dir, ballast))
	}
	if err != nil {
		t.Fatal(err)
	}
}
