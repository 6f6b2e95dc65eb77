package rewrite

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

const testBase = "https://h/b/"

// testInput makes the input of a run over the files of an archive. Files with
// an image suffix are images; "config" sets what a configuration would.
func testInput(t *testing.T, a *txtar.Archive) Input {
	t.Helper()
	in := Input{
		URLBases: []string{testBase},
		URL: func(p string, plain bool) string {
			segs := strings.Split(p, "/")
			for i, s := range segs {
				segs[i] = url.PathEscape(s)
			}
			return testBase + strings.Join(segs, "/")
		},
	}
	for _, f := range a.Files {
		switch {
		case f.Name == "config":
			for line := range strings.Lines(string(f.Data)) {
				k, v, _ := strings.Cut(strings.TrimSpace(line), " ")
				switch k {
				case "replace":
					in.ReplaceHost = append(in.ReplaceHost, v)
				case "target":
					in.TargetHost = v
				case "keep-unreferenced":
					in.KeepUnreferenced = true
				case "online":
					p, urls, _ := strings.Cut(v, " ")
					in.Online = append(in.Online, Online{Path: p, URLs: strings.Fields(urls)})
				case "base":
					in.URLBases = append(in.URLBases, v)
				case "hash":
					in.URL = hashed(in.URL)
				}
			}
		case hasSuffixFold(f.Name, []string{".png", ".jpg", ".gif"}):
			in.Images = append(in.Images, Image{Path: f.Name})
		case source.KindOf(f.Name) != source.Other:
			in.Sources = append(in.Sources, Extract(f.Name, f.Data, ExtractOptions{Suffixes: []string{".png", ".jpg", ".gif"}}))
		}
		if f.Name == "app.json" {
			var app struct{ Pages []string }
			_ = json.Unmarshal(f.Data, &app)
			in.Pages = app.Pages
		}
	}
	slices.SortFunc(in.Images, func(a, b Image) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(in.Sources, func(a, b *Facts) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(in.Pages)
	return in
}

func hashed(plainURL func(string, bool) string) func(string, bool) string {
	return func(p string, plain bool) string {
		u := plainURL(p, plain)
		if plain {
			return u
		}
		ext := filepath.Ext(u)
		return strings.TrimSuffix(u, ext) + ".0123abcd" + ext
	}
}

// render writes a decision as a person would check it.
func render(d *Decision) string {
	var b strings.Builder
	for _, o := range d.Offload {
		fmt.Fprintf(&b, "go %s", o.Path)
		if o.Plain {
			b.WriteString(" plain")
		}
		if !o.Referenced {
			b.WriteString(" unreferenced")
		}
		if o.Remembered {
			b.WriteString(" remembered")
		}
		b.WriteString("\n")
	}
	for _, k := range d.Kept {
		fmt.Fprintf(&b, "keep %s %s", k.Path, k.Reason)
		if k.At.File != "" {
			fmt.Fprintf(&b, " %s:%d:%d", k.At.File, k.At.Line, k.At.Column)
		}
		b.WriteString("\n")
	}
	for _, f := range d.Edits {
		for _, e := range f.Edits {
			fmt.Fprintf(&b, "edit %s:%d:%d %s => %s\n", f.Path, e.At.Line, e.At.Column, e.From, e.To)
		}
	}
	for _, w := range d.Warnings {
		fmt.Fprintf(&b, "warn %s:%d:%d %s\n", w.At.File, w.At.Line, w.At.Column, w.Text)
	}
	for _, m := range d.Misspelled {
		fmt.Fprintf(&b, "case %s %s is %s\n", m.At, m.Value, m.Path)
	}
	return b.String()
}

// TestDecide runs every archive in testdata/decide: the files of a small
// project, and the decision that the rules ask for in "want".
func TestDecide(t *testing.T) {
	files, err := filepath.Glob("testdata/decide/*.txtar")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d archives, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if i < 0 {
				t.Fatal("no want in it")
			}
			want := string(a.Files[i].Data)
			in := testInput(t, a)
			d := Decide(in)
			if got := render(d); got != want {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", a.Comment, got, want)
			}
			checkEdits(t, a, d)
			checkAgain(t, a, d)
			if again := render(Decide(in)); again != render(d) {
				t.Error("the same input gave another decision")
			}
		})
	}
}

// checkEdits applies the edits: what is written must be found again.
func checkEdits(t *testing.T, a *txtar.Archive, d *Decision) {
	t.Helper()
	for _, fe := range d.Edits {
		i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == fe.Path })
		out, err := Apply(a.Files[i].Data, fe.Edits)
		if err != nil {
			t.Fatal(err)
		}
		f := Extract(fe.Path, out, ExtractOptions{Suffixes: []string{".png", ".jpg", ".gif"}})
		if f.Err != nil {
			t.Fatalf("%s after the edits: %v\n%s", fe.Path, f.Err, out)
		}
		for _, e := range fe.Edits {
			found := e.Host && strings.Contains(string(out), e.To)
			for _, r := range f.Refs {
				found = found || r.Value == e.To || r.Dynamic && r.Head == e.To
			}
			if !found {
				t.Errorf("%s: %q is not found again in\n%s", fe.Path, e.To, out)
			}
		}
	}
}

// checkAgain decides over what the edits leave, with the removed images known
// as online only: nothing may be left to do, and nothing may need a file that
// is gone.
func checkAgain(t *testing.T, a *txtar.Archive, d *Decision) {
	t.Helper()
	in := testInput(t, a)
	after := &txtar.Archive{}
	gone := map[string]*Offload{}
	for i := range d.Offload {
		gone[d.Offload[i].Path] = &d.Offload[i]
	}
	for _, f := range a.Files {
		if gone[f.Name] != nil || f.Name == "config" || f.Name == "want" {
			continue
		}
		if i := slices.IndexFunc(d.Edits, func(fe FileEdits) bool { return fe.Path == f.Name }); i >= 0 {
			out, err := Apply(f.Data, d.Edits[i].Edits)
			if err != nil {
				t.Fatal(err)
			}
			f.Data = out
		}
		after.Files = append(after.Files, f)
	}
	again := testInput(t, after)
	again.URL, again.URLBases, again.ReplaceHost, again.TargetHost, again.KeepUnreferenced = in.URL, in.URLBases, in.ReplaceHost, in.TargetHost, in.KeepUnreferenced
	for _, o := range d.Offload {
		again.Online = append(again.Online, Online{Path: o.Path, URLs: []string{in.URL(o.Path, o.Plain)}, Plain: o.Plain})
	}
	second := Decide(again)
	for _, fe := range second.Edits {
		t.Errorf("a second run edits %s again: %+v", fe.Path, fe.Edits)
	}
	for _, w := range second.Warnings {
		if !slices.ContainsFunc(d.Warnings, func(v Warning) bool { return v.Text == w.Text }) {
			t.Errorf("a second run warns: %s:%d: %s", w.At.File, w.At.Line, w.Text)
		}
	}
	for _, o := range second.Offload {
		if gone[o.Path] == nil {
			t.Errorf("%s goes only in a second run", o.Path)
		}
	}
}

// A test that rewrites the want sections shows what changed; a person checks it.
func TestMain(m *testing.M) {
	if os.Getenv("UPDATE_DECIDE") != "" {
		updateDecide()
	}
	os.Exit(m.Run())
}

func updateDecide() {
	files, _ := filepath.Glob("testdata/decide/*.txtar")
	for _, name := range files {
		a, err := txtar.ParseFile(name)
		if err != nil {
			continue
		}
		for i := range a.Files {
			if a.Files[i].Name == "want" {
				a.Files[i].Data = []byte(render(Decide(testInput(&testing.T{}, a))))
			}
		}
		_ = os.WriteFile(name, txtar.Format(a), 0o644)
	}
}
