package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"sync"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/slim"
)

// pageHTML is one file without scripts, that loads nothing: it forbids both to
// itself.
//
//go:embed page.html
var pageHTML string

// pageTemplate is parsed when it is needed, which few runs do.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageHTML))
})

// listedHTML bounds each list of the HTML page.
const listedHTML = 500

// htmlPage is what the template shows.
type htmlPage struct {
	App, Version, Files string
	Packages            []htmlSize
	Total               htmlSize
	Advice              []htmlAdvice
	Maps                []htmlMap
	Legend              []htmlKind
	Largest             []htmlRow
	Findings            []htmlList
}

type htmlSize struct {
	Name, Root           string
	Size, Limit, Percent string
	Share                string // of the bar's width, in percent
	Over                 bool
}

type htmlAdvice struct {
	htmlSize
	Hint string
}

type htmlKind struct{ Kind, Size string }

type htmlRow struct{ Path, Size, Note, Share string }

// htmlList is a list of findings, in groups that share a hint.
type htmlList struct {
	Title  string
	Groups []htmlGroup
	More   string
}

type htmlGroup struct {
	Hint string
	Rows []htmlRow
}

// HTML writes the report of wecos report as one page that needs nothing else:
// no other file, no network, no script.
func HTML(w io.Writer, res *slim.Result, opt Options) error {
	r := res.Report
	if r == nil {
		return fmt.Errorf("there is no audit in the report of %q", res.Command)
	}
	h := htmlPage{
		App: newPage(opt).folder(res.App), Version: safe(res.Version), Files: count(len(r.Files), "file"),
		Total: htmlSizeOf("total", "", res.Total), Legend: legend(r.Files), Maps: treemaps(res),
	}
	for _, p := range res.Packages {
		root := p.Root
		if root == p.Name {
			root = ""
		}
		h.Packages = append(h.Packages, htmlSizeOf(safe(p.Name), safe(root), p.Size))
	}
	for _, a := range r.Advice {
		s := slim.Size{After: a.Bytes, Limit: a.Limit, Over: a.Over}
		h.Advice = append(h.Advice, htmlAdvice{htmlSizeOf(adviceNames[a.Name], "", s), a.Hint})
	}
	for _, f := range r.Largest {
		h.Largest = append(h.Largest, htmlRow{Path: safe(f.Path), Size: size(f.Bytes), Share: share(f.Bytes, r.Largest[0].Bytes)})
	}
	for _, l := range lists(r) {
		if len(l.files) > 0 {
			h.Findings = append(h.Findings, htmlListOf(l))
		}
	}
	return pageTemplate().Execute(w, h)
}

func htmlSizeOf(name, root string, s slim.Size) htmlSize {
	return htmlSize{Name: name, Root: root, Size: size(s.After), Limit: limit(s.Limit), Percent: percent(s), Share: share(s.After, s.Limit), Over: s.Over}
}

// share is n of most in percent, 100 at the most.
func share(n, most int64) string {
	if most <= 0 || n <= 0 {
		return "0"
	}
	return decimal(min(100, float64(n)/float64(most)*100))
}

// decimal writes a number for a style sheet.
func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 3, 64) }

func htmlListOf(l list) htmlList {
	out := htmlList{Title: l.headline()}
	shown := min(len(l.files), listedHTML)
	for i, f := range l.files[:shown] {
		if i == 0 || f.hint != l.files[i-1].hint {
			out.Groups = append(out.Groups, htmlGroup{Hint: f.hint})
		}
		row := htmlRow{Path: safe(f.path), Note: safe(f.note)}
		if !l.places {
			row.Size = size(f.bytes)
		}
		g := &out.Groups[len(out.Groups)-1]
		g.Rows = append(g.Rows, row)
	}
	if n := len(l.files) - shown; n > 0 {
		out.More = fmt.Sprintf("… and %d more; wecos report --json lists all", n)
	}
	return out
}

// legend sums up what ships by kind; kinds that do not occur are left out.
func legend(files []audit.File) []htmlKind {
	sums := map[audit.Kind]int64{}
	for _, f := range files {
		sums[f.Kind] += f.Bytes
	}
	var out []htmlKind
	for _, k := range audit.Kinds() {
		if n, ok := sums[k]; ok {
			out = append(out, htmlKind{string(k), size(n)})
		}
	}
	return out
}
