package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/slim"
)

// nasty is a file name that means something to a terminal, to HTML and to CSS.
const nasty = "img/</style><script>alert(1)</script>\"'>\x1b[31m活动.png"

// measured has one of everything that wecos report shows.
func measured() *slim.Result {
	res := sample()
	res.Command, res.Kept, res.Edits, res.Failed, res.Warnings = "report", nil, nil, nil, nil
	r := &audit.Report{Advice: []audit.Advice{
		{Name: audit.MainAdvice, Bytes: 2<<20 + 1, Limit: 3 << 19, Over: true, Hint: "a main package below this starts faster"},
		{Name: audit.MediaAdvice, Bytes: 10, Limit: 200 << 10, Hint: "the code check asks for it"},
		{Name: audit.ProviderAdvice, Bytes: 3<<20 + 13, Limit: 20 << 20, Hint: "the limit of a provider"},
	}}
	add := func(path, pkg string, kind audit.Kind, bytes int64) {
		r.Files = append(r.Files, audit.File{Path: path, Package: pkg, Kind: kind, Bytes: bytes})
	}
	add(nasty, "main", audit.Image, 1<<20)
	add("packages/orders/img/a/really/long/path/to/some/picture/of/the/app/picture.png", "orders", audit.Image, 500<<10)
	for i := range 40 {
		add(fmt.Sprintf("pages/%02d/page.js", i), "main", audit.Script, int64(20<<10-i))
	}
	for i := range 500 {
		add(fmt.Sprintf("pages/%03d/page.json", i), "main", audit.Data, 7)
	}
	add("empty.json", "活动", audit.Data, 0)
	r.Largest = r.Files[:20]
	r.NotShipped = []audit.NotShipped{{Path: "fonts/f.ttf", Kind: audit.Font, Bytes: 4000, Hint: "fonts do not ship"}, {Path: "img/a.webp", Kind: audit.Image, Bytes: 300, At: "pages/a/a.wxml:3:4", Hint: ".webp files do not ship"}}
	r.StyleFiles = []audit.StyleFile{{At: "pages/a/a.wxss:12:4", Value: "../../" + nasty, Path: nasty, Hint: "devices load only https addresses"}}
	r.Misplaced = []audit.Misplaced{{Path: nasty, Bytes: 1 << 20, Package: "orders", Root: "packages/orders/with/a/name/that/is/much/too/long", At: "x", Hint: "move it there"}}
	for i := range 15 {
		r.Unused = append(r.Unused, audit.File{Path: fmt.Sprintf("img/unused/%02d.png", i), Package: "main", Kind: audit.Image, Bytes: 1000})
	}
	res.Report = r
	return res
}

func TestMeasured(t *testing.T) {
	got := text(t, measured(), Options{})
	for _, want := range []string{
		"Packages of", "101%", "main package         2.00 MB of 1.50 MB over\n", "images + audio          10 B of 200.0 KB\n", "Largest files\n    1.00 MB  ████████████  img/",
		"Cannot ship: 2 files, 4.2 KB", "300 B  img/a.webp  pages/a/a.wxml:3:4", "url() that fails on a device: 1 place\n", "used by one subpackage only: 1 file, 1.00 MB",
		"Named by nothing: 15 files", "… and 5 more, -v shows all",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") || strings.Contains(got, "starts faster") != true || strings.Contains(got, "limit of a provider") {
		t.Errorf("it shows\n%s", got)
	}
	if got := text(t, measured(), Options{Quiet: true}); got != "main is over its limit: 2.00 MB of 2 MB\n" {
		t.Errorf("-q shows %q", got)
	}
	if got := text(t, measured(), Options{Color: true}); !strings.Contains(got, "\x1b[31m") || strings.Contains(got, "\x1b[31m活") {
		t.Error("colours")
	}
}

func TestMeasuredFitsTheTerminal(t *testing.T) {
	for width := 38; width <= 130; width++ {
		for _, res := range []*slim.Result{measured(), {Command: "report", App: "/x", Report: &audit.Report{}}} {
			for line := range strings.Lines(text(t, res, Options{Columns: width})) {
				line = strings.TrimRight(line, "\n")
				if strings.HasPrefix(line, "Packages of") || strings.HasPrefix(line, "In the main package") || !strings.Contains(strings.TrimSpace(line), " ") {
					continue // a title, or a word, is never cut
				}
				if n := columns(line); n > width {
					t.Errorf("%d columns in %d: %s", n, width, line)
				}
			}
		}
	}
}
