//go:build !linux

package losstest

import "testing"

// mountFolding is for systems on which a test may mount a disk.
func mountFolding(t testing.TB, _ string) {
	t.Helper()
	t.Skip("the temporary folder tells names apart by case, and no other disk can be mounted here")
}
