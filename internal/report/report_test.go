package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/slim"
)

// sample has one of everything that a report shows.
func sample() *slim.Result {
	res := &slim.Result{
		Version: "1", Command: "run", App: filepath.Join(string(filepath.Separator)+"home", "me", "shop", "app"), Run: "20260722-101500-00",
		Packages: []slim.PackageSize{
			{Name: "main", Size: slim.Size{Before: 3 << 20, After: 2<<20 + 1, Limit: 2 << 20, Over: true}},
			{Name: "orders", Root: "packages/orders/with/a/name/that/is/much/too/long", Size: slim.Size{Before: 900 << 10, After: 12, Limit: 2 << 20}},
			{Name: "活动", Root: "活动", Size: slim.Size{Before: 1 << 20, After: 1 << 20, Limit: 2 << 20}},
		},
		Total:        slim.Size{Before: 5 << 20, After: 3<<20 + 13, Limit: 30 << 20},
		Images:       slim.ImageCounts{Found: 40, Uploaded: 20, AlreadyOnline: 3, Removed: 22, Kept: 17, Failed: 1, BytesBefore: 4 << 20},
		References:   slim.RefCounts{Found: 50, Rewritten: 30, Kept: 20, Dynamic: 2, HostsReplaced: 1},
		Edits:        []slim.Edit{{File: "pages/a.wxml", Line: 3, Column: 9, From: "/img/a.png", To: "https://img.example.com/img/a.png"}},
		Unreferenced: []string{"img/it's here.png"},
		Failed:       []slim.Failed{{Path: "img/bad.png", Error: `put "img/bad.png": status 500 InternalError (the service could not answer, try again later)`}},
		Warnings:     []slim.Warning{{At: "wecos.config.json", Text: "this file lies inside the app and ships with it, keys included", Hint: "move it to the folder above, or leave it out with packOptions.ignore"}},
	}
	for i := range 15 {
		res.Kept = append(res.Kept, slim.Kept{Path: fmt.Sprintf("img/tab/%02d.png", i), Reason: rewrite.TabBarIcon, At: fmt.Sprintf("app.json:%d:21", i+10), Hint: "tab bar icons must be files of the package"})
	}
	res.Kept = append(res.Kept,
		slim.Kept{Path: "图片/吐司\x1b[31m.png", Reason: rewrite.LocalOnlyAPI, At: "pages/product/product.js:26:44", Hint: "showToast takes only files of the package"},
		slim.Kept{Path: "img/s.png", Reason: rewrite.LocalOnlyAPI, At: "pages/a/really/long/path/to/some/page/of/the/app/page.js:12:4", Hint: "getImageInfo takes only files of the package"},
	)
	return res
}

func text(t *testing.T, res *slim.Result, opt Options) string {
	t.Helper()
	var b bytes.Buffer
	opt.Dir = filepath.Join(string(filepath.Separator)+"home", "me", "shop")
	if err := Text(&b, res, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	want, err := os.ReadFile("testdata/run.txt")
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(text(t, sample(), Options{}), `.\app`, "./app")
	if got != string(want) {
		t.Errorf("the report is\n%s\nnot\n%s", got, want)
	}
}

func TestTextFitsTheTerminal(t *testing.T) {
	for _, width := range []int{80, 100} {
		for line := range strings.Lines(text(t, sample(), Options{Columns: width})) {
			if n := columns(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

func TestColourIsOptional(t *testing.T) {
	if plain := text(t, sample(), Options{}); strings.Contains(plain, "\x1b") {
		t.Error("there are escape sequences without colours, one from a file name perhaps")
	}
	coloured := text(t, sample(), Options{Color: true})
	if !strings.Contains(coloured, "\x1b[31m") {
		t.Error("there are no colours")
	}
	if strings.Contains(coloured, "吐司\x1b") {
		t.Error("an escape sequence of a file name reaches the terminal")
	}
}

func TestLists(t *testing.T) {
	short, long := text(t, sample(), Options{}), text(t, sample(), Options{Verbose: true})
	if !strings.Contains(short, "… and 5 more, -v shows all") || strings.Contains(short, "img/tab/14.png") {
		t.Error("a long list is not cut")
	}
	if strings.Contains(long, "more, -v") || !strings.Contains(long, "img/tab/14.png") || !strings.Contains(long, "pages/a.wxml:3:9") {
		t.Error("-v does not show everything")
	}
	quiet := text(t, sample(), Options{Quiet: true})
	if strings.Contains(quiet, "Slimmed") || !strings.Contains(quiet, "img/bad.png") || !strings.Contains(quiet, "this file lies") {
		t.Errorf("-q shows\n%s", quiet)
	}
}

func TestTextOfCommands(t *testing.T) {
	plan := sample()
	plan.Command, plan.Run = "plan", ""
	plan.Leaving = []slim.Leaving{{Path: "img/a.png", Bytes: 2048}}
	idle := &slim.Result{Command: "run", App: "/x"}
	cut := sample()
	cut.Unfinished = &slim.Unfinished{Rewritten: 1, ToRewrite: 2, Removed: 0, ToRemove: 22}
	early := sample()
	early.Unfinished = &slim.Unfinished{ToRewrite: 2, ToRemove: 22}
	copied := sample()
	copied.OutDir = filepath.Join(string(filepath.Separator)+"home", "me", "shop", "build")
	sizes := sample()
	sizes.Command = "report"
	restored := &slim.Result{Command: "restore", App: "/x", Restored: []string{"a.png"}, References: slim.RefCounts{Rewritten: 2}, Notes: []string{"a note"}}
	dry := *restored
	dry.DryRun = true
	for name, c := range map[string]struct {
		res  *slim.Result
		want []string
		not  string
	}{
		"plan":        {plan, []string{"Plan for", "20 to upload", "2.0 KB  img/a.png", "pages/a.wxml:3:9", "uploadFileBlackList"}, "Take it back"},
		"idle":        {idle, []string{"Nothing to do"}, "package"},
		"interrupted": {cut, []string{"Interrupted", "1 of 2 files rewritten, 0 of 22 images removed", "restore takes it back"}, "nothing was changed"},
		"early":       {early, []string{"nothing was changed in the app"}, "next wecos"},
		"copy":        {copied, []string{"Slimmed copy of", "build"}, "Take it back"},
		"sizes":       {sizes, []string{"Packages of", "101%", "orders"}, "before"},
		"restore":     {restored, []string{"Restored in /x", "1 image, 2 references", "a note"}, "Would"},
		"dry run":     {&dry, []string{"Would restore"}, "Restored"},
	} {
		got := text(t, c.res, Options{})
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
		if strings.Contains(got, c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, got)
		}
	}
}

// The public report has these fields and no others.
func TestJSONFields(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	fields := func(v any) string {
		for {
			list, ok := v.([]any)
			if !ok {
				break
			}
			v = list[0]
		}
		object, ok := v.(map[string]any)
		if !ok {
			return fmt.Sprintf("%T", v)
		}
		var names []string
		for name := range object {
			names = append(names, name)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for name, want := range map[string]string{
		"packages": "after before limit name over root", "total": "after before limit over",
		"images":     "alreadyOnline bytesBefore bytesOnline failed found kept removed uploaded",
		"references": "dynamic found hostsReplaced kept rewritten", "edits": "column file from line to",
		"kept": "at hint path reason", "unreferenced": "string", "failed": "error path", "warnings": "at hint text",
	} {
		if f := fields(got[name]); f != want {
			t.Errorf("%s has %s, not %s", name, f, want)
		}
	}
	if f, want := fields(got), "app command durationMs edits failed images kept packages references total unreferenced version warnings"; f != want {
		t.Errorf("the report has %s, not %s", f, want)
	}
}

func TestLines(t *testing.T) {
	var b bytes.Buffer
	p := NewLines(&b)
	p.Event(slim.PhaseStarted{Phase: slim.PhaseScan})
	p.Event(slim.PhaseStarted{Phase: slim.PhaseUpload, Files: 200, Bytes: 5000})
	for i := range 200 {
		ev := slim.ImageUploaded{Path: fmt.Sprint(i), Bytes: 25}
		if i == 7 {
			ev.Err = errors.New("refused")
		}
		p.Event(ev)
	}
	p.Event(slim.PhaseStarted{Phase: slim.PhaseCommit, Files: 3})
	p.Event(slim.FileChanged{Path: "x"})
	p.Done()
	got := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(got) != 13 || got[0] != "uploading 200 images, 4.9 KB" || got[1] != "failed: 7: refused" || got[11] != "uploaded 199 of 200" {
		t.Errorf("%d lines: %q", len(got), got)
	}
}

func TestBar(t *testing.T) {
	var b bytes.Buffer
	p := NewBar(&b, 80)
	p.Event(slim.PhaseStarted{Phase: slim.PhaseScan})
	p.Event(slim.PhaseStarted{Phase: slim.PhaseUpload, Files: 2, Bytes: 4 << 20})
	p.Event(slim.ImageUploaded{Path: "a", Bytes: 1 << 20})
	p.Event(slim.Noticed{Text: "note"})
	p.Event(slim.PhaseStarted{Phase: slim.PhaseCommit})
	p.Event(slim.FileChanged{Path: "x"})
	p.Done()
	p.Done()
	if got := b.String(); !strings.Contains(got, "uploading 1/2") || !strings.Contains(got, "note\n") {
		t.Errorf("the bar shows %q", got)
	}
	NewSilence().Event(slim.Noticed{Text: "x"})
}

func TestLog(t *testing.T) {
	var b bytes.Buffer
	runs := []slim.RunInfo{
		{ID: "20260722-101500-00", Started: time.Unix(1e9, 0), Removed: 27, Bytes: 3 << 20, References: 29, Restored: true},
		{ID: "20260723-101500-00", Started: time.Unix(1e9, 0), Unfinished: true},
		{ID: "20260724-101500-00", Started: time.Unix(1e9, 0), OutDir: "/x"},
	}
	if err := Log(&b, runs, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"20260722-101500-00", "3.00 MB", "restored", "interrupted", "copy"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := Log(&b, nil, Options{}); err != nil || b.String() != "no runs yet\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
	b.Reset()
	if err := LogJSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestConfig(t *testing.T) {
	var b bytes.Buffer
	err := Config(&b, []config.Setting{
		{Key: "appDir", Value: "/a/very/long/folder/that/goes/on/and/on/and/on/and/does/not/fit/anywhere", Origin: config.Origin{Source: config.FromFlag, Place: "--app-dir"}},
		{Key: "cos.secret_key", Value: config.NewSecret("hidden"), Origin: config.Origin{Source: config.FromEnv, Place: "COS_SECRET_KEY"}},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); strings.Contains(got, "hidden") || !strings.Contains(got, "does/not/fit/anywhere") || !strings.Contains(got, "COS_SECRET_KEY") {
		t.Errorf("%s", got)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		s     string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"images/banners/spring.png", 12, "imag…ing.png"},
		{"图片/横幅/春天.png", 10, "图…天.png"},
		{"abc", 1, "…"},
	} {
		if got := fit(c.s, c.width); got != c.want || columns(got) > c.width {
			t.Errorf("fit(%q, %d) is %q (%d)", c.s, c.width, got, columns(got))
		}
	}
	if got := wrap("aa bb cc", 5); !slices.Equal(got, []string{"aa bb", "cc"}) {
		t.Errorf("wrap gives %q", got)
	}
}
