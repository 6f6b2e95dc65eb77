package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/wecos-go/wecos/internal/cli"
)

// With fewer watches than the app has folders, wecos says so and compares
// listings instead. The system's limit is lowered for the program alone, in a
// user namespace of its own. Its terminal is one that can only write lines.
func TestWatchWithTooFewWatches(t *testing.T) {
	const lowered = "echo 2 >/proc/sys/user/max_inotify_watches"
	if out, err := inNamespace(lowered).CombinedOutput(); err != nil {
		t.Skipf("the limit of watches cannot be lowered here: %v: %s", err, out)
	}
	program, err := exec.LookPath("wecos") // made by TestMain
	if err != nil {
		t.Fatal(err)
	}
	dir := newApp(t)
	cmd := inNamespace(lowered+` && exec "$0" "$@"`, program, "--local", "--local-addr", "127.0.0.1:0", "--app-dir", "app")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TERM=dumb")
	r, out := io.Pipe()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &watching{dir: dir, lines: make(chan string, 100), code: make(chan int, 1)}
	w.cancel = func() { _ = cmd.Process.Signal(os.Interrupt) }
	go func() {
		_ = cmd.Wait()
		out.Close()
		w.code <- cmd.ProcessState.ExitCode()
	}()
	go w.read(r)
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // unless it has ended
		for range w.lines {
		}
	})
	w.expect(t, "the system sends no events")
	w.expect(t, "fs.inotify.max_user_watches")
	write(t, dir, "app/i/two.png", "two")
	w.expect(t, "1 image uploaded · 1 removed  i/two.png")
	if _, err := os.Stat(filepath.Join(dir, "wecos_backup/i/two.png")); err != nil {
		t.Error(err)
	}
	w.end(t, cli.ExitOK)
}

// inNamespace is a shell script in a user namespace whose limits it may set.
func inNamespace(script string, args ...string) *exec.Cmd {
	cmd := exec.Command("sh", append([]string{"-c", script}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	return cmd
}
