package slim

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

// Without backups an older run comes back from the addresses that it wrote.
func TestRestoreOfAnOlderRunWithoutBackups(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir, w.cfg.FileName = "", "[path][name].[hash:8][ext]"
	first := w.run().Run
	w.write("app", tree{"img/a.png": png("second", 300)})
	w.run()
	w.breaks(func(*http.Request) cos.Fault { return cos.Fault{Status: http.StatusServiceUnavailable} })
	now := w.read("app")
	if _, err := w.engine().Restore(context.Background(), RestoreOptions{Run: first}); err == nil {
		t.Error("an older run came back from nowhere")
	}
	w.same("app", now)
	w.breaks(nil)
	res, err := w.engine().Restore(context.Background(), RestoreOptions{Run: first})
	if err != nil || res.Incomplete() {
		t.Fatalf("%v %+v", err, res)
	}
	w.same("app", small())
}

// The older of two runs comes back, then the newer: every content that an image
// ever had can be had again.
func TestRestoreOlderThenNewer(t *testing.T) {
	w := newWorld(t, small())
	first := w.run().Run
	second := png("second", 300)
	w.write("app", tree{"img/a.png": second})
	newer := w.run().Run
	for range 2 {
		if res, err := w.engine().Restore(context.Background(), RestoreOptions{Run: first}); err != nil || res.Incomplete() {
			t.Fatalf("%v %+v", err, res)
		}
		w.same("app", small())
		w.run()
		w.remove("backup/img/a.png") // what is not the latest lies elsewhere
		if res, err := w.engine().Restore(context.Background(), RestoreOptions{Run: newer}); err != nil || res.Incomplete() {
			t.Fatalf("%v %+v", err, res)
		}
		if w.read("app")["img/a.png"] != second {
			t.Error("the newer content is not back")
		}
		w.run()
	}
}

// A partner of derived names that is added later is behind the reference, too.
func TestRestoreWithALaterPartner(t *testing.T) {
	files := small()
	files["pages/index/index.js"] = "Page({ data: { icon: '/img/dir/c.png' }, on() { return this.data.icon.replace('.png', '_on.png') } })\n"
	files["img/dir/c_on.png"] = png("on", 300)
	later := files["img/dir/c_on.png"]
	delete(files, "img/dir/c_on.png")
	w := newWorld(t, files)
	w.run()
	w.write("app", tree{"img/dir/c_on.png": later})
	w.run()
	gone := w.read("app")["img/dir/c_on.png"] == ""
	w.restore("img/dir/c.png")
	app := w.read("app")
	if local := strings.Contains(app["pages/index/index.js"], "'/img/dir/c.png'"); local && gone {
		t.Error("the name made from it leads to an image that is online only")
	}
	w.restore()
	files["img/dir/c_on.png"] = later
	w.same("app", files)
}

// A source that a person moved keeps its addresses, which go on to be served;
// the images are back all the same.
func TestRestoreAfterASourceMoved(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.rename("pages/index/index.wxml", "pages/home/home.wxml")
	moved := w.read("app")["pages/home/home.wxml"]
	res := w.restore()
	app := w.read("app")
	if app["pages/home/home.wxml"] != moved || app["pages/index/index.wxml"] != "" || app["img/a.png"] != small()["img/a.png"] {
		t.Errorf("the app is %v", app)
	}
	said := strings.Join(res.Notes, "\n")
	for _, warning := range res.Warnings {
		said += warning.At + " " + warning.Text
	}
	if !strings.Contains(said, "pages/home/home.wxml") {
		t.Errorf("nothing says that addresses stay: %q", said)
	}
}

// Images that a person added, moved or deleted since the run are not touched.
func TestRestoreAfterImagesChanged(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"img/mine.png": png("mine", 100), "moved/a.png": small()["img/a.png"]})
	w.remove("app/img/tab.png")
	if res := w.restore(); res.Incomplete() {
		t.Errorf("failed are %v", res.Failed)
	}
	want := small()
	delete(want, "img/tab.png")
	want["img/mine.png"], want["moved/a.png"] = png("mine", 100), small()["img/a.png"]
	w.same("app", want)
}

// A folder in the place of an image, and a file in the place of a folder, are
// conflicts, too.
func TestRestoreOverAFolder(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.remove("app/img/k")
	w.write("app", tree{"img/a.png/mine": "mine", "img/k": "a file"})
	res := w.restore()
	app := w.read("app")
	if app["img/a.png/mine"] != "mine" || app["img/k"] != "a file" || app["img/a.png"+restoredSuffix] != small()["img/a.png"] {
		t.Errorf("the app is %q", app)
	}
	failed := map[string]bool{}
	for _, f := range res.Failed {
		failed[f.Path] = true
	}
	if !failed["img/a.png"] || !failed["img/k/1.png"] || !failed["img/k/2.png"] || len(failed) != 3 {
		t.Errorf("failed are %v", res.Failed)
	}
	if got := app["pages/list/list.wxml"]; got != w.slimmed()["pages/list/list.wxml"] {
		t.Errorf("a path to what did not come back is %s", got)
	}
	w.remove("app/img/k")
	w.remove("app/img/a.png/mine")
	w.remove("app/img/a.png")
	w.remove("app/img/a.png" + restoredSuffix)
	w.restore()
	w.same("app", small())
}

// NAME.restored is not overwritten either, and a dry run says what would happen.
func TestRestoredNameIsTaken(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"img/a.png": "mine", "img/a.png.restored": "mine too"})
	now := w.read("app")
	for _, dry := range []bool{true, false} {
		res, err := w.engine().Restore(context.Background(), RestoreOptions{DryRun: dry})
		if err != nil || len(res.Failed) != 1 || res.Failed[0].Path != "img/a.png" || !strings.Contains(res.Failed[0].Error, "taken too") {
			t.Errorf("dry %v: %v, %v", dry, res.Failed, err)
		}
		if dry {
			w.same("app", now)
		}
	}
	if app := w.read("app"); app["img/a.png"] != "mine" || app["img/a.png.restored"] != "mine too" {
		t.Errorf("the app has %q and %q", app["img/a.png"], app["img/a.png.restored"])
	}
}

// A dry run names the same conflicts, failures and edits as the restore.
func TestRestoreDryRunIsTheRestore(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"img/a.png": "mine", "pages/index/index.js": "Page({ data: {\n icon: '" + w.url("img/dir/c.png") + "' } })\n"})
	for _, paths := range [][]string{{"img/dir"}, {"img/a.png", "img/k/1.png"}, nil} {
		opt := RestoreOptions{Paths: paths, DryRun: true}
		dry, err := w.engine().Restore(context.Background(), opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.DryRun = false
		done, err := w.engine().Restore(context.Background(), opt)
		if err != nil {
			t.Fatal(err)
		}
		dry.DryRun, dry.DurationMs, done.DurationMs = false, 0, 0
		if a, b := marshal(t, dry), marshal(t, done); a != b {
			t.Errorf("restore %q would do\n%s\nand did\n%s", paths, a, b)
		}
	}
}

// Several spellings of one image in one file each come back as they were, also
// after some of them came back before.
func TestSeveralSpellings(t *testing.T) {
	files := small()
	files["pages/index/index.wxml"] = "<image src=\"/img/a.png\"/>\n<image src=\"../../img/a.png\"/>\n<image src=\"../../img/../img/a.png\"/>\n<image src=\"/img/b.png\"/>\n<image src=\"../../img/b.png\"/>\n"
	w := newWorld(t, files)
	w.run()
	first := w.dest
	w.bucket("second-1250000000")
	w.run()
	w.restore("img/b.png")
	w.run()
	w.restore("img/a.png")
	want := strings.NewReplacer(`"/img/b.png"`, `"`+w.url("img/b.png")+`"`, `"../../img/b.png"`, `"`+w.url("img/b.png")+`"`).Replace(files["pages/index/index.wxml"])
	if got := w.read("app")["pages/index/index.wxml"]; got != want {
		t.Errorf("with one of them back the page is\n%s\nnot\n%s", got, want)
	}
	w.dest = first
	w.restore()
	w.same("app", files)
}

// Unreachable without backups: nothing changes, and a path that needs nothing
// from there still comes back.
func TestRestoreUnreachable(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = ""
	w.run()
	w.breaks(func(*http.Request) cos.Fault { return cos.Fault{Reset: true} })
	now := w.read("app")
	for _, opt := range []RestoreOptions{{}, {Paths: []string{"img/a.png"}}, {Paths: []string{"img"}}} {
		_, err := w.engine().Restore(context.Background(), opt)
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), "nothing was changed") {
			t.Errorf("restore %q: %v", opt.Paths, err)
		}
		w.same("app", now)
	}
}

// A place that a later run wrote again, and that stays as it is, stays for the
// earlier run, too.
func TestRestoreUnderALaterEdit(t *testing.T) {
	w := newWorld(t, small())
	first := w.run().Run
	w.write("app", tree{"img/k/3.png": png("3", 300)})
	w.bucket("second-1250000000")
	w.run()
	if _, err := w.engine().Restore(context.Background(), RestoreOptions{Run: first}); err != nil {
		t.Fatal(err)
	}
	if got := w.read("app")["pages/list/list.wxml"]; got != w.slimmed()["pages/list/list.wxml"] {
		t.Errorf("without img/k/3.png the page is %s", got)
	}
	w.restore()
	want := small()
	want["img/k/3.png"] = png("3", 300)
	w.same("app", want)
}
