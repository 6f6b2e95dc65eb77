package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wecos-go/wecos/internal/bench/measure"
)

func memoryTarget(u measure.Usage) measure.Target {
	return measure.Target{Name: "RSS", Got: float64(u.RSS) / (1 << 20), Limit: memory >> 20, Unit: " MB"}
}

// table prints the rows as they are measured.
type table struct {
	out    io.Writer
	missed int
}

func (t *table) head(against string) {
	fmt.Fprintf(t.out, "%-32s %8s %8s %8s  %s\n", "", "CPU s", "wall s", "RSS MB", against)
}

func (t *table) row(name string, u measure.Usage, targets ...measure.Target) {
	var notes []string
	for _, g := range targets {
		if g.Missed() {
			t.missed++
		}
		notes = append(notes, g.String())
	}
	line := fmt.Sprintf("%-32s %8.3f %8.3f %8.1f  %s", name, u.CPU.Seconds(), u.Wall.Seconds(), float64(u.RSS)/(1<<20), strings.Join(notes, ", "))
	fmt.Fprintln(t.out, strings.TrimRight(line, " "))
}
