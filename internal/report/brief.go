package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/slim"
)

// Brief writes what a run of a watcher did: one line, those of the images if
// there are several, then one for each thing that went wrong. A run that did
// nothing writes nothing.
func Brief(w io.Writer, at time.Time, res *slim.Result, opt Options) error {
	p := newPage(opt)
	var did []string
	add := func(n int, one, many string) {
		if n > 0 {
			did = append(did, plural(n, one, many))
		}
	}
	add(res.Images.Uploaded, "image uploaded", "images uploaded")
	add(res.Images.Removed, "removed", "removed")
	add(len(res.Edits), "reference rewritten", "references rewritten")
	add(len(res.Failed), "failed", "failed")
	if len(did) > 0 && !opt.Quiet {
		line := at.Format(time.TimeOnly) + "  " + strings.Join(did, " · ")
		if len(res.Leaving) == 1 {
			line += "  " + p.paint(dim, safe(res.Leaving[0].Path))
		}
		p.line("%s", line)
		if len(res.Leaving) > 1 {
			shown := p.shown(len(res.Leaving))
			for _, l := range res.Leaving[:shown] {
				p.line("          %s", safe(l.Path))
			}
			p.more(len(res.Leaving)-shown, "          ")
		}
	}
	for _, f := range res.Failed {
		fmt.Fprintf(p, "          %s: %s\n", safe(f.Path), safe(f.Error))
	}
	for _, n := range res.Notes {
		fmt.Fprintf(p, "          %s\n", safe(n))
	}
	if res.Stuck != "" {
		fmt.Fprintf(p, "          %s\n", safe(res.Stuck))
	}
	p.unfinished(res)
	return p.writeTo(w)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
