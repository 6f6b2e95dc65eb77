// Command runtests runs `go test` with the arguments that it is given, shows
// what that shows, and at the end lists the tests that were skipped with their
// reasons, which `go test` keeps to itself. Its exit code is that of `go test`.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	code, err := run(os.Args[1:], os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtests:", err)
	}
	os.Exit(code)
}

func run(args []string, out, errs io.Writer) (code int, err error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = errs
	events, err := cmd.StdoutPipe()
	if err != nil {
		return 1, err
	}
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	r := newReport(out)
	readErr := r.read(events)
	err = cmd.Wait()
	r.end()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), readErr
	}
	if err = errors.Join(err, readErr); err != nil {
		return 1, err
	}
	return 0, nil
}

// event is a line of `go test -json` (see `go doc test2json`).
type event struct{ Action, Package, Test, Output string }

type test struct{ pkg, name string }

// report shows the events.
type report struct {
	out    io.Writer
	texts  map[test][]string // of tests that have not ended
	order  []test            // of texts
	counts map[string]int    // of tests by action
	skips  []string
}

func newReport(out io.Writer) *report {
	return &report{out: out, texts: make(map[test][]string), counts: make(map[string]int)}
}

// read shows all events of r. Lines that are none are shown as they are.
func (p *report) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				p.note(e)
			} else {
				fmt.Fprintf(p.out, "%s", line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (p *report) note(e event) {
	t := test{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		fmt.Fprint(p.out, e.Output)
	case "output":
		switch {
		case e.Test == "":
			if e.Output != "PASS\n" {
				fmt.Fprint(p.out, e.Output)
			}
		case !strings.HasPrefix(e.Output, "=== "):
			if p.texts[t] == nil {
				p.order = append(p.order, t)
			}
			p.texts[t] = append(p.texts[t], e.Output)
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			if e.Action == "fail" {
				p.flush(e.Package)
			}
			return
		}
		p.counts[e.Action]++
		switch e.Action {
		case "fail":
			fmt.Fprint(p.out, strings.Join(p.texts[t], ""))
		case "skip":
			p.skips = append(p.skips, fmt.Sprintf("%s %s: %s", e.Package, e.Test, reason(p.texts[t])))
		}
		delete(p.texts, t)
	}
}

// flush shows what the tests of a package had said when it broke off.
func (p *report) flush(pkg string) {
	for _, t := range p.order {
		if t.pkg == pkg {
			fmt.Fprint(p.out, strings.Join(p.texts[t], ""))
			delete(p.texts, t)
		}
	}
}

// reason is what a test said before it was skipped.
func reason(texts []string) string {
	var words []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "--- SKIP") {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return "no reason given"
	}
	return strings.Join(words, " ")
}

// end lists the skipped tests and counts all.
func (p *report) end() {
	if len(p.skips) > 0 {
		fmt.Fprintln(p.out, "skipped:")
		for _, s := range p.skips {
			fmt.Fprintln(p.out, "  "+s)
		}
	}
	fmt.Fprintf(p.out, "%d passed, %d failed, %d skipped\n", p.counts["pass"], p.counts["fail"], p.counts["skip"])
}
