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
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	targets, err := find(patterns)
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

// find lists the fuzz tests of the packages. It reads their test files: `go test
// -list` would build every test binary for that.
func find(patterns []string) ([]target, error) {
	list := exec.Command("go", append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles"}, patterns...)...)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages: %w", err)
	}
	var all []target
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var pkg struct {
			ImportPath, Dir           string
			TestGoFiles, XTestGoFiles []string
		}
		switch err := dec.Decode(&pkg); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("reading the list of packages: %w", err)
		}
		for _, name := range slices.Concat(pkg.TestGoFiles, pkg.XTestGoFiles) {
			names, err := fuzzTests(filepath.Join(pkg.Dir, name), nil)
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				all = append(all, target{pkg.ImportPath, name})
			}
		}
	}
}

// fuzzTests returns the names of the fuzz tests in a Go file; src is its text,
// or nil for what lies there.
func fuzzTests(file string, src any) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") && len(f.Type.Params.List) == 1 {
			names = append(names, f.Name.Name)
		}
	}
	return names, nil
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
