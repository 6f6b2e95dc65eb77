package archtest

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"testing"
)

// Every test that docs/safety.md names exists.
func TestSafetyNamesTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "safety.md"))
	if err != nil {
		t.Fatal(err)
	}
	exist := map[string]bool{}
	for _, p := range load(t) {
		for _, f := range p.files {
			for _, d := range f.ast.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && f.test && fn.Recv == nil {
					exist[fn.Name.Name] = true
				}
			}
		}
	}
	scripts, err := filepath.Glob(filepath.Join(root, "testdata", "script", "*", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		exist[path.Base(filepath.ToSlash(s))] = true
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+|[\\w-]+\\.txtar)`").FindAllStringSubmatch(string(text), -1)
	for _, m := range named {
		if !exist[m[1]] {
			t.Errorf("docs/safety.md names %s, which does not exist", m[1])
		}
	}
	if len(named) < 50 {
		t.Errorf("docs/safety.md names only %d tests", len(named))
	}
}
