package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes a module of one package with a test file.
func module(t *testing.T, tests string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "m_test.go": "package m\n\nimport \"testing\"\n\n" + tests} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func TestRun(t *testing.T) {
	for name, tt := range map[string]struct {
		tests      string
		code       int
		want, none []string
	}{
		"passed": {
			"func TestA(t *testing.T) { t.Log(\"quiet\") }", 0,
			[]string{"ok  \tm\t", "1 passed, 0 failed, 0 skipped\n"}, []string{"quiet", "PASS", "skipped:"},
		},
		"skipped": {
			"func TestA(t *testing.T) {}\nfunc TestB(t *testing.T) { t.Run(\"sub\", func(t *testing.T) { t.Skip(\"no such tool\") }) }", 0,
			[]string{"skipped:\n  m TestB/sub: m_test.go:6: no such tool\n", "2 passed, 0 failed, 1 skipped\n"}, []string{"--- SKIP"},
		},
		"failed": {
			"func TestA(t *testing.T) { t.Error(\"bad\") }\nfunc TestB(t *testing.T) { t.Log(\"quiet\") }", 1,
			[]string{"m_test.go:5: bad\n", "--- FAIL: TestA", "FAIL\tm\t", "1 passed, 1 failed, 0 skipped\n"}, []string{"quiet"},
		},
		"broken off": {
			"func TestA(t *testing.T) { panic(\"at the disco\") }", 1,
			[]string{"panic: at the disco", "FAIL\tm\t"}, nil,
		},
		"not built": {
			"func TestA(t *testing.T) { undefined() }", 1,
			[]string{"undefined: undefined", "[build failed]"}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			module(t, tt.tests)
			var out, errs bytes.Buffer
			code, err := run([]string{"-count=1", "./..."}, &out, &errs)
			if err != nil || code != tt.code {
				t.Errorf("code %d, %v %s", code, err, &errs)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, &out)
				}
			}
			for _, none := range tt.none {
				if strings.Contains(out.String(), none) {
					t.Errorf("%q in\n%s", none, &out)
				}
			}
		})
	}
	var out, errs bytes.Buffer
	if code, _ := run([]string{"-no-such-flag"}, &out, &errs); code == 0 {
		t.Errorf("a wrong flag is no failure: %s%s", &out, &errs)
	}
}
