package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// usage is what one process needed.
type usage struct {
	cpu, wall time.Duration
	rss       int64 // most memory at once, bytes; 0 where the system does not say
}

// measure runs cmd to its end.
func measure(cmd *exec.Cmd) (usage, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, stderr.Bytes())
	}
	s := cmd.ProcessState
	return usage{cpu: s.UserTime() + s.SystemTime(), wall: wall, rss: maxRSS(s)}, nil
}

// median takes the middle of each figure by itself.
func median(all []usage) usage {
	middle := func(figure func(usage) int64) int64 {
		var v []int64
		for _, u := range all {
			v = append(v, figure(u))
		}
		slices.Sort(v)
		return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
	}
	return usage{
		cpu:  time.Duration(middle(func(u usage) int64 { return int64(u.cpu) })),
		wall: time.Duration(middle(func(u usage) int64 { return int64(u.wall) })),
		rss:  middle(func(u usage) int64 { return u.rss }),
	}
}

// store is a running store process.
type store struct {
	url   string
	cmd   *exec.Cmd
	stdin io.Closer
}

func startStore(ctx context.Context, program, dir string, latency time.Duration) (*store, error) {
	cmd := exec.CommandContext(ctx, program, "-dir", dir, "-id", secretID, "-key", secretKey, "-latency", latency.String())
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
	s := &store{cmd: cmd, stdin: stdin}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = s.stop()
		return nil, fmt.Errorf("the store did not start: %w", err)
	}
	s.url = strings.TrimSpace(line)
	return s, nil
}

// stop ends the store by closing its input.
func (s *store) stop() error {
	_ = s.stdin.Close()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the store: %w", err)
	}
	return nil
}
