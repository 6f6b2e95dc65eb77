package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// pkg is one package of the module. Build tags are not looked at: a rule holds
// on every system.
type pkg struct {
	path    string // relative to the module: internal/scan
	name    string
	files   []*file
	imports map[string]string // import path → a file that has it, without tests
}

type file struct {
	path string // relative to the module
	test bool
	ast  *ast.File
	fset *token.FileSet
}

// at names the place of n for a person.
func (f *file) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.fset.Position(n.Pos()).Line)
}

// module is the path of this module; packages of it are named without it.
const module = "github.com/wecos-go/wecos"

const root = "../.."

// packages parses the module once.
var packages = sync.OnceValues(func() (map[string]*pkg, error) {
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(gomod, []byte("module "+module+"\n")) {
		return nil, fmt.Errorf("%s is not the module %s", root, module)
	}
	found := map[string]*pkg{}
	fset := token.NewFileSet()
	err = filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if e.IsDir() {
			hidden := rel != "." && (strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_"))
			if hidden || e.Name() == "testdata" || e.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(fset, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := path.Dir(rel)
		if found[dir] == nil {
			found[dir] = &pkg{path: dir, imports: map[string]string{}}
		}
		found[dir].add(&file{path: rel, test: strings.HasSuffix(rel, "_test.go"), ast: parsed, fset: fset})
		return nil
	})
	return found, err
})

func (p *pkg) add(f *file) {
	p.files = append(p.files, f)
	if f.test {
		return
	}
	p.name = f.ast.Name.Name
	for _, spec := range f.ast.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the compiler complains better
		}
		imported = strings.TrimPrefix(imported, module+"/")
		if p.imports[imported] == "" {
			p.imports[imported] = f.path
		}
	}
}

// load returns the packages sorted by path.
func load(t *testing.T) []*pkg {
	t.Helper()
	found, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	var list []*pkg
	for _, dir := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[dir])
	}
	return list
}

// reach is how a package comes to import another: the packages of the module
// on the way, then the import itself.
type reach struct {
	imported string
	way      []string
}

func (r reach) String() string { return strings.Join(append(r.way, r.imported), " → ") }

// reaches lists what p imports; with deep, also what the packages of this
// module that it imports do in turn.
func reaches(all []*pkg, p *pkg, deep bool) []reach {
	byPath := map[string]*pkg{}
	for _, q := range all {
		byPath[q.path] = q
	}
	var found []reach
	seen := map[string]bool{}
	var visit func(q *pkg, way []string)
	visit = func(q *pkg, way []string) {
		way = append(slices.Clip(way), q.path)
		for _, imported := range slices.Sorted(maps.Keys(q.imports)) {
			found = append(found, reach{imported, way})
			if next := byPath[imported]; deep && next != nil && !seen[imported] {
				seen[imported] = true
				visit(next, way)
			}
		}
	}
	visit(p, nil)
	return found
}

// matches reports whether an import path is named by pattern: exactly, or with
// /... at the end the path and everything below it.
func matches(pattern, p string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return p == below || strings.HasPrefix(p, below+"/")
	}
	return p == pattern
}

func matchesAny(patterns []string, p string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, p) })
}
