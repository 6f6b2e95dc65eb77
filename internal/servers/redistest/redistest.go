// Package redistest starts real Redis servers for tests: on ports of their own,
// in folders of their own, ended with the test. It is never part of a program.
package redistest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit/proctest"
)

// Server is a redis-server.
type Server struct{ *proctest.Server }

// Start starts a redis-server with further arguments, such as "--appendonly",
// "yes", and waits until it answers. Where the program is not installed the test
// is skipped.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	return start(tb, nil, append([]string{"--save", ""}, args...))
}

// StartSentinel starts a sentinel with the lines of a configuration.
func StartSentinel(tb testing.TB, lines ...string) *Server {
	tb.Helper()
	return start(tb, lines, []string{"--sentinel"})
}

func start(tb testing.TB, config, more []string) *Server {
	tb.Helper()
	program, err := exec.LookPath("redis-server")
	if err != nil {
		tb.Skip("redis-server is not installed")
	}
	return &Server{proctest.Start(tb, func(addr, dir string) []string {
		args := []string{program}
		if config != nil {
			file := filepath.Join(dir, "sentinel.conf")
			if err := os.WriteFile(file, []byte(strings.Join(config, "\n")+"\n"), 0o600); err != nil {
				tb.Fatal(err)
			}
			args = append(args, file)
		}
		_, port, _ := net.SplitHostPort(addr)
		args = append(args, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--daemonize", "no", "--loglevel", "warning")
		return append(args, more...)
	}, func(ctx context.Context, addr string) error { return Command(ctx, addr, "PING") })}
}

// Port is that of Addr.
func (s *Server) Port() int {
	_, port, _ := net.SplitHostPort(s.Addr)
	n, _ := strconv.Atoi(port)
	return n
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
