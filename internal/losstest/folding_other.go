//go:build !linux

package losstest

import (
	"os"
	"testing"
)

// mountFolding is for systems on which a test may mount a disk.
func mountFolding(t testing.TB, _ string) (remount func()) {
	t.Helper()
	t.Skip("the temporary folder tells names apart by case, and no other disk can be mounted here")
	return nil
}

func rename(from, to string) error { return os.Rename(from, to) }
