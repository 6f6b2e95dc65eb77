package safefs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"testing/synctest"
	"time"
)

// holdEnv makes the test binary a process that holds a lock.
const holdEnv = "SAFEFS_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdEnv); dir != "" {
		os.Exit(hold(dir))
	}
	os.Exit(m.Run())
}

// hold takes the lock in dir, says so, and keeps it until it is killed.
func hold(dir string) int {
	r, err := OpenRoot(dir)
	if err == nil {
		_, err = r.Lock(context.Background(), "lock", time.Now(), false)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("held")
	io.Copy(io.Discard, os.Stdin)
	return 0
}

func TestLockOfAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holdEnv+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if line != "held\n" {
		t.Fatalf("the holder said %q, %v", line, err)
	}

	held := (*HeldError)(nil)
	if _, err := r.Lock(context.Background(), "lock", time.Now(), false); !errors.As(err, &held) || held.PID != cmd.Process.Pid {
		t.Errorf("a held lock: %v, want process %d", err, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // fails: it was killed
	lock, err := r.Lock(context.Background(), "lock", time.Now(), false)
	if err != nil {
		t.Fatalf("the lock of a dead process: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

func TestLockWaits(t *testing.T) {
	dir := t.TempDir()
	r := open(t, dir)
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		first, err := r.Lock(ctx, "state/lock", time.Now(), false)
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := r.Lock(short, "state/lock", time.Now(), true); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting with a deadline: %v", err)
		}
		time.AfterFunc(time.Minute, func() {
			if err := first.Release(); err != nil {
				t.Error(err)
			}
		})
		start := time.Now()
		second, err := r.Lock(ctx, "state/lock", time.Now(), true)
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < time.Minute {
			t.Errorf("got a held lock after %v", waited)
		}
		if err := second.Release(); err != nil {
			t.Error(err)
		}
	})
}
