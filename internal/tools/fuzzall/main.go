// Command fuzzall runs every fuzz test of the given packages, one after the
// other, each for the given time: `go test -fuzz` takes one package and one
// test at a time. It fails when it finds no fuzz test at all, and never
// changes a test's seeds.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	limit := flag.Duration("time", 2*time.Second, "how long each fuzz test runs")
	flag.Parse()
	if err := run(flag.Args(), *limit); err != nil {
		fmt.Fprintln(os.Stderr, "fuzzall:", err)
		os.Exit(1)
	}
}

// target is one fuzz test.
type target struct{ pkg, name string }

func run(patterns []string, limit time.Duration) error {
	var listing bytes.Buffer
	list := exec.Command("go", append([]string{"test", "-json", "-run", "^$", "-list", "^Fuzz"}, patterns...)...)
	list.Stdout, list.Stderr = &listing, os.Stderr
	if err := list.Run(); err != nil {
		return fmt.Errorf("listing the fuzz tests: %w", err)
	}
	targets, err := parse(&listing)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return fmt.Errorf("no fuzz test in %s", strings.Join(patterns, " "))
	}
	for _, t := range targets {
		fmt.Printf("fuzz %s %s for %s\n", t.pkg, t.name, limit)
		fuzz := exec.Command("go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", limit.String(), t.pkg)
		// The quiet lines of a passing run are noise; a failing one shows all.
		out, err := fuzz.CombinedOutput()
		if err != nil && endedLate(out) {
			err = nil
		}
		if err != nil {
			os.Stdout.Write(out)
			return fmt.Errorf("%s in %s: %w", t.name, t.pkg, err)
		}
		fmt.Println("  " + progress(out))
	}
	return nil
}

// parse reads the JSON events of `go test -list`.
func parse(r io.Reader) ([]target, error) {
	var all []target
	for dec := json.NewDecoder(r); ; {
		var event struct{ Action, Package, Output string }
		switch err := dec.Decode(&event); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("reading the list of fuzz tests: %w", err)
		}
		name := strings.TrimSpace(event.Output)
		if event.Action == "output" && strings.HasPrefix(name, "Fuzz") {
			all = append(all, target{event.Package, name})
		}
	}
}

// endedLate reports whether the fuzzer found nothing and failed only because
// its workers did not stop in time, as happens on a busy machine.
func endedLate(out []byte) bool {
	return bytes.Contains(out, []byte("context deadline exceeded")) &&
		!bytes.Contains(out, []byte("Failing input")) && !bytes.Contains(out, []byte("panic:"))
}

// progress is the last line in which the fuzzer counts what it did.
func progress(out []byte) string {
	var last string
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "fuzz: elapsed") {
			last = strings.TrimSpace(line)
		}
	}
	return last
}
