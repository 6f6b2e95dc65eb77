package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/losstest"
)

const (
	hostile = "../../testdata/hostile"

	// mostTime is what one command may take for any of these inputs, on a slow
	// machine that does other things as well.
	mostTime = 2 * time.Minute
)

// mostMemory is what one command may take for any of these inputs, in MiB. A line
// of 10 MB that is nothing but references, as the full form has them, takes some
// 200 bytes a byte.
func mostMemory() int {
	if losstest.Full() {
		return 3 << 10
	}
	return 1 << 10
}

// decent is an app without anything hostile, to which the inputs are added.
func decent() losstest.Tree {
	return losstest.Tree{
		"app.json":           `{"pages":["pages/p/p"]}`,
		"pages/p/p.wxml":     "<image src=\"/img/a.png\"/>\n",
		"img/a.png":          "\x89PNG\r\n\x1a\n a",
		"pages/p/img/a.png":  "\x89PNG\r\n\x1a\n another",
		"img/nobody.png":     "\x89PNG\r\n\x1a\n nobody",
		"project.other.json": "{}",
	}
}

// TestHostileInput gives the built program what nobody would write: it never
// panics, takes bounded time and memory, writes nothing outside, and restore
// gives everything back.
func TestHostileInput(t *testing.T) {
	k := newKiller(t, 1)
	inputs := map[string]losstest.Tree{} // added to the app
	for _, folder := range []string{"sources", "images"} {
		for name, content := range corpus(t, folder) {
			inputs[folder+" "+name] = losstest.Tree{path.Join("pages/p", name): content}
		}
	}
	for name, content := range corpus(t, "layout") {
		dir, file := path.Split(name)
		id := "layout " + strings.TrimSuffix(dir, "/")
		if inputs[id] == nil {
			inputs[id] = losstest.Tree{}
		}
		inputs[id][file] = content
	}
	maps.Copy(inputs, large())
	memory, took := 0, time.Duration(0)
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		t.Run(name, func(t *testing.T) {
			before := decent()
			maps.Copy(before, inputs[name])
			v := &victim{before: before, settings: map[string]any{"targetHost": ""}}
			p := k.fresh(v)
			p.t = t
			defer p.drop()
			for _, args := range [][]string{{"plan"}, {"--watch=false", "--no-progress"}, {"restore"}} {
				m, d := p.bears(args)
				memory, took = max(memory, m), max(took, d)
			}
			p.same([]string{name, "restored"}, before)
			for name := range p.tree(".") {
				if dir, _, _ := strings.Cut(name, "/"); dir != "app" && dir != "wecos_backup" && dir != "bucket" && name != "wecos.config.json" {
					t.Errorf("%s was written", name)
				}
			}
		})
	}
	losstest.Figure(t, "hostile inputs: %d; most memory %d MiB, longest command %v", len(inputs), memory, took.Round(time.Millisecond))
}

// Configurations that are none end in exit 2, with a place.
func TestHostileConfig(t *testing.T) {
	k := newKiller(t, 1)
	configs := corpus(t, "config")
	for name, content := range configs {
		t.Run(name, func(t *testing.T) {
			p := k.fresh(&victim{before: decent(), settings: map[string]any{}})
			p.t = t
			defer p.drop()
			if err := os.WriteFile(filepath.Join(p.dir, "wecos.config.json"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"config"}, {"--watch=false"}} {
				out, end := p.try(args)
				if end.ExitCode() != 2 || !strings.Contains(out, "wecos.config.json") {
					t.Errorf("wecos %v: exit %d\n%s", args, end.ExitCode(), out)
				}
			}
			p.same([]string{name}, decent())
		})
	}
	losstest.Figure(t, "hostile configurations: %d, all refused", len(configs))
}

// corpus are the files of a folder of testdata/hostile.
func corpus(t *testing.T, folder string) losstest.Tree {
	t.Helper()
	tree, err := losstest.ReadTree(filepath.Join(hostile, folder))
	if err != nil || len(tree) < 5 {
		t.Fatalf("%d inputs in %s, %v", len(tree), folder, err)
	}
	return tree
}

// try runs a command to its end.
func (p *place) try(args []string) (out string, end *os.ProcessState) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), mostTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.program, args...)
	cmd.Dir = p.dir
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	_ = cmd.Run() // the exit code says all
	if ctx.Err() != nil {
		p.t.Fatalf("wecos %v does not end within %v", args, mostTime)
	}
	if out := text.String(); strings.Contains(out, "panic:") || strings.Contains(out, "goroutine ") || strings.Contains(out, "fatal error:") {
		p.t.Fatalf("wecos %v panics:\n%.4000s", args, out)
	}
	return text.String(), cmd.ProcessState
}

// bears runs a command that may refuse what it is given, and returns the memory
// in MiB and the time that it took.
func (p *place) bears(args []string) (memory int, took time.Duration) {
	p.t.Helper()
	start := time.Now()
	out, end := p.try(args)
	took, memory = time.Since(start), peakMemory(end)
	if code := end.ExitCode(); code < 0 || code > 2 {
		p.t.Errorf("wecos %v: exit %d\n%.2000s", args, code, out)
	}
	if memory > mostMemory() {
		p.t.Errorf("wecos %v took %d MiB", args, memory)
	}
	if len(out) > 4<<20 {
		p.t.Errorf("wecos %v printed %d bytes", args, len(out))
	}
	p.t.Logf("wecos %v: %d MiB, %v", args, memory, took.Round(time.Millisecond))
	return memory, took
}

// large are the inputs that are too large to be kept: deep nesting, long lines,
// many of anything.
func large() map[string]losstest.Tree {
	const deep, long, many = 100_000, 10 << 20, 5_000
	out := map[string]losstest.Tree{}
	add := func(name, content string) {
		out["large "+name] = losstest.Tree{path.Join("pages/p", path.Base(name)): content}
	}
	ref := "'/img/a.png'"
	for name, pair := range map[string][2]string{
		"tags/deep.wxml":        {"<view>", "</view>"},
		"templates/deep.wxml":   {"<template name='x'>", "</template>"},
		"mustaches/deep.wxml":   {"{{", "}}"},
		"arrays/deep.js":        {"[", "]"},
		"parentheses/deep.js":   {"(", ")"},
		"blocks/deep.js":        {"{", "}"},
		"functions/deep.js":     {"function f(){", "}"},
		"arrows/deep.js":        {"a=>", ""},
		"templates/deep.js":     {"`${", "}`"},
		"calls/deep.js":         {"wx.previewImage({urls:[f(", ")]})"},
		"ternaries/deep.js":     {"a?b:", ""},
		"arrays/deep.ts":        {"x as Array<", ">"},
		"objects/deep.wxs":      {"{a:", "}"},
		"blocks/deep.wxss":      {"a{", "}"},
		"functions/deep.wxss":   {"url(", ")"},
		"parentheses/deep.scss": {"#{(", ")}"},
		"blocks/deep.less":      {"@media x{.a{", "}}"},
		"arrays/deep.json":      {"[", "]"},
		"objects/deep.json":     {`{"a":`, "}"},
	} {
		add(name, strings.Repeat(pair[0], deep)+ref+strings.Repeat(pair[1], deep))
		add(strings.Replace(name, "/deep", " open/deep", 1), strings.Repeat(pair[0], deep))
	}
	add("in-mustache/deep.wxml", "<image src=\"{{"+strings.Repeat("(", deep)+ref)
	for name, parts := range map[string][3]string{
		"string/line.js":       {"x = '", "a", "'"},
		"chain/line.js":        {"x = 'a'", " + '/img/' + y", ""},
		"literals/line.js":     {"x = [", ref + ",", "]"},
		"names/line.js":        {"x = [", "a.png b.png ", "]"},
		"template/line.js":     {"x = `", "${a}/img/", "`"},
		"regexp/line.js":       {"x = /", "(a|b)*", "/"},
		"comment/line.js":      {"/*", "*", ""},
		"slashes/line.js":      {"x = ", "/", ""},
		"attribute/line.wxml":  {"<image src=\"", "/img/", "a.png\"/>"},
		"attributes/line.wxml": {"<image ", "src=/img/a.png ", "/>"},
		"images/line.wxml":     {"", "<image src=\"/img/a.png\"/>", ""},
		"style/line.wxml":      {"<view style=\"", "background:url(/img/a.png);", "\"/>"},
		"mustache/line.wxml":   {"<image src=\"{{", "a+", "'/img/a.png'}}\"/>"},
		"urls/line.wxss":       {"", ".a{background:url(/img/a.png)}", ""},
		"url/line.wxss":        {".a{background:url(", "x", ")}"},
		"spaces/line.wxss":     {".a{background:url(", " ", "/img/a.png)}"},
		"string/line.json":     {`{"a":"`, "/img/a.png ", `"}`},
		"values/line.json":     {`["`, `/img/a.png","`, `"]`},
		"zeros/line.js":        {"", "\x00", ""},
		"not-utf8/line.wxml":   {"", "\xff\xfe", ""},
	} {
		size := long
		if n := len(parts[1]); n > 1 && !losstest.Full() {
			size /= 8
		}
		add(name, parts[0]+strings.Repeat(parts[1], size/len(parts[1]))+parts[2])
	}
	pages := losstest.Tree{}
	var list []string
	for i := range many {
		page := fmt.Sprintf("pages/n%d/n", i)
		list = append(list, fmt.Sprintf("%q", page))
		pages[page+".wxml"] = "<image src=\"/img/a.png\"/>"
	}
	pages["app.json"] = `{"pages":[` + strings.Join(list, ",") + `]}`
	out["large 5000 pages"] = pages
	out["large app.json"] = losstest.Tree{"app.json": `{"pages":["pages/p/p"],"x":` + strings.Repeat("[", deep) + strings.Repeat("]", deep) + "}"}
	return out
}
