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

// mountFolding mounts an exFAT disk of its own at dir until the test is over.
func mountFolding(t testing.TB, dir string) {
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
	// From the unmounting on, nothing holds the device any more.
	defer command(t, "losetup", "--detach", device)
	command(t, "mount.exfat-fuse", device, dir)
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
}

// command runs a program that a system may forbid, and returns what it prints.
func command(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Skipf("an exFAT disk cannot be mounted here: %s: %v: %s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}
