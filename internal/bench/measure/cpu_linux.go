package measure

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// tick is the unit of /proc/PID/stat (USER_HZ), on every system that Go runs on.
const tick = 10 * time.Millisecond

// CPUOf is the processor time that a running process has used, to the nanosecond
// where the system says it so: /proc/PID/stat counts in steps that are longer
// than what an idle process needs in a minute.
func CPUOf(pid int) (time.Duration, bool) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(tasks) == 0 {
		return ticksOf(pid)
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

// ticksOf reads utime and stime, the 14th and 15th field; the second one is the
// name of the program, in parentheses.
func ticksOf(pid int) (time.Duration, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	var user, system int64
	if _, err := fmt.Sscan(string(fields[11])+" "+string(fields[12]), &user, &system); err != nil {
		return 0, false
	}
	return time.Duration(user+system) * tick, true
}
