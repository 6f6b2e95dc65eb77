package scan

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

const minimal = `{"pages": ["pages/index/index"]}`

// appWith writes files into a new folder and returns it. A name that ends in a
// slash is a folder.
func appWith(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		put(t, dir, name, text)
	}
	return dir
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	abs := filepath.Join(dir, filepath.FromSlash(name))
	if strings.HasSuffix(name, "/") {
		if err := os.MkdirAll(abs, 0o755); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(abs, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func options(dir string) Options {
	return Options{AppDir: dir, ConfigDir: filepath.Dir(dir), Suffixes: []string{".png", ".jpg", ".gif"}}
}

func mustScan(t *testing.T, opt Options) *Tree {
	t.Helper()
	tree, err := Scan(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// describe is one word a file: what it is and whether it stays.
func describe(f *File) string {
	var out strings.Builder
	switch {
	case f.Kind != source.Other:
		out.WriteString(f.Kind.String())
	case f.Image && f.Keep == "":
		out.WriteString("candidate")
	case f.Image:
		out.WriteString(string(f.Keep))
	default:
		out.WriteString("other")
	}
	if f.ReadOnly {
		out.WriteString(" read-only")
	}
	if f.Ships {
		out.WriteString(" ships")
	}
	return out.String()
}

func described(tree *Tree) map[string]string {
	files := map[string]string{}
	for i := range tree.Files {
		files[tree.Files[i].Path] = describe(&tree.Files[i])
	}
	return files
}

func TestScanFindsEverything(t *testing.T) {
	dir := appWith(t, map[string]string{
		"app.json":                       minimal,
		"app.js":                         "App({})",
		"pages/index/index.wxml":         "<view/>",
		"pages/index/index.WXSS":         "",
		"pages/index/index.ts":           "",
		"types/app.d.ts":                 "",
		"style/a.less":                   "",
		"style/b.styl":                   "",
		"images/with space.png":          "1",
		"images/图标.png":                  "2",
		"images/icon@2x.png":             "3",
		"images/a.b.c.png":               "4",
		"images/UPPER.PNG":               "5",
		"images/noimage.png":             "this is no image",
		"images/empty.gif":               "",
		"images/photo.jpeg":              "6",
		"images/new.webp":                "7",
		"images/draw.svg":                "8",
		"images/old.bmp":                 "9",
		"images/.png":                    "10",
		"images/folder.png/inside.png":   "11",
		"images/folder.png/inside.js":    "",
		"images/logo/keep.png":           "12",
		"media/song.mp3":                 "m",
		"media/font.ttf":                 "f",
		"README.md":                      "# x",
		"node_modules/x/a.png":           "n",
		"sub/node_modules/x/a.js":        "n",
		".git/a.png":                     "n",
		"sub/.svn/a.png":                 "n",
		".DS_Store":                      "n",
		".hidden/a.png":                  "h",
		".hidden/a.js":                   "require('/images/a.b.c.png')",
		"miniprogram_npm/ui/index.js":    "npm",
		"miniprogram_npm/ui/a.png":       "npm",
		"miniprogram_npm/ui/README.md":   "npm",
		"wecos_backup/images/a.png":      "b",
		"wecos_backup/.wecos/state.json": "b",
	})
	opt := options(dir)
	opt.Blacklist = []string{"images/logo"}
	opt.Exclude = []string{filepath.Join(dir, "wecos_backup"), filepath.Join(dir, "not there")}
	tree := mustScan(t, opt)

	want := map[string]string{
		"app.json":                     "json ships",
		"app.js":                       "js ships",
		"pages/index/index.wxml":       "wxml ships",
		"pages/index/index.WXSS":       "wxss ships",
		"pages/index/index.ts":         "ts ships",
		"types/app.d.ts":               "ts",
		"style/a.less":                 "less ships",
		"style/b.styl":                 "styl",
		"images/with space.png":        "candidate ships",
		"images/图标.png":                "candidate ships",
		"images/icon@2x.png":           "candidate ships",
		"images/a.b.c.png":             "candidate ships",
		"images/UPPER.PNG":             "candidate ships",
		"images/noimage.png":           "candidate ships",
		"images/empty.gif":             "empty ships",
		"images/photo.jpeg":            "suffix ships",
		"images/new.webp":              "suffix",
		"images/draw.svg":              "suffix ships",
		"images/old.bmp":               "suffix",
		"images/.png":                  "candidate ships",
		"images/folder.png/inside.png": "candidate ships",
		"images/folder.png/inside.js":  "js ships",
		"images/logo/keep.png":         "blacklist ships",
		"media/song.mp3":               "other ships",
		"media/font.ttf":               "other",
		"README.md":                    "other",
		".hidden/a.png":                "other ships",
		".hidden/a.js":                 "other ships",
		"miniprogram_npm/ui/index.js":  "js read-only ships",
		"miniprogram_npm/ui/a.png":     "blacklist ships",
		"miniprogram_npm/ui/README.md": "other",
	}
	got := described(tree)
	for name, what := range want {
		if got[name] != what {
			t.Errorf("%s: got %q, want %q", name, got[name], what)
		}
	}
	for name := range got {
		if want[name] == "" {
			t.Errorf("%s should not be there", name)
		}
	}
	if !slices.IsSortedFunc(tree.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the files are not sorted")
	}
	if len(tree.Problems) > 0 || len(tree.UnusedBlacklist) > 0 {
		t.Errorf("problems %v, unused %v", tree.Problems, tree.UnusedBlacklist)
	}
	checkContents(t, tree)
}

// checkContents compares what the tree knows with the files themselves.
func checkContents(t *testing.T, tree *Tree) {
	t.Helper()
	for i := range tree.Files {
		f := &tree.Files[i]
		data, err := os.ReadFile(filepath.Join(tree.Root, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(tree.Root, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		if f.Size != int64(len(data)) || f.Mode != info.Mode() || !f.ModTime.Equal(info.ModTime()) {
			t.Errorf("%s: size %d, mode %v, time %v", f.Path, f.Size, f.Mode, f.ModTime)
		}
		sum := [32]byte{}
		if f.Kind != source.Other || f.Candidate() {
			sum = sha256.Sum256(data)
		}
		if f.Sum != sum && f.Keep != rewrite.Empty {
			t.Errorf("%s: wrong hash", f.Path)
		}
		if f.Kind != source.Other && string(f.Data) != string(data) || f.Kind == source.Other && f.Data != nil {
			t.Errorf("%s: wrong data %q", f.Path, f.Data)
		}
		if tree.File(f.Path) != f {
			t.Errorf("File(%q) is another", f.Path)
		}
	}
	if tree.File("none") != nil {
		t.Error("File finds what is not there")
	}
}

func TestScanTwiceIsTheSame(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "a.js": "", "b/c.png": "1", "b.png": "2", "b-.png": "3"})
	opt := options(dir)
	opt.Workers = 1
	one := mustScan(t, opt)
	opt.Workers = 8
	two := mustScan(t, opt)
	for _, tree := range []*Tree{one, two} {
		for i := range tree.Files {
			tree.Files[i].Info, tree.Files[i].ReadAt = nil, time.Time{} // tell when the file was last read
		}
	}
	if !reflect.DeepEqual(one, two) {
		t.Errorf("got %+v and %+v", one, two)
	}
}

func TestConfiguredSuffixes(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "a.webp": "1", "b.SVG": "2", "c.9.png": "3", "d.png": "4", "e.jfif": "5"})
	opt := options(dir)
	opt.Suffixes = []string{".webp", ".svg", ".9.png", ".jfif"}
	got := described(mustScan(t, opt))
	want := map[string]string{
		"app.json": "json ships", "a.webp": "candidate", "b.SVG": "candidate ships",
		"c.9.png": "candidate ships", "d.png": "suffix ships", "e.jfif": "candidate",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUnreadable(t *testing.T) {
	dir := appWith(t, map[string]string{
		"app.json": minimal, "a.png": "1", "b.png": "2", "c.js": "3", "d.js": "4",
		"shut/x.png": "5", ".hidden/x.png": "6",
	})
	huge, err := os.Create(filepath.Join(dir, "huge.js"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(huge.Truncate(maxSource+1), huge.Close()); err != nil {
		t.Fatal(err)
	}
	opt := options(dir)
	opt.fault = func(rel string) error {
		switch rel {
		case "a.png", "c.js", "shut", ".hidden":
			return &fs.PathError{Op: "open", Path: filepath.Join(dir, rel), Err: fs.ErrPermission}
		}
		return nil
	}
	tree := mustScan(t, opt)
	var got []string
	for _, p := range tree.Problems {
		got = append(got, fmt.Sprintf("%s (source %v)", p.Error(), p.Source))
	}
	want := []string{
		".hidden: permission denied (source false)",
		"a.png: permission denied (source false)",
		"c.js: permission denied (source true)",
		"huge.js: the file is too large to be read (source true)",
		"shut: permission denied (source true)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !errors.Is(tree.Problems[0], fs.ErrPermission) {
		t.Error("the cause is lost")
	}
	if f := tree.File("a.png"); f.Keep != rewrite.Unreadable || f.Hint != "permission denied" || f.Size != 1 {
		t.Errorf("a.png: %+v", f)
	}
	if f := tree.File("b.png"); !f.Candidate() {
		t.Errorf("b.png: %+v", f)
	}
	for _, name := range []string{"c.js", "huge.js"} {
		if f := tree.File(name); f.Data != nil || f.Sum != [32]byte{} || f.Size == 0 || !f.Ships {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if string(tree.File("d.js").Data) != "4" {
		t.Error("d.js was not read")
	}
}

func TestFileThatVanishes(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "a.png": "1", "b.js": "2", "c.mp3": "3"})
	opt := options(dir)
	opt.fault = func(rel string) error {
		if rel == "." { // listed, not yet read
			for _, name := range []string{"a.png", "b.js", "c.mp3"} {
				if err := os.Remove(filepath.Join(dir, name)); err != nil {
					t.Error(err)
				}
			}
		}
		return nil
	}
	tree := mustScan(t, opt)
	if len(tree.Problems) != 3 || tree.File("a.png").Keep != rewrite.Unreadable || tree.File("b.js").Data != nil {
		t.Errorf("problems %v", tree.Problems)
	}
}

func TestCancel(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal, "a.png": "1"})
	ctx, cancel := context.WithCancel(t.Context())
	opt := options(dir)
	opt.fault = func(rel string) error {
		if rel == "a.png" || rel == "app.json" {
			cancel()
		}
		return nil
	}
	if _, err := Scan(ctx, opt); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	if _, err := Scan(ctx, options(dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

func TestExcludeMustNotHoldTheApp(t *testing.T) {
	dir := appWith(t, map[string]string{"app/app.json": minimal})
	opt := options(filepath.Join(dir, "app"))
	opt.Exclude = []string{dir}
	if _, err := Scan(t.Context(), opt); err == nil {
		t.Error("an excluded app was scanned")
	}
}

func TestManyFiles(t *testing.T) {
	const folders, each = 100, 1000
	dir := appWith(t, map[string]string{"app.json": minimal})
	for i := range folders {
		sub := filepath.Join(dir, fmt.Sprintf("d%02d", i))
		if err := os.Mkdir(sub, 0o755); err != nil {
			t.Fatal(err)
		}
		// One content under a thousand names: links are made faster than files.
		first := filepath.Join(sub, "0.png")
		if err := os.WriteFile(first, []byte{byte(i)}, 0o644); err != nil {
			t.Fatal(err)
		}
		for j := 1; j < each; j++ {
			if err := os.Link(first, filepath.Join(sub, fmt.Sprintf("%d.png", j))); err != nil {
				t.Fatal(err)
			}
		}
	}
	tree := mustScan(t, options(dir))
	if len(tree.Files) != folders*each+1 || len(tree.Problems) > 0 {
		t.Fatalf("%d files, problems %v", len(tree.Files), tree.Problems)
	}
	if got := tree.Sizes(nil).Total; got != folders*each+int64(len(minimal)) {
		t.Errorf("total %d", got)
	}
}
