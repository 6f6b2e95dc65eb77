package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// cpuOf is the processor time that a running process has used, to the
// nanosecond: /proc/PID/stat counts in steps that are longer than what an idle
// process needs in a minute.
func cpuOf(pid int) (time.Duration, bool) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(tasks) == 0 {
		return 0, false
	}
	var total time.Duration
	for _, name := range tasks {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // a thread that has ended
		}
		var running int64
		if _, err := fmt.Sscan(string(data), &running); err != nil {
			return 0, false
		}
		total += time.Duration(running)
	}
	return total, true
}
