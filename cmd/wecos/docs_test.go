package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/tailscale/hujson"
	"go.yaml.in/yaml/v3"

	"github.com/wecos-go/wecos/cmd/wecos/command"
)

// block is a fenced block of a page, with the language that it is in.
type block struct{ language, text string }

func blocks(t *testing.T, page string) (text string, out []block) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(string(data), -1) {
		out = append(out, block{m[1], m[2]})
	}
	if len(out) == 0 {
		t.Fatalf("%s shows nothing", page)
	}
	return string(data), out
}

// parses checks that a line that begins with wecos is one that wecos takes.
func parses(t *testing.T, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, " > ")
	args := strings.Fields(line)[1:]
	for i, arg := range args {
		args[i] = strings.Trim(arg, `"'`)
	}
	cmd, rest, err := command.New().Find(args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
}

// typed are the lines of a script that run wecos.
func typed(script string) (lines []string) {
	for _, part := range regexp.MustCompile(`\n|&&|;|\|`).Split(script, -1) {
		if part = strings.TrimSpace(part); part == "wecos" || strings.HasPrefix(part, "wecos ") {
			lines = append(lines, part)
		}
	}
	return lines
}

// scripts are what a workflow runs: the strings below run and script.
func scripts(v any, runs bool) (out []string) {
	switch v := v.(type) {
	case string:
		if runs {
			out = append(out, v)
		}
	case []any:
		for _, e := range v {
			out = append(out, scripts(e, runs)...)
		}
	case map[string]any:
		for key, e := range v {
			out = append(out, scripts(e, key == "run" || key == "script" || key == "before_script")...)
		}
	}
	return out
}

// The example workflows are YAML, and run what exists.
func TestWorkflows(t *testing.T) {
	text, list := blocks(t, "ci.md")
	workflows := 0
	for _, b := range list {
		if b.language != "yaml" {
			continue
		}
		workflows++
		var v map[string]any
		if err := yaml.Unmarshal([]byte(b.text), &v); err != nil {
			t.Fatalf("%v in\n%s", err, b.text)
		}
		var lines []string
		for _, s := range scripts(v, false) {
			lines = append(lines, typed(s)...)
		}
		all := strings.Join(lines, "\n")
		for _, want := range []string{"wecos plan", "wecos --watch=false --json", "wecos verify", "wecos report --check"} {
			if !strings.Contains(all, want) {
				t.Errorf("a workflow without %s:\n%s", want, all)
			}
		}
		for _, line := range lines {
			parses(t, line)
		}
		for _, name := range []string{"COS_SECRET_ID", "COS_SECRET_KEY"} {
			if !strings.Contains(b.text, name) {
				t.Errorf("a workflow without %s", name)
			}
		}
	}
	if workflows != 2 {
		t.Errorf("%d workflows", workflows)
	}
	if !strings.Contains(text, "wecos plan --exit-code") {
		t.Error("nothing about wecos plan --exit-code")
	}
}

// What the pages say to type, and to write into a configuration, is taken.
func TestPages(t *testing.T) {
	for _, page := range []string{"ci.md", "frameworks.md"} {
		text, list := blocks(t, page)
		for _, line := range commands(text) {
			if strings.HasPrefix(line, "wecos") {
				parses(t, line)
			}
		}
		configs := 0
		for _, b := range list {
			if b.language != "json" && b.language != "jsonc" {
				continue
			}
			plain, err := hujson.Standardize([]byte(b.text))
			if err != nil {
				t.Fatalf("%s: %v in\n%s", page, err, b.text)
			}
			var of struct{ Scripts map[string]string }
			if err := json.Unmarshal(plain, &of); err != nil {
				t.Fatal(err)
			}
			for _, script := range of.Scripts {
				for _, line := range typed(script) {
					parses(t, line)
				}
			}
			if of.Scripts != nil {
				continue
			}
			configs++
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
			if err != nil {
				t.Fatal(err)
			}
			schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "docs", "wecos.config.schema.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Errorf("%s: %v in\n%s", page, err, b.text)
			}
		}
		if configs == 0 {
			t.Errorf("%s shows no configuration", page)
		}
	}
}
