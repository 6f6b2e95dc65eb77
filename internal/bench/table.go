package main

import (
	"fmt"
	"io"
	"strings"
)

// target is one figure and what it may be at most, or has to be at least. With
// neither it is only shown.
type target struct {
	name     string
	got, max float64
	unit     string
	min      float64
}

func (t target) String() string {
	figure := fmt.Sprintf("%s %.2f%s", t.name, t.got, t.unit)
	verdict := "ok"
	if t.missed() {
		verdict = "MISSED"
	}
	switch {
	case t.max > 0:
		return fmt.Sprintf("%s (at most %.3g%s) %s", figure, t.max, t.unit, verdict)
	case t.min > 0:
		return fmt.Sprintf("%s (at least %.3g%s) %s", figure, t.min, t.unit, verdict)
	}
	return figure
}

func (t target) missed() bool {
	return t.max > 0 && !(t.got <= t.max) || t.min > 0 && !(t.got >= t.min)
}

// most is a figure with a ceiling.
func most(name string, got, max float64, unit string) target {
	return target{name: name, got: got, max: max, unit: unit}
}

func memoryTarget(u usage) target {
	return most("RSS", float64(u.rss)/(1<<20), memory>>20, " MB")
}

// table prints the rows as they are measured.
type table struct {
	out    io.Writer
	missed int
}

func (t *table) head(against string) {
	fmt.Fprintf(t.out, "%-32s %8s %8s %8s  %s\n", "", "CPU s", "wall s", "RSS MB", against)
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
