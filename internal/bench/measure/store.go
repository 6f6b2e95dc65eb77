package measure

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Store is a running store process.
type Store struct {
	URL   string
	cmd   *exec.Cmd
	stdin io.Closer
	out   *bufio.Reader
}

// The keys that the store of the benchmarks takes.
const (
	SecretID  = "AKIDbench"
	SecretKey = "benchmark-only"
)

// StartStore runs program, which is built from internal/bench/store, with its
// objects in dir. Stop it after use.
func StartStore(ctx context.Context, program, dir string, latency time.Duration) (*Store, error) {
	cmd := exec.CommandContext(ctx, program, "-dir", dir, "-id", SecretID, "-key", SecretKey, "-latency", latency.String())
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &Store{cmd: cmd, stdin: stdin, out: bufio.NewReader(stdout)}
	line, err := s.out.ReadString('\n')
	if err != nil {
		_, _ = s.Stop()
		return nil, fmt.Errorf("the store did not start: %w", err)
	}
	s.URL = strings.TrimSpace(line)
	return s, nil
}

// Stop ends the store by closing its input, and returns how many connections
// clients opened to it.
func (s *Store) Stop() (connections int, err error) {
	_ = s.stdin.Close()
	line, _ := s.out.ReadString('\n')
	if err := s.cmd.Wait(); err != nil {
		return 0, fmt.Errorf("the store: %w", err)
	}
	connections, err = strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0, fmt.Errorf("the store counted %q connections", line)
	}
	return connections, nil
}
