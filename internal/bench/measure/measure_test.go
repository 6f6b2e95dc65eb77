package measure

import (
	"math"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	all := []Usage{
		{CPU: 5 * time.Second, Wall: 1 * time.Second, RSS: 30},
		{CPU: 1 * time.Second, Wall: 9 * time.Second, RSS: 10},
		{CPU: 3 * time.Second, Wall: 2 * time.Second, RSS: 20},
	}
	want := Usage{CPU: 3 * time.Second, Wall: 2 * time.Second, RSS: 20}
	if got := Median(all); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Median(all[:2]); got.CPU != 1*time.Second {
		t.Errorf("of two: got %v, want the lower", got.CPU)
	}
}

func TestTargets(t *testing.T) {
	tests := []struct {
		target Target
		missed bool
		text   string
	}{
		{Target{Name: "CPU", Got: 1.5, Limit: 2, Unit: "x"}, false, "CPU 1.50x (at most 2x) ok"},
		{Target{Name: "CPU", Got: 2.5, Limit: 2, Unit: "x"}, true, "CPU 2.50x (at most 2x) MISSED"},
		{Target{Name: "files", Got: 2, Limit: 2, AtLeast: true}, false, "files 2.00 (at least 2) ok"},
		{Target{Name: "files", Got: 1, Limit: 2, AtLeast: true}, true, "files 1.00 (at least 2) MISSED"},
		{Target{Name: "CPU", Got: math.NaN(), Limit: 2}, true, "CPU NaN (at most 2) MISSED"},
		{Target{Name: "CPU", Got: math.NaN(), AtLeast: true}, true, "CPU NaN (at least 0) MISSED"},
	}
	for _, tt := range tests {
		if tt.target.Missed() != tt.missed || tt.target.String() != tt.text {
			t.Errorf("got %q, want %q", tt.target, tt.text)
		}
	}
}
