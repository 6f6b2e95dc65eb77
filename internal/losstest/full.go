package losstest

import (
	"fmt"
	"os"
	"testing"
)

// Full reports whether the long form of the loops was asked for, as `make chaos`
// does by WECOS_CHAOS=1. `make test` takes a part of them.
func Full() bool { return os.Getenv("WECOS_CHAOS") != "" }

// Every is the step of a loop whose full form takes every number: 1 then, else
// step.
func Every(step int) int {
	if Full() {
		return 1
	}
	return step
}

// Figure notes a figure for people: in the log of the test and, for `make
// chaos`, in the file that WECOS_FIGURES names.
func Figure(t testing.TB, format string, args ...any) {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	t.Log(line)
	name := os.Getenv("WECOS_FIGURES")
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintln(f, line); err != nil {
		t.Fatal(err)
	}
}
