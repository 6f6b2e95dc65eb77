package losstest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// diskSize is the size of a disk in bytes: exFAT needs some 4 MB.
const diskSize = 8 << 20

// mountFolding mounts an exFAT disk of its own at dir until the test is over, and
// returns what mounts it anew.
func mountFolding(t testing.TB, dir string) (remount func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a file system that compares names without case")
	}
	for _, tool := range []string{"mkfs.exfat", "mount.exfat-fuse", "losetup"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: Debian has it in exfatprogs, exfat-fuse and mount", tool)
		}
	}
	image := filepath.Join(t.TempDir(), "exfat.img")
	f, err := os.Create(image)
	if err == nil {
		err = f.Truncate(diskSize)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	command(t, "mkfs.exfat", image)
	device := command(t, "losetup", "--find", "--show", image)
	t.Cleanup(func() { command(t, "losetup", "--detach", device) })
	mount := func() { command(t, "mount.exfat-fuse", device, dir) }
	unmount := func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("%s: %v", dir, err)
			_ = syscall.Unmount(dir, syscall.MNT_DETACH) // so that nothing stays behind
		}
	}
	mount()
	t.Cleanup(unmount)
	return func() {
		unmount()
		mount()
	}
}

// rename is os.Rename without its look at the new name, which is taken for
// another folder when it is the same one in another case.
func rename(from, to string) error { return syscall.Rename(from, to) }

// command runs a program that a system may forbid, and returns what it prints.
func command(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Skipf("an exFAT disk cannot be mounted here: %s: %v: %s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}
