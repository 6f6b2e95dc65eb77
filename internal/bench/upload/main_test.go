package main

import (
	"context"
	"strings"
	"testing"
)

// The whole benchmark, at a size at which its figures mean nothing: the
// programs build, the store takes what they send, every row is there.
func TestRunAtSmallSize(t *testing.T) {
	var out strings.Builder
	args := []string{"-files", "5", "-workers", "1,2", "-rounds", "1", "-seconds", "0.1", "-node=false", "-dir", t.TempDir()}
	if err := run(t.Context(), args, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5 files", "without cos-nodejs-sdk-v5", "0 ms           1  bare", "30 ms          2  uploader", "connections 1.00 a worker"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in\n%s", want, out.String())
		}
	}
	if got := strings.Count(out.String(), "bare  "); got != 4 {
		t.Errorf("%d rows of bare PUTs, want 4, in\n%s", got, out.String())
	}
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"-no-such-flag"}, {"-workers", "0"}, {"-workers", "1,x"}, {"-rounds", "0"}, {"-files", "0"}, {"-seconds", "NaN"}} {
		if err := run(context.Background(), args, &strings.Builder{}); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
