package main

import (
	"fmt"
	"io"
	"strings"
)

// target is one figure and what it may be at most.
type target struct {
	name     string
	got, max float64
	unit     string
}

func (t target) String() string {
	verdict := "ok"
	if t.missed() {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%s %.2f%s (at most %.3g%s) %s", t.name, t.got, t.unit, t.max, t.unit, verdict)
}

func (t target) missed() bool { return !(t.got <= t.max) }

func memoryTarget(u usage) target {
	return target{"RSS", float64(u.rss) / (1 << 20), memory >> 20, " MB"}
}

// table prints the rows as they are measured.
type table struct {
	out    io.Writer
	missed int
}

func (t *table) head() {
	fmt.Fprintf(t.out, "%-32s %8s %8s %8s  %s\n", "", "CPU s", "wall s", "RSS MB", "against the floor")
}

func (t *table) row(name string, u usage, targets ...target) {
	var notes []string
	for _, g := range targets {
		if g.missed() {
			t.missed++
		}
		notes = append(notes, g.String())
	}
	line := fmt.Sprintf("%-32s %8.3f %8.3f %8.1f  %s", name, u.cpu.Seconds(), u.wall.Seconds(), float64(u.rss)/(1<<20), strings.Join(notes, ", "))
	fmt.Fprintln(t.out, strings.TrimRight(line, " "))
}
