// Package report shows a person, or a program, what a command did: the result as
// a table or as JSON, and what happens meanwhile as a progress bar or as plain
// lines.
//
// It never decides anything: all it shows stands in a slim.Result or slim.Event.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/slim"
)

// Options say how the text form looks.
type Options struct {
	// Columns is the width of the terminal; 0 is 80.
	Columns int
	// Dir is the working directory: folders are shown relative to it.
	Dir   string
	Color bool
	// Flags are those that a printed command needs to mean the same app.
	Flags string
	// Serve are commands that serve the images of a local store on, once this
	// process has ended; none when it is no local store or goes on itself.
	Serve []string
	// Verbose shows whole lists and every edit, Quiet only what needs a look.
	Verbose, Quiet bool
}

// JSON writes res as one object: the public report.
func JSON(w io.Writer, res *slim.Result) error { return writeJSON(w, res) }

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// listed is how many entries of a list are shown without Verbose.
const listed = 10

// page collects text. It is written at once, so that an error of the terminal
// is seen in one place.
type page struct {
	strings.Builder
	opt Options
}

func newPage(opt Options) *page {
	if opt.Columns <= 0 {
		opt.Columns = 80
	}
	opt.Columns = min(opt.Columns, 120)
	return &page{opt: opt}
}

func (p *page) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// title begins a section.
func (p *page) title(format string, args ...any) {
	if p.Len() > 0 {
		p.line("")
	}
	p.line("%s", p.paint(bold, fmt.Sprintf(format, args...)))
}

// shown is how many of n entries the options allow.
func (p *page) shown(n int) int {
	if p.opt.Verbose || n <= listed+1 { // one more line is no longer than the remark
		return n
	}
	return listed
}

// more says that n entries are not shown.
func (p *page) more(n int, indent string) {
	if n > 0 {
		p.line("%s%s", indent, p.paint(dim, fmt.Sprintf("… and %d more, -v shows all", n)))
	}
}

// style is an ANSI sequence.
type style string

const (
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[31m"
	green  style = "\x1b[32m"
	yellow style = "\x1b[33m"
)

func (p *page) paint(s style, text string) string {
	if !p.opt.Color || text == "" {
		return text
	}
	return string(s) + text + "\x1b[0m"
}

// folder names an absolute folder the way a person in Dir would.
func (p *page) folder(dir string) string {
	if rel, err := filepath.Rel(p.opt.Dir, dir); p.opt.Dir != "" && err == nil && filepath.IsLocal(rel) {
		dir = "." + string(filepath.Separator) + rel
		if rel == "." {
			dir = "."
		}
	}
	return safe(dir)
}

// safe makes a name from the file system harmless for a terminal.
func safe(s string) string { return cli.Printable(s) }

// pad fills s up to width columns, or cuts it in the middle, where paths differ
// least.
func pad(s string, width int) string {
	s = fit(s, width)
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(s))) + s
}

func fit(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	parts := clusters(s)
	take := func(room int, at func(i int) string) int {
		n := 0
		for n < len(parts) {
			if room -= columns(at(n)); room < 0 {
				break
			}
			n++
		}
		return n
	}
	// The end says more than the beginning: names, lines and columns.
	last := take((width-1)*2/3, func(i int) string { return parts[len(parts)-1-i] })
	tail := strings.Join(parts[len(parts)-last:], "")
	first := take(width-1-columns(tail), func(i int) string { return parts[i] })
	return strings.Join(parts[:first], "") + "…" + tail
}

// columns is the width of s on a terminal, where Chinese takes two a character.
func columns(s string) int { return uniseg.StringWidth(s) }

// clusters are what a person sees as characters.
func clusters(s string) []string {
	var out []string
	for g := uniseg.NewGraphemes(s); g.Next(); {
		out = append(out, g.Str())
	}
	return out
}

// size writes bytes for a person, in the units that the platform's limits are
// given in: 1 KB is 1,024 bytes.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.2f MB", float64(n)/(1<<20))
}

// limit writes a limit: a round number.
func limit(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return size(n)
}

// count writes "1 image", "2 images".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
