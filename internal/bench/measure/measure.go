// Package measure is what the benchmarks share: it runs programs and says what
// they needed, runs the store that they talk to in a process of its own, and
// compares figures with targets. It never measures its own process's work.
package measure

import (
	"bytes"
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Usage is what one process needed.
type Usage struct {
	CPU, Wall time.Duration
	RSS       int64 // most memory at once, bytes; 0 where the system does not say
}

// Run runs cmd to its end.
func Run(cmd *exec.Cmd) (Usage, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return Usage{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, stderr.Bytes())
	}
	s := cmd.ProcessState
	return Usage{CPU: s.UserTime() + s.SystemTime(), Wall: wall, RSS: maxRSS(s)}, nil
}

// Median takes the middle of each figure by itself.
func Median(all []Usage) Usage {
	return Usage{
		CPU:  Middle(all, func(u Usage) time.Duration { return u.CPU }),
		Wall: Middle(all, func(u Usage) time.Duration { return u.Wall }),
		RSS:  Middle(all, func(u Usage) int64 { return u.RSS }),
	}
}

// Middle is the median of one figure. all must not be empty.
func Middle[T any, N cmp.Ordered](all []T, figure func(T) N) N {
	v := make([]N, len(all))
	for i, one := range all {
		v[i] = figure(one)
	}
	slices.Sort(v)
	return v[(len(v)-1)/2]
}
