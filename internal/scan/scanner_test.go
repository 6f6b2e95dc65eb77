package scan

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
)

// editor changes an app at random and notes the paths that it touched, as a
// watcher would name them.
type editor struct {
	*testing.T
	dir     string
	rnd     *rand.Rand
	touched []string
}

func (e *editor) abs(p string) string { return filepath.Join(e.dir, filepath.FromSlash(p)) }

// did notes a change. It fails the test, unless what was to be done was
// impossible: a folder over a file, and the like.
func (e *editor) did(err error, paths ...string) {
	var system *os.PathError
	var link *os.LinkError
	if err != nil && !errors.As(err, &system) && !errors.As(err, &link) {
		e.Fatal(err)
	}
	e.touched = append(e.touched, paths...)
}

func pick(rnd *rand.Rand, words ...string) string { return words[rnd.IntN(len(words))] }

// place is some path, most often one that was there before.
func (e *editor) place() string {
	p := ""
	for range e.rnd.IntN(3) {
		p = path.Join(p, pick(e.rnd, "a", "a-b", "pages", "sub", ".hidden", "miniprogram_npm", "node_modules", "build", "cloud", "backup"))
	}
	return path.Join(p, pick(e.rnd, "a", "b", "logo")+pick(e.rnd, ".png", ".jpg", ".webp", ".js", ".wxml", ".wxss", ".json", ".md", ".9.png"))
}

func (e *editor) folder() string { return path.Dir(e.place()) }

func (e *editor) change() {
	switch p := e.place(); e.rnd.IntN(12) {
	case 0, 1, 2, 3, 4:
		err := os.MkdirAll(e.abs(path.Dir(p)), 0o755)
		if err == nil {
			err = os.WriteFile(e.abs(p), []byte(strings.Repeat("x", e.rnd.IntN(3))), 0o644)
		}
		e.did(err, p)
	case 5:
		e.did(os.RemoveAll(e.abs(p)), p)
	case 6:
		if dir := e.folder(); dir != "." {
			e.did(os.RemoveAll(e.abs(dir)), dir)
		}
	case 7:
		from, to := e.folder(), e.folder()
		if from != "." && to != "." {
			err := os.MkdirAll(e.abs(path.Dir(to)), 0o755)
			if err == nil {
				err = os.Rename(e.abs(from), e.abs(to))
			}
			e.did(err, from, to)
		}
	case 8:
		q := e.place()
		e.did(os.Rename(e.abs(p), e.abs(q)), p, q)
	case 9: // a folder with the name of a file
		err := os.Mkdir(e.abs(p), 0o755)
		if err == nil {
			err = os.WriteFile(e.abs(p+"/in.png"), []byte("in"), 0o644)
		}
		e.did(err, p)
	case 10:
		switch e.rnd.IntN(4) {
		case 0:
			text := fmt.Sprintf(`{"pages": ["pages/a"], "subPackages": [{"root": %q, "pages": ["b"]}]}`, pick(e.rnd, "sub", "a", "a/sub"))
			e.did(os.WriteFile(e.abs("app.json"), []byte(text), 0o644), "app.json")
		case 1:
			text := fmt.Sprintf(`{"cloudfunctionRoot": %q, "packOptions": {"ignore": [{"type": %q, "value": %q}]}}`,
				pick(e.rnd, "cloud", "a"), pick(e.rnd, "folder", "suffix", "glob"), pick(e.rnd, "build", "sub", ".jpg", "**/b.*", "!(b)"))
			e.did(os.WriteFile(e.abs("project.config.json"), []byte(text), 0o644), "project.config.json")
		case 2:
			e.did(os.RemoveAll(e.abs("project.config.json")), "project.config.json")
		}
	case 11:
		if e.rnd.IntN(8) == 0 {
			e.did(os.Symlink(pick(e.rnd, "a", "pages", "nowhere", "logo.png"), e.abs(p)), p)
		}
	}
}

// bare is what two scans of the same files agree in.
func bare(t *Tree) *Tree {
	files := slices.Clone(t.Files)
	for i := range files {
		files[i].Info, files[i].ReadAt = nil, time.Time{}
	}
	return &Tree{Files: files, Problems: t.Problems, UnusedBlacklist: t.UnusedBlacklist, links: t.links}
}

func same(t *testing.T, got, want *Tree) bool {
	t.Helper()
	if !reflect.DeepEqual(got.Packages, want.Packages) || !slices.Equal(got.Pages, want.Pages) || got.Root != want.Root {
		t.Errorf("the layout is %+v, want %+v", got.Layout, want.Layout)
		return false
	}
	if got, want := bare(got), bare(want); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
		return false
	}
	return true
}

// TestScannerFindsWhatAScanFinds: whatever happens to an app, a scan of the
// changes gives the tree that a scan of everything gives.
func TestScannerFindsWhatAScanFinds(t *testing.T) {
	part := 0
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			e := &editor{T: t, rnd: rand.New(rand.NewPCG(1, seed)), dir: appWith(t, map[string]string{
				"app.json": minimal, "a/a.png": "1", "a/a.js": "2", "a/sub/b.png": "3", "a-b/a.png": "4", "pages/a.wxml": "5", "backup/a.png": "6",
			})}
			opt := options(e.dir)
			opt.Exclude = []string{e.abs("backup")}
			opt.Blacklist = []string{"a/**/b.png", "nothing", "sub"}
			s := NewScanner(opt)
			for round := range 60 {
				for range e.rnd.IntN(5) {
					e.change()
				}
				before := s.last
				s.Note(Changes{Paths: e.touched})
				got, err := s.Scan(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if before != nil && sharesFiles(before, got) {
					part++
				}
				if !same(t, got, mustScan(t, opt)) {
					t.Fatalf("in round %d, after %q", round, e.touched)
				}
				e.touched = nil
			}
		})
	}
	if part < 100 {
		t.Errorf("only %d scans built on the one before", part)
	}
}

// sharesFiles reports whether b took a file over from a without a look at it.
func sharesFiles(a, b *Tree) bool {
	return slices.ContainsFunc(b.Files, func(f File) bool {
		was := a.File(f.Path)
		return !f.ReadAt.IsZero() && was != nil && was.ReadAt.Equal(f.ReadAt)
	})
}

func TestScannerReadsOnlyWhatChanged(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "a/a.js": "1", "a/b.js": "2", "c.png": "3"})
	var read []string
	opt := options(dir)
	opt.Workers = 1
	opt.fault = func(rel string) error { read = append(read, rel); return nil }
	s := NewScanner(opt)
	scan := func(c Changes) *Tree {
		t.Helper()
		read = nil
		s.Note(c)
		tree, err := s.Scan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{"app.json", "a/a.js"} {
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	scan(Changes{})
	put(t, dir, "a/b.js", "new")
	put(t, dir, "c.png", "unnamed")
	tree := scan(Changes{Paths: []string{"a/b.js"}})
	if !slices.Equal(read, []string{"a/b.js"}) || string(tree.File("a/b.js").Data) != "new" {
		t.Errorf("read %q", read)
	}
	// What had changed a moment ago is read once more, then not again.
	if scan(Changes{}); !slices.Equal(read, []string{"a/b.js"}) {
		t.Errorf("read %q", read)
	}
	if err := os.Chtimes(filepath.Join(dir, "a/b.js"), old, old); err != nil {
		t.Fatal(err)
	}
	scan(Changes{})
	if scan(Changes{}); len(read) > 0 {
		t.Errorf("read %q without a change", read)
	}
	if scan(Changes{All: true}); len(read) != 6 { // with the folders
		t.Errorf("read %q instead of everything", read)
	}
}

// TestScannerAfterAFailure: what a failed scan was told of is not forgotten.
func TestScannerAfterAFailure(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "a.js": "1"})
	opt := options(dir)
	s := NewScanner(opt)
	if _, err := s.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "a.js", "2")
	put(t, dir, "app.json", `{"pages": `)
	s.Note(Changes{Paths: []string{"a.js", "app.json"}})
	if _, err := s.Scan(t.Context()); err == nil {
		t.Fatal("no error")
	}
	put(t, dir, "app.json", minimal)
	s.Touch("app.json")
	tree, err := s.Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, tree, mustScan(t, opt))
}

// TestScannerLeavesAloneWhatMoves: an image that is still being written stays,
// a source is not edited, until they are named as settled.
func TestScannerLeavesAloneWhatMoves(t *testing.T) {
	dir := appWith(t, map[string]string{"mini/app.json": minimal, "project.config.json": `{"miniprogramRoot": "mini"}`, "mini/a.js": "1", "mini/b.png": "2", "mini/c.png": "3"})
	opt := options(dir)
	s := NewScanner(opt)
	moving := []string{"mini/a.js", "mini/b.png"}
	for _, c := range []Changes{{Moving: moving}, {Paths: []string{"mini/c.png"}, Moving: moving}, {All: true, Moving: moving}} {
		s.Note(c)
		tree, err := s.Scan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if f := tree.File("b.png"); f.Keep != rewrite.ChangedDuringRun {
			t.Errorf("b.png: %q", f.Keep)
		}
		if !tree.File("a.js").ReadOnly || tree.File("a.js").Data == nil || !tree.File("c.png").Candidate() {
			t.Errorf("%v", described(tree))
		}
	}
	s.Note(Changes{Paths: moving})
	tree, err := s.Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, tree, mustScan(t, opt))
}
