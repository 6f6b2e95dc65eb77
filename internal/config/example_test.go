package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// example is the file in the repository's root that people copy.
const example = "../../wecos.config.json.example"

func TestExampleIsTheTemplate(t *testing.T) {
	want, err := DefaultWecosValues("").Text()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("wecos.config.json.example differs from what appletctl init wecos writes; want\n%s", want)
	}
}

func TestExampleExplainsEveryKey(t *testing.T) {
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if name := `"` + strings.TrimPrefix(k.name, "cos.") + `":`; !strings.Contains(string(text), name) {
			t.Errorf("the example does not show %s", k.name)
		}
	}
	// Every key stands below a comment of its own or shares one with the key
	// above it.
	comment := false
	for i, line := range strings.Split(string(text), "\n") {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "//"):
			comment = true
		case line == "":
			comment = false
		case strings.HasPrefix(line, `"`) && !comment:
			t.Errorf("line %d has no comment: %s", i+1, line)
		}
	}
}

// The values in the file are the defaults of the program: who copies the
// example and fills in the account gets what the documentation promises.
func TestExampleLoadsAsDefaults(t *testing.T) {
	dir := t.TempDir()
	text, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, WecosFile), string(text))
	fromExample, err := LoadWecos(LoadOptions{Dir: dir, NoAccount: true})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, WecosFile), "{}")
	fromNothing, err := LoadWecos(LoadOptions{Dir: dir, NoAccount: true})
	if err != nil {
		t.Fatal(err)
	}
	want := fromNothing.Effective()
	for i, got := range fromExample.Effective() {
		if got.Text() != want[i].Text() {
			t.Errorf("%s is %s in the example, but %s by default", got.Key, got.Text(), want[i].Text())
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
