//go:build !unix

package main

import "time"

var started = time.Now()

// cpuTime is the time since the start: with one thread nearly the same.
func cpuTime() time.Duration { return time.Since(started) }
