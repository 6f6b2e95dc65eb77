package report

import (
	"fmt"
	"io"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/slim"
)

// LogJSON writes the runs as an array.
func LogJSON(w io.Writer, runs []slim.RunInfo) error {
	if runs == nil {
		runs = []slim.RunInfo{}
	}
	return writeJSON(w, runs)
}

// Log writes the runs as a table, the latest last.
func Log(w io.Writer, runs []slim.RunInfo, opt Options) error {
	p := newPage(opt)
	if len(runs) == 0 {
		p.line("no runs yet")
		return p.writeTo(w)
	}
	first := 0
	if shown := p.shown(len(runs)); shown < len(runs) {
		first = len(runs) - shown
		p.line("%s", p.paint(dim, fmt.Sprintf("… and %d earlier, -v shows all", first)))
	}
	p.line("%s", p.paint(dim, pad("run", 20)+pad("when", 18)+padLeft("removed", 8)+padLeft("saved", 11)+padLeft("edits", 7)+"  "))
	for _, r := range runs[first:] {
		state := ""
		switch {
		case r.Unfinished:
			state = p.paint(yellow, "interrupted")
		case r.Restored:
			state = p.paint(dim, "restored")
		case r.OutDir != "":
			state = p.paint(dim, "copy")
		}
		p.line("%s%s%s%s%s  %s", pad(r.ID, 20), pad(r.Started.Local().Format("2006-01-02 15:04"), 18),
			padLeft(fmt.Sprint(r.Removed), 8), padLeft(size(r.Bytes), 11), padLeft(fmt.Sprint(r.References), 7), state)
	}
	return p.writeTo(w)
}

// ConfigJSON writes the effective configuration as an array.
func ConfigJSON(w io.Writer, settings []config.Setting) error { return writeJSON(w, settings) }

// Config writes the effective configuration: keys, values, and where each comes
// from.
func Config(w io.Writer, settings []config.Setting, opt Options) error {
	p := newPage(opt)
	key, value := 0, 0
	for _, s := range settings {
		key = max(key, columns(s.Key))
		value = max(value, columns(safe(s.Text())))
	}
	value = min(value, max(p.opt.Columns-key-30, 20))
	for _, s := range settings {
		from := string(s.Origin.Source)
		if s.Origin.Place != "" {
			from = s.Origin.Place
		}
		text := safe(s.Text())
		if columns(text) > value { // a value is never cut
			p.line("%s  %s", pad(s.Key, key), text)
			p.line("%s  %s  %s", pad("", key), pad("", value), p.paint(dim, safe(from)))
			continue
		}
		p.line("%s  %s  %s", pad(s.Key, key), pad(text, value), p.paint(dim, safe(from)))
	}
	return p.writeTo(w)
}
