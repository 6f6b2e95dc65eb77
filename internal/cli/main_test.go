//go:build unix

package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// helper makes the test binary a program that runs under Main.
const helper = "CLI_TEST_HELPER"

func TestMain(m *testing.M) {
	if os.Getenv(helper) == "" {
		os.Exit(m.Run())
	}
	os.Exit(Main(func(ctx context.Context, args []string, env func(string) string, s Streams) int {
		fmt.Fprintln(s.Out, "ready", args, env(helper))
		<-ctx.Done()
		fmt.Fprintln(s.Out, "stopping")
		if env(helper) == "stubborn" {
			select {} // only the second signal ends it
		}
		return ExitInterrupted
	}))
}

func start(t *testing.T, mode string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "a", "b")
	cmd.Env = append(os.Environ(), helper+"="+mode)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	expect(t, lines, fmt.Sprintf("ready [a b] %s", mode))
	return cmd, lines
}

func expect(t *testing.T, lines *bufio.Scanner, want string) {
	t.Helper()
	if !lines.Scan() || lines.Text() != want {
		t.Fatalf("got %q, want %q", lines.Text(), want)
	}
}

func TestFirstSignalStops(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd, lines := start(t, "polite")
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		expect(t, lines, "stopping")
		if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != ExitInterrupted {
			t.Errorf("%v: ended with %v", sig, err)
		}
	}
}

func TestSecondSignalKills(t *testing.T) {
	cmd, lines := start(t, "stubborn")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	expect(t, lines, "stopping")
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	// The program may not have given up the signal yet, so it gets several.
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case err := <-ended:
			if err == nil || !strings.Contains(err.Error(), "interrupt") {
				t.Errorf("ended with %v", err)
			}
			return
		case <-again.C:
			_ = cmd.Process.Signal(os.Interrupt)
		}
	}
}
