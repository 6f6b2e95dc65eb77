package command

import "runtime/debug"

// Percentages for the garbage collector: a run that only reads and plans ends
// before most collections pay; one that uploads waits most of the time, and what
// it would save is not worth the memory.
const (
	gcShort = 200
	gcUsual = 100
)

// collectSeldom spares a short run most of its garbage collections, unless the
// environment has a wish of its own.
func collectSeldom(env func(string) string) { setGC(env, gcShort) }

// collectAsUsual takes collectSeldom back.
func collectAsUsual(env func(string) string) { setGC(env, gcUsual) }

func setGC(env func(string) string, percent int) {
	if env("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
