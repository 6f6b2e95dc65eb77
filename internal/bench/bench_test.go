package main

import (
	"context"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/bench/measure"
)

func TestTableCountsMissedTargets(t *testing.T) {
	var out strings.Builder
	tab := table{out: &out}
	tab.head("")
	tab.row("good", measure.Usage{}, measure.Target{Name: "CPU", Got: 1.5, Limit: 2, Unit: "x"})
	tab.row("bad", measure.Usage{}, measure.Target{Name: "CPU", Got: 2.5, Limit: 2, Unit: "x"}, measure.Target{Name: "wall", Got: math.NaN(), Limit: 2, Unit: "x"})
	if tab.missed != 2 {
		t.Errorf("missed %d, want 2", tab.missed)
	}
	for _, want := range []string{"CPU 1.50x (at most 2x) ok", "CPU 2.50x (at most 2x) MISSED"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in\n%s", want, out.String())
		}
	}
}

// The whole benchmark, at a size at which its figures mean nothing: the
// programs build, the store takes what both send, every row is there.
func TestRunAtSmallSize(t *testing.T) {
	var out strings.Builder
	args := []string{"-pages", "3", "-images", "6", "-references", "5", "-rounds", "1", "-dir", t.TempDir()}
	if err := run(t.Context(), args, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"3 pages, 6 images", "floor: read every file", "wecos plan",
		"wecos, full run at 0 ms", "wecos, second run at 0 ms",
		"floor: read, send, copy at 30 ms", "wecos, full run at 30 ms", "wecos, second run at 30 ms",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in\n%s", want, out.String())
		}
	}
}

// The watcher's benchmark, at a size at which its figures mean nothing.
func TestWatchAtSmallSize(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Ctrl-C cannot be sent to a process here")
	}
	var out strings.Builder
	args := []string{"watch", "-pages", "2", "-images", "3", "-references", "2", "-rounds", "1", "-idle", "100ms", "-dir", t.TempDir()}
	if err := run(t.Context(), args, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"new image and a reference to it", "new content under an old name", "idle for 100ms"} {
		if runtime.GOOS == "linux" && !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in\n%s", want, out.String())
		}
	}
}

func TestPeersSayWhatIsMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := installPeer(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "install Node.js") {
		t.Errorf("error %v", err)
	}
}

func TestUnknownBenchmark(t *testing.T) {
	if err := run(t.Context(), []string{"nothing"}, &strings.Builder{}); err == nil {
		t.Error("no error")
	}
}

func TestUnknownFlag(t *testing.T) {
	if err := run(context.Background(), []string{"-no-such-flag"}, &strings.Builder{}); err == nil {
		t.Error("no error")
	}
}
