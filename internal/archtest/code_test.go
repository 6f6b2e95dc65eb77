package archtest

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// callRule forbids functions of other packages.
type callRule struct {
	of    string // packages
	why   string
	never []string // package.Function, with the package's last element
	tests bool     // binds test files instead of the others
	// except are files that may.
	except func(*pkg, *file) bool
}

var callRules = []callRule{
	{
		of: "internal/scan/...", why: "changes a file",
		never: []string{
			"os.Remove", "os.RemoveAll", "os.Rename", "os.WriteFile", "os.Create", "os.CreateTemp", "os.OpenFile",
			"os.Mkdir", "os.MkdirAll", "os.MkdirTemp", "os.Symlink", "os.Link", "os.Truncate", "os.Chmod", "os.Chtimes",
		},
	},
	{
		// Exiting skips what is deferred; only a program's last line may.
		of: "...", why: "exits outside of main",
		never: []string{"os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln"},
		except: func(p *pkg, f *file) bool {
			return p.name == "main" && path.Base(f.path) == "main.go"
		},
	},
	{
		// Output goes through the streams that a command was given.
		of: "internal/...", why: "prints to the process's own streams",
		never: []string{"fmt.Print", "fmt.Printf", "fmt.Println", "log.Print", "log.Printf", "log.Println"},
		except: func(p *pkg, f *file) bool {
			return p.name == "main"
		},
	},
	{
		of: "...", why: "sleeps in a test", tests: true,
		never: []string{"time.Sleep"},
		except: func(_ *pkg, f *file) bool { // where the clock is virtual
			return slices.ContainsFunc(f.ast.Imports, func(spec *ast.ImportSpec) bool {
				return spec.Path.Value == `"testing/synctest"`
			})
		},
	},
}

func TestCalls(t *testing.T) {
	for _, rule := range callRules {
		bound := 0
		for _, p := range load(t) {
			if rule.of != "..." && !matches(rule.of, p.path) {
				continue
			}
			for _, f := range p.files {
				if f.test != rule.tests || rule.except != nil && rule.except(p, f) {
					continue
				}
				bound++
				for _, place := range calls(f, rule.never) {
					t.Errorf("%s: the package never %s", place, rule.why)
				}
			}
		}
		if bound == 0 {
			t.Errorf("stale rule: no file of %s is bound (never %s)", rule.of, rule.why)
		}
	}
}

// calls lists the places where f names one of the functions, called or not.
func calls(f *file, names []string) (places []string) {
	imported := map[string]string{} // name in the file → last element of the path
	for _, spec := range f.ast.Imports {
		p := strings.Trim(spec.Path.Value, `"`)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = path.Base(p)
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && imported[x.Name] != "" && slices.Contains(names, imported[x.Name]+"."+sel.Sel.Name) {
			places = append(places, f.at(sel))
		}
		return true
	})
	return places
}

// Every package says what it is for, once.
func TestPackageComments(t *testing.T) {
	for _, p := range load(t) {
		var documented []string
		for _, f := range p.files {
			if f.test || f.ast.Doc == nil {
				continue
			}
			documented = append(documented, f.path)
			text := f.ast.Doc.Text()
			want := "Package " + p.name + " "
			if p.name == "main" {
				want = "Command " + path.Base(p.path) + " "
			}
			if !strings.HasPrefix(text, want) {
				t.Errorf("%s: the package comment does not begin with %q", f.path, want)
			}
			if len(strings.Fields(text)) < 8 {
				t.Errorf("%s: the package comment says next to nothing", f.path)
			}
		}
		switch {
		case p.name == "": // tests only
		case len(documented) == 0:
			t.Errorf("%s has no package comment", p.path)
		case len(documented) > 1:
			t.Errorf("%s has package comments in %s", p.path, strings.Join(documented, " and "))
		}
	}
}

// A package is named after what it knows.
func TestPackageNames(t *testing.T) {
	for _, p := range load(t) {
		switch p.name {
		case "util", "utils", "common", "helper", "helpers", "misc", "base", "shared", "lib":
			t.Errorf("%s is called %s, which says nothing", p.path, p.name)
		}
	}
}

// Files stay small enough to be read in one go.
func TestFileLength(t *testing.T) {
	const limit = 500
	for _, p := range load(t) {
		for _, f := range p.files {
			if lines := f.fset.File(f.ast.Pos()).LineCount(); lines > limit && !ast.IsGenerated(f.ast) {
				t.Errorf("%s has %d lines, more than %d", f.path, lines, limit)
			}
		}
	}
}
