package losstest

import (
	"os"
	"path/filepath"
	"testing"
)

// FoldingDisk returns an empty folder on a file system that keeps the case of
// names and does not tell names apart by it, as most disks of Windows and macOS
// are. Where the temporary folder is not on one, a small one is mounted; where
// that is not possible the test is skipped.
func FoldingDisk(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if folds(t, dir) {
		return dir
	}
	mountFolding(t, dir)
	if !folds(t, dir) {
		t.Fatal("the disk that was mounted tells names apart by case")
	}
	return dir
}

// folds reports whether dir takes two names that differ in case for one.
func folds(t testing.TB, dir string) bool {
	t.Helper()
	probe := filepath.Join(dir, "Probe")
	if err := os.WriteFile(probe, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := os.Lstat(filepath.Join(dir, "pROBE"))
	if err := os.Remove(probe); err != nil {
		t.Fatal(err)
	}
	return err == nil
}
