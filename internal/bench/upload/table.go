package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/wecos-go/wecos/internal/bench/measure"
)

// table prints the rows as they are measured.
type table struct {
	out    io.Writer
	missed int
}

func (t *table) head() {
	fmt.Fprintf(t.out, "%-8s %7s  %-10s %9s %12s %11s  %s\n", "latency", "workers", "sender", "files/s", "CPU ms/file", "connections", "beside each other")
}

func (t *table) row(latency, workers, name string, f figures, targets ...measure.Target) {
	var notes []string
	for _, g := range targets {
		if g.Missed() {
			t.missed++
		}
		notes = append(notes, g.String())
	}
	line := fmt.Sprintf("%-8s %7s  %-10s %9.0f %12.3f %11d  %s", latency, workers, name, f.rate, 1000*f.cpu, f.connections, strings.Join(notes, ", "))
	fmt.Fprintln(t.out, strings.TrimRight(line, " "))
}
