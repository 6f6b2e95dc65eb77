package slim

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/rewrite"
)

// folding is a disk that does not tell names apart by case, and a shop for
// worlds on it.
type folding struct {
	disk *losstest.FoldingDisk
	shop *world
	n    int
}

func newFolding(t *testing.T) *folding {
	t.Helper()
	return &folding{disk: losstest.NewFoldingDisk(t), shop: newWorld(t, nil)}
}

// What of a world lies on the disk; the rest lies where names are told apart, if
// the system has such a place.
const (
	appAndBackups = "app and backups"
	appOnly       = "app"
	backupsOnly   = "backups"
)

// world is an app of which some lies on the disk.
func (f *folding) world(t *testing.T, what string, files tree) *world {
	t.Helper()
	w := f.shop.another(nil)
	w.t = t
	f.n++
	here := filepath.Join(f.disk.Dir, strconv.Itoa(f.n))
	if what != backupsOnly {
		w.dir = here
		w.cfg.Dir, w.cfg.AppDir = here, filepath.Join(here, "app")
	}
	if what != appOnly {
		w.cfg.BackupDir = filepath.Join(here, "backup")
	}
	if err := os.MkdirAll(here, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the disk is small
		if err := os.RemoveAll(here); err != nil {
			t.Error(err)
		}
	})
	w.write("app", files)
	return w
}

// forEach runs check with each way to use the disk.
func (f *folding) forEach(t *testing.T, files tree, check func(t *testing.T, w *world, what string)) {
	for _, what := range []string{appAndBackups, appOnly, backupsOnly} {
		t.Run(what, func(t *testing.T) { check(t, f.world(t, what, maps.Clone(files)), what) })
	}
}

// rename changes the name of something in the app, if only its case.
func (f *folding) rename(w *world, from, to string) {
	w.t.Helper()
	if err := losstest.Rename(filepath.Join(w.cfg.AppDir, filepath.FromSlash(from)), filepath.Join(w.cfg.AppDir, filepath.FromSlash(to))); err != nil {
		w.t.Fatal(err)
	}
	f.disk.Forget(w.t)
}

// spelled has each kind of path in the wrong case beside right ones.
func spelled() tree {
	return tree{
		"app.json": `{"pages": ["p/p"]}`,
		"p/p.wxml": "<image src=\"/images/logo.png\"/>\n<image src=\"/images/ok.png\"/>\n" +
			"<image src=\"../images/Both.png\"/><image src=\"../images/both.png\"/>\n",
		"p/p.wxss":        ".a { background: url(../images/bg.png) }\n",
		"p/p.js":          "Page({ data: { icon: '/Images/c.png' } })\n",
		"images/Logo.PNG": png("logo", 200),
		"images/ok.png":   png("ok", 200),
		"images/Both.png": png("both", 200),
		"images/bg.png":   png("bg", 200),
		"images/c.png":    png("c", 200),
	}
}

// inWrongCase are the images of spelled that stay, each with the place of the
// first path in the wrong case.
var inWrongCase = map[string]string{
	"images/Logo.PNG": "p/p.wxml:1:13", "images/Both.png": "p/p.wxml:3:46", "images/c.png": "p/p.js:1:22",
}

func (w *world) slimmedSpelled() tree {
	out := spelled()
	delete(out, "images/ok.png")
	delete(out, "images/bg.png")
	out["p/p.wxml"] = strings.Replace(out["p/p.wxml"], "/images/ok.png", w.url("images/ok.png"), 1)
	out["p/p.wxss"] = ".a { background: url(" + w.url("images/bg.png") + ") }\n"
	return out
}

// checkMisspelled fails unless a report keeps exactly the inWrongCase images and
// warns of each.
func checkMisspelled(t *testing.T, res *Result) {
	t.Helper()
	kept := map[string]string{}
	for _, k := range res.Kept {
		if k.Reason == rewrite.CaseMismatch {
			kept[k.Path] = k.At
		}
	}
	if !maps.Equal(kept, inWrongCase) {
		t.Errorf("%s keeps %v, want %v", res.Command, kept, inWrongCase)
	}
	checkCaseWarnings(t, res)
}

func checkCaseWarnings(t *testing.T, res *Result) {
	t.Helper()
	for path, at := range inWrongCase {
		if !slices.ContainsFunc(res.Warnings, func(w Warning) bool {
			return w.At == at && strings.Contains(w.Text, path) && strings.Contains(w.Hint, "case-sensitive")
		}) {
			t.Errorf("%s does not warn of %s at %s: %v", res.Command, path, at, res.Warnings)
		}
	}
}

// A path in the wrong case finds its image on such a disk and not on a device:
// the image stays, a person is told in every report, and everything beside it
// goes online and comes back.
func TestWrongCaseOnADisk(t *testing.T) {
	newFolding(t).forEach(t, spelled(), func(t *testing.T, w *world, _ string) {
		plan, err := w.engine().Plan(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		checkMisspelled(t, plan)
		checkMisspelled(t, w.run())
		w.same("app", w.slimmedSpelled())
		before := w.stamps("app")
		w.forget()
		if again := w.run(); again.Pending() || again.Run != "" || len(w.requests()) > 0 {
			t.Errorf("a second run finds %+v, asks for %v", again, w.requests())
		} else {
			checkMisspelled(t, again)
		}
		if after := w.stamps("app"); !maps.Equal(before, after) {
			t.Error("a second run changed files")
		}
		measured, err := w.engine().Measure(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		checkCaseWarnings(t, measured)
		checked, err := w.engine().Verify(context.Background(), VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for path, at := range inWrongCase {
			if !slices.ContainsFunc(checked.Verify.Findings, func(f Finding) bool {
				return f.Kind == MissingFile && f.Path == path && f.At == at && strings.Contains(f.Hint, "case-sensitive")
			}) {
				t.Errorf("verify does not find %s: %v", path, checked.Verify.Findings)
			}
		}
		if len(checked.Verify.Findings) != len(inWrongCase) || len(checked.Warnings) > 0 {
			t.Errorf("verify finds %v and warns of %v", checked.Verify.Findings, checked.Warnings)
		}
		if res := w.restore(); res.Incomplete() {
			t.Errorf("failed are %v", res.Failed)
		}
		w.same("app", spelled())
	})
}

// mustFail fails unless exactly these paths failed, each for the reason.
func mustFail(t *testing.T, res *Result, why string, paths ...string) {
	t.Helper()
	var failed []string
	for _, f := range res.Failed {
		failed = append(failed, f.Path)
		if !strings.Contains(f.Error, why) {
			t.Errorf("%s failed: %s, want %s", f.Path, f.Error, why)
		}
	}
	if slices.Sort(failed); !slices.Equal(failed, paths) {
		t.Errorf("failed are %v, want %v", res.Failed, paths)
	}
}

// A person renames what lies in the app by case only, between two runs.
func TestRenamedByCase(t *testing.T) {
	f := newFolding(t)
	t.Run("image", func(t *testing.T) { // so that its path is right
		w := f.world(t, appAndBackups, spelled())
		w.run()
		f.rename(w, "images/Logo.PNG", "images/logo.png")
		w.run()
		want := w.slimmedSpelled()
		delete(want, "images/Logo.PNG")
		want["p/p.wxml"] = strings.Replace(want["p/p.wxml"], "/images/logo.png", w.url("images/logo.png"), 1)
		w.same("app", want)
		w.restore()
		want = spelled()
		want["images/logo.png"] = want["images/Logo.PNG"]
		delete(want, "images/Logo.PNG")
		w.same("app", want)
	})
	t.Run("folder", func(t *testing.T) {
		w := f.world(t, appAndBackups, spelled())
		w.run()
		f.rename(w, "images", "Images")
		renamed := func(files tree) tree {
			out := tree{}
			for name, content := range files {
				out[strings.Replace(name, "images/", "Images/", 1)] = content
			}
			return out
		}
		w.run() // /Images/c.png is right now
		want := renamed(w.slimmedSpelled())
		delete(want, "Images/c.png")
		want["p/p.js"] = strings.Replace(want["p/p.js"], "/Images/c.png", w.url("Images/c.png"), 1)
		w.same("app", want)
		// What went online from images cannot come back below that name.
		want["p/p.js"], want["Images/c.png"] = spelled()["p/p.js"], spelled()["images/c.png"]
		mustFail(t, w.restore(), "is called Images here", "images/bg.png", "images/ok.png")
		w.same("app", want)
		f.rename(w, "Images", "images")
		if res := w.restore(); res.Incomplete() {
			t.Errorf("failed are %v", res.Failed)
		}
		w.same("app", spelled())
	})
	t.Run("source", func(t *testing.T) {
		w := f.world(t, appAndBackups, spelled())
		w.run()
		f.rename(w, "p/p.wxss", "p/P.wxss")
		w.run()
		w.restore()
		want := spelled()
		want["p/P.wxss"] = want["p/p.wxss"]
		delete(want, "p/p.wxss")
		w.same("app", want)
	})
}

// An image that went online comes back under another case: on a disk that takes
// both names for one file only one of the two can be restored, and the other is
// a conflict; neither content is lost.
func TestComesBackInAnotherCase(t *testing.T) {
	f := newFolding(t)
	page := "<image src=\"/i/a.png\"/>\n<image src=\"/i/A.png\"/>\n"
	for name, content := range map[string]string{"with the same content": tiny()["i/a.png"], "with other content": png("A", 300)} {
		t.Run(name, func(t *testing.T) {
			f.forEach(t, tiny(), func(t *testing.T, w *world, what string) {
				w.run()
				w.write("app", tree{"i/A.png": content, "q/q.wxml": page})
				w.run()
				if app := w.read("app"); app["i/A.png"] != "" || w.object(w.dest.Key("i/a.png")) != tiny()["i/a.png"] || w.object(w.dest.Key("i/A.png")) != content {
					t.Fatalf("both have to be online: %v", slices.Sorted(maps.Keys(app)))
				}
				if strings.Contains(w.read("app")["q/q.wxml"], "\"/i/") {
					t.Errorf("references are left: %s", w.read("app")["q/q.wxml"])
				}
				f.rename(w, "q/q.wxml", "q/q.txt")
				dry, err := w.engine().Restore(context.Background(), RestoreOptions{Dir: w.dir, DryRun: true})
				if err != nil {
					t.Fatal(err)
				}
				res := w.restore()
				if !slices.Equal(dry.Restored, res.Restored) || len(dry.Failed) != len(res.Failed) {
					t.Errorf("it says %v and fails %v, it does %v and fails %v", dry.Restored, dry.Failed, res.Restored, res.Failed)
				}
				app := w.read("app")
				if what == backupsOnly {
					if app["i/a.png"] != tiny()["i/a.png"] || app["i/A.png"] != content || app["p/p.wxml"] != tiny()["p/p.wxml"] {
						t.Errorf("not all came back: %v", res.Failed)
					}
					return
				}
				mustFail(t, res, "in its place", "i/a.png") // A comes before a
				beside := app["i/a.png.restored"]
				if name == "with other content" && beside != tiny()["i/a.png"] || name != "with other content" && beside != "" {
					t.Errorf("a.png.restored is %.50q", beside)
				}
				if app["i/A.png"] != content || !strings.Contains(app["p/p.wxml"], w.url("i/a.png")) {
					t.Errorf("%v, the page is %s", slices.Sorted(maps.Keys(app)), app["p/p.wxml"])
				}
				// A person makes room.
				f.rename(w, "i/A.png", "i/C.png")
				if beside != "" {
					w.remove("app/i/a.png.restored")
				}
				if res := w.restore(); res.Incomplete() {
					t.Errorf("failed are %v", res.Failed)
				}
				want := tiny()
				want["i/C.png"] = content
				app = w.read("app")
				delete(app, "q/q.txt")
				if d := diff(want, app); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// Restore finds another file under the name in another case, and leaves it.
func TestRestoreOverAnotherCase(t *testing.T) {
	f := newFolding(t)
	w := f.world(t, appAndBackups, tiny())
	w.run()
	w.write("app", tree{"i/A.PNG": "a person's"})
	mustFail(t, w.restore(), "in its place", "i/a.png")
	want := tiny()
	delete(want, "i/a.png")
	want["i/A.PNG"], want["i/a.png.restored"] = "a person's", tiny()["i/a.png"]
	for _, name := range []string{"p/p.wxml", "p/p.wxss"} {
		want[name] = strings.NewReplacer("/i/a.png", w.url("i/a.png"), "../i/a.png", w.url("i/a.png")).Replace(want[name])
	}
	w.same("app", want)
}

// A path for restore may be in another case, where that is clear, and have the
// separators of Windows.
func TestRestorePathInAnotherCase(t *testing.T) {
	w := newWorld(t, tiny())
	w.run()
	if res := w.restore("I/A.PNG"); !slices.Equal(res.Restored, []string{"i/a.png"}) {
		t.Errorf("restored are %v", res.Restored)
	}
	if res := w.restore(`.\I\B.png`); !slices.Equal(res.Restored, []string{"i/b.png"}) {
		t.Errorf("restored are %v", res.Restored)
	}
	if res := w.restore("I/"); len(res.Restored) != 1 {
		t.Errorf("restored are %v", res.Restored)
	}
}

// Two images whose paths differ in case only have one place in such a backup
// folder: both contents are there all the same.
func TestBackupsThatCollide(t *testing.T) {
	f := newFolding(t)
	files := tiny()
	page := ""
	for i := range 6 {
		name := "i/Pic" + strconv.Itoa(i) + ".png"
		lower := strings.ToLower(name)
		files[name], files[lower] = png(name, 300), png(lower, 300)
		page += "<image src=\"/" + name + "\"/><image src=\"/" + lower + "\"/>\n"
	}
	files["p/p.wxml"] += page
	w := f.world(t, backupsOnly, files)
	if len(w.read("app")) != len(files) {
		t.Skip("no disk here tells names apart by case")
	}
	if res := w.run(); res.Incomplete() {
		t.Fatalf("failed are %v", res.Failed)
	}
	if app := w.read("app"); len(app) != 4 {
		t.Errorf("%d files are left", len(app))
	}
	if res := w.restore(); res.Incomplete() {
		t.Errorf("failed are %v", res.Failed)
	}
	w.same("app", files)
	// Again, with backups that are there.
	w.run()
	w.restore()
	w.same("app", files)
}
