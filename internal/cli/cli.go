// Package cli is what both programs share at their edge: streams, exit codes,
// the way errors and hints are printed, the version, and main itself.
//
// It never knows what a command does.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
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

// Main runs program with the process's arguments, environment and streams. The
// first interrupt or termination signal cancels the context, so that the program
// can stop where nothing is half done; the second one kills the process.
func Main(program Func) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return program(ctx, os.Args[1:], os.Getenv, Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
}

// Terminal reports whether w is a terminal, and how many columns it has.
func Terminal(w io.Writer) (columns int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 {
		columns = 80
	}
	return columns, true
}

// Animated reports whether w is a terminal on which lines can be drawn over, and
// how many columns it has: TERM=dumb is none.
func Animated(w io.Writer, env func(string) string) (columns int, ok bool) {
	if env("TERM") == "dumb" {
		return 0, false
	}
	return Terminal(w)
}

// Color reports whether what is written to w may hold colours: w is a terminal
// that knows them, and NO_COLOR is not set (no-color.org).
func Color(w io.Writer, env func(string) string) bool {
	_, ok := Animated(w, env)
	return ok && env("NO_COLOR") == ""
}
