package report

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/slim"
)

func htmlOf(t *testing.T, res *slim.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, res, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	got := htmlOf(t, measured())
	for _, want := range []string{
		"&lt;/style&gt;&lt;script&gt;", "img/unused/14.png", "Named by nothing: 15 files", "pages/a/a.wxss:12:4", "<code>fonts/f.ttf</code>",
		`<i class="script"></i>script`, "small files in pages", "500", "default-src &#39;none&#39;",
	} {
		if !strings.Contains(got, want) && !strings.Contains(strings.ReplaceAll(got, "'", "&#39;"), want) {
			t.Errorf("no %q in the page", want)
		}
	}
	// Nothing is loaded, nothing runs, and no name became markup.
	for _, never := range []string{"<script", "javascript:", "http:", "https:", "src=", "href=", "@import", "url(http", "\x1b", "ZgotmplZ"} {
		text := got
		if never == "http:" || never == "https:" {
			text = strings.ReplaceAll(got, "devices load only https addresses", "")
		}
		if strings.Contains(text, never) {
			t.Errorf("%q in the page", never)
		}
	}
	if htmlOf(t, measured()) != got {
		t.Error("the same report gives another page")
	}
	if err := HTML(&bytes.Buffer{}, sample(), Options{}); err == nil {
		t.Error("a report without an audit gives a page")
	}
	if err := HTML(full{}, measured(), Options{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// The tiles of each map cover its packages, and few of them are enough for an
// app of any size.
func TestTreemap(t *testing.T) {
	res := measured()
	for i := range 20_000 {
		res.Report.Files = append(res.Report.Files, audit.File{Path: fmt.Sprintf("img/%d/%d.png", i%300, i), Package: "main", Kind: audit.Image, Bytes: int64(1 + i*i%5000)})
	}
	for _, m := range treemaps(res) {
		packs, tiles := 0.0, 0
		for _, p := range m.Packs {
			packs += area(t, p.box)
			covered := 0.0
			for _, tile := range p.Tiles {
				covered += area(t, tile.box)
			}
			tiles += len(p.Tiles)
			if covered < 0.98 || covered > 1.02 {
				t.Errorf("%s: the tiles of %s cover %.3f of it", m.Class, p.Name, covered)
			}
		}
		if packs < 0.99 || packs > 1.01 || tiles < 100 || tiles > 8000 {
			t.Errorf("%s: %d tiles, packages cover %.3f", m.Class, tiles, packs)
		}
	}
	empty := &slim.Result{Command: "report", Report: &audit.Report{Files: []audit.File{{Path: "a.js", Package: "main"}}}}
	if page := htmlOf(t, empty); regexp.MustCompile(`NaN|Inf`).MatchString(page) {
		t.Error("an empty app gives figures that are none")
	}
}

func area(t *testing.T, b box) float64 {
	t.Helper()
	var side [2]float64
	for i, s := range []string{b.Width, b.Height} {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		side[i] = f / 100
	}
	return side[0] * side[1]
}

func TestLongListsAreCut(t *testing.T) {
	res := measured()
	for i := range 2000 {
		res.Report.Unused = append(res.Report.Unused, audit.File{Path: fmt.Sprintf("u/%d.png", i), Bytes: 1})
	}
	page := htmlOf(t, res)
	if !strings.Contains(page, "… and 1515 more") || strings.Contains(page, "u/1000.png") {
		t.Error("a list of 2015 is not cut")
	}
}
