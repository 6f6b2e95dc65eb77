package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/slim"
)

// adviceNames are what the platform's advice is called.
var adviceNames = map[string]string{
	audit.MainAdvice:     "main package",
	audit.MediaAdvice:    "images + audio",
	audit.ProviderAdvice: "built by a provider",
}

// measured shows the sizes and what an audit found. Quiet shows only what is
// over a limit.
func (p *page) measured(res *slim.Result) {
	if p.opt.Quiet {
		p.overLimit(res)
		return
	}
	p.title("Packages of %s", p.folder(res.App))
	p.sizes(res, false)
	r := res.Report
	if r == nil {
		return
	}
	p.advice(r.Advice)
	p.largest(r)
	for _, l := range lists(r) {
		p.found(l)
	}
}

// overLimit names what the platform refuses.
func (p *page) overLimit(res *slim.Result) {
	tell := func(name string, s slim.Size) {
		if s.Over {
			p.line("%s is over its limit: %s of %s", safe(name), p.paint(red, size(s.After)), limit(s.Limit))
		}
	}
	for _, pkg := range res.Packages {
		tell(pkg.Name, pkg.Size)
	}
	tell("the total", res.Total)
}

// advice shows what the platform recommends, and the hint where it is not
// followed.
func (p *page) advice(list []audit.Advice) {
	p.title("Advice of the platform")
	name := 0
	for _, a := range list {
		name = max(name, columns(adviceNames[a.Name]))
	}
	for _, a := range list {
		s := slim.Size{After: a.Bytes, Limit: a.Limit, Over: a.Over}
		figures := p.over(a.Bytes, a.Limit, padLeft(size(a.Bytes), figureColumn))
		p.line("  %s%s of %s", pad(adviceNames[a.Name], max(min(name, p.opt.Columns-28), 1)), figures, p.mark(s, limit(a.Limit)))
		if a.Over {
			p.hint(a.Hint, "    ")
		}
	}
}

// mark is the limit with a word for whether it is kept, for terminals without
// colours too.
func (p *page) mark(s slim.Size, limit string) string {
	if s.Over {
		return limit + p.paint(yellow, " over")
	}
	return limit
}

// largest lists the largest files with bars relative to the first.
func (p *page) largest(r *audit.Report) {
	if len(r.Largest) == 0 {
		return
	}
	p.title("Largest files")
	const widest = 12
	bar := min(max(p.opt.Columns-40, 0), widest)
	for _, f := range r.Largest {
		line := "  " + padLeft(size(f.Bytes), figureColumn) + "  "
		if bar > 0 {
			n := 0
			if most := r.Largest[0].Bytes; most > 0 {
				n = int((f.Bytes*int64(bar) + most - 1) / most)
			}
			line += p.paint(green, strings.Repeat("█", n)) + p.paint(dim, strings.Repeat("░", bar-n)) + "  "
		}
		p.line("%s%s", line, fit(safe(f.Path), p.room(line)))
	}
}

// room is what is left of a line, in columns.
func (p *page) room(line string) int {
	return max(p.opt.Columns-columns(plain.Replace(line)), 8)
}

// plain takes the styles out of a line.
var plain = strings.NewReplacer(string(bold), "", string(dim), "", string(red), "", string(green), "", string(yellow), "", "\x1b[0m", "")

// weighed is a file, or a place, in a list of findings.
type weighed struct {
	bytes            int64
	path, note, hint string
}

// list is a list of findings of one sort.
type list struct {
	title  string
	files  []weighed
	places bool // in sources: they weigh nothing
}

// lists are the findings of an audit, in the order in which they are shown.
func lists(r *audit.Report) []list {
	notShipped := list{title: "Cannot ship"}
	for _, f := range r.NotShipped {
		notShipped.files = append(notShipped.files, weighed{f.Bytes, f.Path, f.At, f.Hint})
	}
	styles := list{title: "url() that fails on a device", places: true}
	for _, s := range r.StyleFiles {
		styles.files = append(styles.files, weighed{0, s.At, s.Value, s.Hint})
	}
	misplaced := list{title: "In the main package, but used by one subpackage only"}
	for _, f := range r.Misplaced {
		misplaced.files = append(misplaced.files, weighed{f.Bytes, f.Path, "→ " + f.Root, f.Hint})
	}
	unused := list{title: "Named by nothing"}
	for _, f := range r.Unused {
		unused.files = append(unused.files, weighed{f.Bytes, f.Path, "", "a path that a server sends may still need them"})
	}
	all := []list{notShipped, styles, misplaced, unused}
	for _, l := range all { // so that a hint stands once
		slices.SortStableFunc(l.files, func(a, b weighed) int { return cmp.Compare(a.hint, b.hint) })
	}
	return all
}

// headline is the title with a sum.
func (l list) headline() string {
	if l.places {
		return fmt.Sprintf("%s: %s", l.title, count(len(l.files), "place"))
	}
	var bytes int64
	for _, f := range l.files {
		bytes += f.bytes
	}
	return fmt.Sprintf("%s: %s, %s", l.title, count(len(l.files), "file"), size(bytes))
}

// found writes a list of findings. A hint that several share is shown once,
// before them.
func (p *page) found(l list) {
	if len(l.files) == 0 {
		return
	}
	p.title("%s", l.headline())
	shown := p.shown(len(l.files))
	for i, f := range l.files[:shown] {
		if i == 0 || f.hint != l.files[i-1].hint {
			p.hint(f.hint, "  ")
		}
		line := "  "
		if !l.places {
			line += padLeft(size(f.bytes), figureColumn) + "  "
		}
		room := p.room(line)
		name := fit(safe(f.path), room)
		if left := room - 2 - columns(name); f.note != "" && left >= min(12, columns(safe(f.note))) {
			name += "  " + p.paint(dim, fit(safe(f.note), left))
		}
		p.line("%s%s", line, name)
	}
	p.more(len(l.files)-shown, "  ")
}
