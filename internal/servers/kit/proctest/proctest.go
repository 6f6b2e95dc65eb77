// Package proctest runs other people's servers for tests: on loopback ports of
// their own, in folders of their own, ended with the test. It knows none of them,
// and is never part of a program.
package proctest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// startTime is how long a server may take until it answers.
const startTime = 20 * time.Second

// Server is a program that may be stopped and started again on its port, with
// what is in its folder.
type Server struct {
	Addr string // 127.0.0.1:PORT
	Dir  string

	tb    testing.TB
	args  []string
	ready func(ctx context.Context, addr string) error

	mu   sync.Mutex
	cmd  *exec.Cmd
	gone chan struct{} // closed when cmd has ended
	log  *bytes.Buffer
}

// Start runs the program that args returns for a port and an empty folder, and
// waits until ready has no error. It ends with the test.
func Start(tb testing.TB, args func(addr, dir string) []string, ready func(ctx context.Context, addr string) error) *Server {
	tb.Helper()
	s := &Server{tb: tb, Dir: tb.TempDir(), ready: ready}
	// A port that is free now is most likely free a moment later.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s.Addr = l.Addr().String()
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	s.args = args(s.Addr, s.Dir)
	tb.Cleanup(s.Stop)
	s.Restart()
	return s
}

// Restart starts the server where it was stopped.
func (s *Server) Restart() {
	s.tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = &bytes.Buffer{}
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = s.Dir, s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		s.tb.Fatal(err)
	}
	gone := make(chan struct{})
	s.gone = gone
	go func(cmd *exec.Cmd) { _ = cmd.Wait(); close(gone) }(s.cmd) // Stop waits for it
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for s.ready(ctx, s.Addr) != nil {
		select {
		case <-tick.C:
		case <-gone:
			s.tb.Fatalf("%s ended: %s", s.args[0], s.log)
		case <-ctx.Done():
			s.tb.Fatalf("%s does not answer", s.args[0])
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

// Listens is a ready for servers that answer as soon as they listen.
func Listens(ctx context.Context, addr string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return conn.Close()
}
