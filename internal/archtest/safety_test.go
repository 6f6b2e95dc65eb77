package archtest

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"testing"
)

// Every test that the pages about safety and security name exists.
func TestSafetyNamesTests(t *testing.T) {
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
	for page, least := range map[string]int{"safety.md": 50, "security.md": 40} {
		checkNames(t, page, least, exist)
	}
}

// checkNames fails for a test that a page names and that does not exist, and for
// a page that names fewer than least.
func checkNames(t *testing.T, page string, least int, exist map[string]bool) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+|[\\w-]+\\.txtar)`").FindAllStringSubmatch(string(text), -1)
	for _, m := range named {
		if !exist[m[1]] {
			t.Errorf("docs/%s names %s, which does not exist", page, m[1])
		}
	}
	if len(named) < least {
		t.Errorf("docs/%s names only %d tests", page, len(named))
	}
}
