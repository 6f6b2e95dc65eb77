// Package cli is what both programs share at their edge: streams, exit codes,
// the way errors and hints are printed, the version, and main itself.
//
// It never knows what a command does.
package cli

import (
	"context"
	"io"
)

// The exit codes.
const (
	ExitOK          = 0
	ExitFailed      = 1   // failed, or not everything was done
	ExitUsage       = 2   // wrong usage or configuration
	ExitPending     = 4   // plan --exit-code: changes are pending
	ExitOverLimit   = 5   // report --check: a package is over its limit
	ExitInterrupted = 130 // stopped by a signal
)

// Streams are where a program reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Func is a whole program: it takes its arguments without the program's name
// and returns the exit code.
type Func func(ctx context.Context, args []string, env func(string) string, s Streams) int
