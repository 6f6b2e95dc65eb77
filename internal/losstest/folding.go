package losstest

import (
	"os"
	"path/filepath"
	"testing"
)

// FoldingDisk is a folder on a file system that keeps the case of names and does
// not tell names apart by it, as most disks of Windows and macOS are.
type FoldingDisk struct {
	Dir     string
	remount func()
}

// NewFoldingDisk returns an empty one. Where the temporary folder is not on such
// a file system, a small one is mounted; where that is not possible the test is
// skipped.
func NewFoldingDisk(t testing.TB) *FoldingDisk {
	t.Helper()
	d := &FoldingDisk{Dir: t.TempDir(), remount: func() {}}
	if d.folds(t) {
		return d
	}
	d.remount = mountFolding(t, d.Dir)
	if !d.folds(t) {
		t.Fatal("the disk that was mounted tells names apart by case")
	}
	return d
}

// Forget lets the system forget what it remembers of names and files. Where a
// program serves the disk, the system itself tells names apart, and may find
// under one spelling what was moved or replaced under another. No file may be
// open.
func (d *FoldingDisk) Forget(t testing.TB) {
	t.Helper()
	d.remount()
}

// Rename moves what lies at from to to, which may differ in case only.
func Rename(from, to string) error { return rename(from, to) }

// folds reports whether the disk takes two names that differ in case for one.
func (d *FoldingDisk) folds(t testing.TB) bool {
	t.Helper()
	probe := filepath.Join(d.Dir, "Probe")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := os.Lstat(filepath.Join(d.Dir, "pROBE"))
	if err := os.Remove(probe); err != nil {
		t.Fatal(err)
	}
	return err == nil
}
