// Package scripttest runs the txtar scripts of both programs, as a person types
// their commands. It holds what these scripts share and never knows a program.
package scripttest

import (
	"maps"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// Command is a command of scripts.
type Command = func(ts *testscript.TestScript, neg bool, args []string)

// Run runs the scripts in dir with these commands and exitcode. setup, if any,
// prepares each of them. A folder without scripts fails the test.
func Run(t *testing.T, dir string, setup func(*testscript.Env) error, commands map[string]Command) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no scripts in %s: %v", dir, err)
	}
	all := map[string]Command{"exitcode": exitCode}
	maps.Copy(all, commands)
	testscript.Run(t, testscript.Params{
		Dir: dir, RequireExplicitExec: true, RequireUniqueNames: true, Setup: setup, Cmds: all,
	})
}

// exitCode runs a program and compares its exit code: exitcode 2 wecos x.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode CODE PROGRAM [ARGUMENT ...]")
	}
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = strconv.Itoa(exit.ExitCode())
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}
