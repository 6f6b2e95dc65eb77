package main

import (
	"os"
	"syscall"
)

// peakMemory is the most memory that a process that has ended ever held, in
// MiB.
func peakMemory(p *os.ProcessState) int {
	if usage, ok := p.SysUsage().(*syscall.Rusage); ok {
		return int(usage.Maxrss >> 10)
	}
	return 0
}
