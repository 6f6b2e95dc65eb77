package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/cmd/wecos/command"
	"github.com/wecos-go/wecos/internal/cli"
)

// In a pipeline the same app gives the same output, without colours, and JSON
// that differs in the time it took only.
func TestStableOutput(t *testing.T) {
	d := newDesk(t)
	d.fresh(t)
	t.Chdir(d.dir)
	say := func(args ...string) (stdout, stderr string) {
		t.Helper()
		var out, errs bytes.Buffer
		code := command.Run(t.Context(), args, d.env, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		if code != cli.ExitOK {
			t.Fatalf("%v: exit code %d\n%s", args, code, errs.String())
		}
		if all := out.String() + errs.String(); strings.ContainsAny(all, "\x1b\r") {
			t.Errorf("%v draws: %q", args, all)
		}
		return out.String(), errs.String()
	}
	check := func(args ...string) {
		t.Helper()
		first, _ := say(args...)
		if second, _ := say(args...); first != second {
			t.Errorf("%v says\n%s\nthen\n%s", args, first, second)
		}
		first, quiet := say(append(args, "--json")...)
		second, _ := say(append(args, "--json")...)
		if a, b := timeless(t, first), timeless(t, second); a != b {
			t.Errorf("%v --json says\n%s\nthen\n%s", args, a, b)
		}
		if strings.Contains(quiet, "{") {
			t.Errorf("%v writes JSON to standard error: %s", args, quiet)
		}
	}
	check("plan")
	check("plan", "-v")
	check("report")
	check("config")
	say("--watch=false")
	check("--watch=false") // nothing is left to do
	check("verify")
	check("log")
	check("report")
}

var duration = regexp.MustCompile(`"durationMs": \d+`)

// timeless is JSON, as it was printed, without the time that it took.
func timeless(t *testing.T, text string) string {
	t.Helper()
	if !json.Valid([]byte(text)) {
		t.Fatalf("no JSON: %s", text)
	}
	if strings.HasPrefix(text, "{") && !duration.MatchString(text) {
		t.Error("there is no durationMs")
	}
	return duration.ReplaceAllString(text, `"durationMs": 0`)
}
