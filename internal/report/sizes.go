package report

import (
	"fmt"
	"strings"

	"github.com/wecos-go/wecos/internal/slim"
)

// row is a package, or the total, in the table of sizes.
type row struct {
	name string
	slim.Size
}

// sizes writes the table of packages. With change there is a column for before
// and one for after.
func (p *page) sizes(res *slim.Result, change bool) {
	if len(res.Packages) == 0 {
		return
	}
	shown := p.shown(len(res.Packages))
	rows := make([]row, 0, shown+1)
	for _, pkg := range res.Packages[:shown] {
		name := safe(pkg.Name)
		if pkg.Root != "" && pkg.Root != pkg.Name {
			name += " (" + safe(pkg.Root) + ")"
		}
		rows = append(rows, row{name, pkg.Size})
	}
	rows = append(rows, row{"total", res.Total})

	p.table(rows, len(res.Packages)-shown, change)
}

// Widths of the columns of a table of sizes.
const (
	figureColumn  = 9
	barColumn     = 16
	percentColumn = 6
	limitColumn   = 7
)

// table writes rows, the last of which is the sum of all; hidden says how many
// are left out before it. On a narrow terminal the bars give way first, then
// the limits.
func (p *page) table(rows []row, hidden int, change bool) {
	fixed := 2 + figureColumn + 2 + percentColumn + limitColumn
	if change {
		fixed += figureColumn + 2
	}
	name := 7
	for _, r := range rows {
		name = max(name, columns(r.name))
	}
	bar := min(max(p.opt.Columns-fixed-min(name, 16), 0), barColumn)
	if bar < 4 {
		bar = 0
	}
	limits := p.opt.Columns-fixed-bar >= 6
	if !limits {
		fixed -= percentColumn + limitColumn
	}
	name = max(min(name, p.opt.Columns-fixed-bar), 1)

	head := "  " + pad("package", name)
	if change {
		head += padLeft("before", figureColumn) + "  "
	}
	head += padLeft("size", figureColumn)
	if limits {
		head += "  " + pad("", bar+percentColumn) + padLeft("limit", limitColumn)
	}
	p.line("%s", p.paint(dim, head))
	for i, r := range rows {
		line := "  " + pad(r.name, name)
		if i == len(rows)-1 {
			p.more(hidden, "  ")
			line = p.paint(bold, line)
		}
		if change {
			line += p.over(r.Before, r.Limit, padLeft(size(r.Before), figureColumn)) + " →"
		}
		line += p.over(r.After, r.Limit, padLeft(size(r.After), figureColumn))
		if limits {
			line += "  " + p.bar(r.Size, bar) + padLeft(percent(r.Size), percentColumn) + padLeft(limit(r.Limit), limitColumn)
		}
		p.line("%s", line)
	}
}

// over paints a figure that is over its limit.
func (p *page) over(n, limit int64, text string) string {
	if n > limit {
		return p.paint(red, text)
	}
	return text
}

// bar shows how much of the limit is used, and how much was before.
func (p *page) bar(s slim.Size, width int) string {
	part := func(n int64) int {
		if s.Limit <= 0 || n <= 0 {
			return 0
		}
		return int(min(int64(width), (n*int64(width)+s.Limit-1)/s.Limit))
	}
	is, was := part(s.After), max(part(s.After), part(s.Before))
	colour := green
	if s.Over {
		colour = red
	}
	return p.paint(colour, strings.Repeat("█", is)) + p.paint(dim, strings.Repeat("▒", was-is)) + p.paint(dim, strings.Repeat("░", width-was))
}

// percent is rounded up: what is over its limit shows more than 100%.
func percent(s slim.Size) string {
	if s.Limit <= 0 {
		return ""
	}
	return fmt.Sprintf("%d%%", (s.After*100+s.Limit-1)/s.Limit)
}
