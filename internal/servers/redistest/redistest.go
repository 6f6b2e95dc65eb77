// Package redistest starts real Redis servers for tests: on ports of their own,
// in folders of their own, ended with the test. It is never part of a program.
package redistest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Server is a redis-server that may be stopped and started again on its port.
type Server struct {
	Addr string // 127.0.0.1:PORT

	tb   testing.TB
	dir  string
	args []string

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan struct{} // closed when cmd has ended
	log  *bytes.Buffer
}

// Start starts a redis-server with further arguments, such as "--appendonly",
// "yes", and waits until it answers. Where the program is not installed the test
// is skipped.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	return start(tb, nil, args)
}

// StartSentinel starts a sentinel with the lines of a configuration.
func StartSentinel(tb testing.TB, lines ...string) *Server {
	tb.Helper()
	return start(tb, lines, []string{"--sentinel"})
}

func start(tb testing.TB, config, args []string) *Server {
	tb.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		tb.Skip("redis-server is not installed")
	}
	s := &Server{tb: tb, dir: tb.TempDir()}
	// A port that is free now is most likely free a moment later.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.Addr = l.Addr().String()
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	s.args = []string{program}
	if config != nil {
		file := filepath.Join(s.dir, "sentinel.conf")
		if err := os.WriteFile(file, []byte(strings.Join(config, "\n")+"\n"), 0o600); err != nil {
			tb.Fatal(err)
		}
		s.args = append(s.args, file)
	}
	s.args = append(s.args, "--bind", "127.0.0.1", "--port", strconv.Itoa(s.Port()), "--dir", s.dir, "--daemonize", "no", "--loglevel", "warning")
	if config == nil {
		s.args = append(s.args, "--save", "")
	}
	s.args = append(s.args, args...)
	tb.Cleanup(s.Stop)
	s.Restart()
	return s
}

// Port is that of Addr.
func (s *Server) Port() int {
	_, port, _ := net.SplitHostPort(s.Addr)
	n, _ := strconv.Atoi(port)
	return n
}

// Restart starts the server where it was stopped, with what is in its folder.
func (s *Server) Restart() {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = &bytes.Buffer{}
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.dir, s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		s.tb.Fatal(err)
	}
	gone := make(chan struct{})
	s.gone = gone
	go func(cmd *exec.Cmd) { _ = cmd.Wait(); close(gone) }(s.cmd) // Stop waits for it
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for Command(ctx, s.Addr, "PING") != nil {
		select {
		case <-tick.C:
		case <-gone:
			s.tb.Fatalf("redis-server ended: %s", s.log)
		case <-ctx.Done():
			s.tb.Fatal("redis-server does not answer")
		}
	}
}

// Stop kills the server, as the loss of its machine would. A server that is
// stopped stays so.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.gone
	s.cmd = nil
}

// Signal sends the server a signal: SIGSTOP lets it hang.
func (s *Server) Signal(sig os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cmd.Process.Signal(sig)
}

// Command sends one command in the inline form and reads one line; an error
// answer is an error.
func Command(ctx context.Context, addr string, words ...string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(conn, "%s\r\n", strings.Join(words, " ")); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if strings.HasPrefix(line, "-") && !strings.HasPrefix(line, "-NOAUTH") {
		return fmt.Errorf("%s: %s", words[0], strings.TrimSpace(line))
	}
	return nil
}
