//go:build unix

package scan

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"
)

// link makes a symbolic link called name below dir.
func link(t *testing.T, dir, name, target string) {
	t.Helper()
	put(t, dir, filepath.Dir(name)+"/", "")
	if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func problems(tree *Tree) map[string]string {
	found := map[string]string{}
	for _, p := range tree.Problems {
		found[p.Path] = p.Err.Error()
		if p.Source {
			found[p.Path] += " (source)"
		}
	}
	return found
}

func TestLinks(t *testing.T) {
	outside := appWith(t, map[string]string{"a.png": "secret", "a.js": "x", "dir/b.png": "y"})
	dir := appWith(t, map[string]string{
		"app.json": minimal, "images/a.png": "1", "images/b.png": "2", "images/free.png": "3", "song.mp3": "4",
		"lib/util.js": "5", "lib/icons/c.png": "6", "lib/icons/d.js": "7", "other.js": "8",
	})
	link(t, dir, "links/a.png", "../images/a.png")
	link(t, dir, "links/util.js", "../lib/util.js")
	link(t, dir, "links/icons", "../lib/icons")
	link(t, dir, "links/chain.png", "b.png")
	link(t, dir, "links/b.png", "../images/b.png")
	link(t, dir, "links/broken.png", "nowhere.png")
	link(t, dir, "links/loop.js", "loop.js")
	link(t, dir, "links/up", "..")
	link(t, dir, "links/out.png", filepath.Join(outside, "a.png"))
	link(t, dir, "links/out.js", filepath.Join(outside, "a.js"))
	link(t, dir, "links/out.mp3", filepath.Join(outside, "a.png"))
	link(t, dir, "links/outdir", filepath.Join(outside, "dir"))
	link(t, dir, "node_modules/x", outside)
	link(t, dir, ".hidden/x", outside)

	tree := mustScan(t, options(dir))
	want := map[string]string{
		"app.json": "json ships", "song.mp3": "other ships", "other.js": "js ships",
		"images/a.png": "symlink ships", "images/b.png": "symlink ships", "images/free.png": "candidate ships",
		"lib/util.js": "js read-only ships", "lib/icons/c.png": "symlink ships", "lib/icons/d.js": "js read-only ships",
		"links/a.png": "symlink ships", "links/b.png": "symlink ships", "links/chain.png": "symlink ships",
		"links/util.js": "js read-only ships", "links/icons/c.png": "symlink ships", "links/icons/d.js": "js read-only ships",
		"links/out.png": "symlink ships", "links/out.mp3": "other ships",
	}
	if got := described(tree); !reflect.DeepEqual(got, want) {
		t.Errorf("files\n%v\nwant\n%v", got, want)
	}
	wantProblems := map[string]string{
		"links/broken.png": errBroken.Error(),
		"links/up":         errAbove.Error(),
		"links/out.png":    errOutside.Error(),
		"links/out.js":     errOutside.Error() + " (source)",
		"links/out.mp3":    errOutside.Error(),
		"links/outdir":     errOutside.Error() + " (source)",
	}
	got := problems(tree)
	if got["links/loop.js"] == "" {
		t.Error("a link to itself is no problem")
	}
	delete(got, "links/loop.js")
	if !reflect.DeepEqual(got, wantProblems) {
		t.Errorf("problems\n%v\nwant\n%v", got, wantProblems)
	}
	if string(tree.File("links/icons/d.js").Data) != "7" {
		t.Error("a source behind a link was not read")
	}
}

func TestAppThroughALink(t *testing.T) {
	dir := appWith(t, map[string]string{"real/app.json": minimal, "real/a.png": "1", "real/backup/b.png": "2"})
	link(t, dir, "app", "real")
	opt := options(filepath.Join(dir, "app"))
	opt.Exclude = []string{filepath.Join(dir, "real", "backup")}
	tree := mustScan(t, opt)
	want := map[string]string{"app.json": "json ships", "a.png": "candidate ships"}
	if got := described(tree); !reflect.DeepEqual(got, want) || tree.Root != filepath.Join(dir, "app") {
		t.Errorf("root %s, files %v", tree.Root, got)
	}
	// Both names of a folder lie inside the app.
	for _, name := range []string{"app/new", "real/new"} {
		if !tree.Ships(filepath.Join(dir, name)) {
			t.Errorf("%s does not ship", name)
		}
	}
	opt.Exclude = []string{filepath.Join(dir, "real")}
	if _, err := Scan(t.Context(), opt); err == nil {
		t.Error("an app was scanned that lies in an excluded folder")
	}
}

func TestMiniprogramRootMustNotLeadOut(t *testing.T) {
	outside := appWith(t, map[string]string{"app.json": minimal})
	dir := appWith(t, map[string]string{"project.config.json": `{"miniprogramRoot": "mini"}`})
	link(t, dir, "mini", outside)
	_, err := Scan(t.Context(), options(dir))
	if _, ok := errors.AsType[*NotMiniProgramError](err); !ok {
		t.Errorf("err = %v", err)
	}
}

// A named pipe would block whoever opens it.
func TestIrregularFiles(t *testing.T) {
	dir := appWith(t, map[string]string{"app.json": minimal})
	for _, name := range []string{"pipe.js", "pipe.png"} {
		if err := unix.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link(t, dir, "link.wxml", "pipe.png")
	tree := mustScan(t, options(dir))
	want := map[string]string{
		"pipe.js":   errNotRegular.Error() + " (source)",
		"pipe.png":  errNotRegular.Error(),
		"link.wxml": errNotRegular.Error() + " (source)",
	}
	if got := problems(tree); !reflect.DeepEqual(got, want) {
		t.Errorf("problems %v", got)
	}
	if len(tree.Files) != 1 {
		t.Errorf("files %v", described(tree))
	}
	if err := unix.Mkfifo(filepath.Join(dir, "project.config.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Scan(t.Context(), options(dir))
	if _, ok := errors.AsType[*FileError](err); !ok {
		t.Errorf("err = %v", err)
	}
}
