package slim

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/cos"
)

func TestRestoreOneImage(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	res := w.restore("img/b.png")
	want := w.slimmed()
	want["img/b.png"] = small()["img/b.png"]
	want["pages/index/index.wxml"] = strings.ReplaceAll(want["pages/index/index.wxml"], w.url("img/b.png"), "../../img/b.png")
	w.same("app", want)
	if len(res.Restored) != 1 || res.References.Rewritten != 1 {
		t.Errorf("%+v", res)
	}

	w.restore("app/img/a.png") // relative to the working directory
	want["img/a.png"] = small()["img/a.png"]
	want["pages/index/index.wxml"] = small()["pages/index/index.wxml"]
	w.same("app", want)

	w.restore()
	w.same("app", small())
}

// The head of a dynamic path comes back with the last of its images.
// Paths may be written as on Windows, wherever they are read.
func TestRestoreWithBackslashes(t *testing.T) {
	for _, path := range []string{`img\a.png`, `.\img\a.png`, `app\img\a.png`} {
		w := newWorld(t, small())
		w.run()
		res := w.restore(path)
		if len(res.Restored) != 1 || w.read("app")["img/a.png"] != small()["img/a.png"] {
			t.Errorf("%s restored %v", path, res.Restored)
		}
	}
}

func TestRestoreDynamic(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.restore("img/k/1.png")
	want := w.slimmed()
	want["img/k/1.png"] = small()["img/k/1.png"]
	w.same("app", want)
	w.restore("img/k/2.png")
	want["img/k/2.png"] = small()["img/k/2.png"]
	want["pages/list/list.wxml"] = small()["pages/list/list.wxml"]
	w.same("app", want)

	w.run()
	w.restore("img/k")
	w.same("app", want)
}

func TestRestoreUnknownPath(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	for _, p := range []string{"img/none.png", "../x.png", "/etc/passwd", "pages"} {
		_, err := w.engine().Restore(context.Background(), RestoreOptions{Paths: []string{p}, Dir: w.dir})
		if c, ok := errors.AsType[*ConfigError](err); !ok || c.ExitCode() != 2 {
			t.Errorf("restoring %s: %v", p, err)
		}
	}
	w.same("app", w.slimmed())
}

func TestRestoreKeepsWhatAPersonChanged(t *testing.T) {
	page := `<view>
  <image src="/img/a.png"/>
  <text>one</text>
  <image src="../../img/a.png"/>
  <text>two</text>
</view>
`
	for name, edit := range map[string]func(string) string{
		"lines before": func(s string) string { return "<!-- new -->\n\n" + s },
		"lines after":  func(s string) string { return s + "<!-- new -->\n" },
		"between":      func(s string) string { return strings.Replace(s, "one", "1\n<text>more</text>\nNEW", 1) },
		"another attr": func(s string) string {
			return strings.Replace(s, "\"/>\n  <text>one", "\" mode=\"fill\"/>\n  <text>one", 1)
		},
		"indented":         func(s string) string { return strings.ReplaceAll(s, "\n  ", "\n\t\t") },
		"wrapped in block": func(s string) string { return "<block wx:if=\"{{x}}\">\n" + s + "</block>\n" },
	} {
		t.Run(name, func(t *testing.T) {
			files := small()
			files["pages/index/index.wxml"] = page
			w := newWorld(t, files)
			w.run()
			w.write("app", tree{"pages/index/index.wxml": edit(w.read("app")["pages/index/index.wxml"])})
			res := w.restore()
			files["pages/index/index.wxml"] = edit(page)
			w.same("app", files)
			if res.Incomplete() {
				t.Errorf("failed are %v", res.Failed)
			}
		})
	}
}

// With nothing around to go by, the path from the root is always right.
func TestRestoreWithoutContext(t *testing.T) {
	files := small()
	files["pages/index/index.wxml"] = "<a x='/img/a.png'/>\n<b x='../../img/a.png'/>\n"
	files["pages/index/index.wxss"] = ".a{background:url(../../img/b.png)}\n.b{background:url('../../img/../img/b.png')}\n"
	files["pages/index/index.wxml"] = "<image src='/img/a.png'/>\n<image src='../../img/a.png'/>\n"
	w := newWorld(t, files)
	w.run()
	a, b := w.url("img/a.png"), w.url("img/b.png")
	w.write("app", tree{
		"pages/index/index.wxml": "<cover-image data-x=\"1\" src=\"" + a + "\"></cover-image><view/><cover-image src=\"" + a + "\"></cover-image>",
		"pages/index/index.wxss": ".c { background-image: url(\"" + b + "\") } .d { background-image: url(\"" + b + "\") }",
	})
	w.restore()
	app := w.read("app")
	if got := app["pages/index/index.wxml"]; strings.Count(got, `"/img/a.png"`) != 2 {
		t.Errorf("the page is %s", got)
	}
	if got := app["pages/index/index.wxss"]; strings.Count(got, `"../../img/b.png"`) != 2 {
		t.Errorf("the style is %s", got)
	}
}

func TestRestoreLeavesURLsOfAPerson(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	a := w.url("img/a.png")
	mine := "Page({ data: { own: '" + a + "' } })\n"
	w.write("app", tree{"pages/list/list.js": mine})
	w.write("app", tree{"pages/index/index.wxml": w.read("app")["pages/index/index.wxml"] + "<!-- see " + a + " -->\n<image src=\"" + a + "?x=1\"/><image src=\"" + a + "\"/>\n"})
	w.restore()
	want := small()
	want["pages/list/list.js"] = mine
	want["pages/index/index.wxml"] += "<!-- see " + a + " -->\n<image src=\"" + a + "?x=1\"/><image src=\"" + a + "\"/>\n"
	w.same("app", want)
}

func TestRestoreOverAnotherImage(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"img/a.png": "mine"})
	for range 2 {
		res := w.restore()
		if !res.Incomplete() || len(res.Failed) != 1 || res.Failed[0].Path != "img/a.png" || !strings.Contains(res.Failed[0].Error, "img/a.png.restored") {
			t.Fatalf("failed are %v", res.Failed)
		}
		want := small()
		want["img/a.png"], want["img/a.png.restored"] = "mine", small()["img/a.png"]
		w.same("app", want)
	}
	w.remove("app/img/a.png")
	w.remove("app/img/a.png.restored")
	w.restore()
	w.same("app", small())
}

func TestRestoreDryRun(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	before := w.stamps(".")
	res, err := w.engine().Restore(context.Background(), RestoreOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Restored) != 8 || res.References.Rewritten != 7 || len(res.Edits) != 7 {
		t.Errorf("%+v", res)
	}
	w.same("app", w.slimmed())
	for name, stamp := range w.stamps(".") {
		if before[name] != stamp {
			t.Errorf("a dry run changed %s", name)
		}
	}
}

func TestRestoreWithoutBackupsNeedsTheNetwork(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = ""
	w.run()
	w.breaks(func(r *http.Request) cos.Fault {
		if r.URL.Path == "/img/k/2.png" {
			return cos.Fault{Reset: true}
		}
		return cos.Fault{}
	})
	_, err := w.engine().Restore(context.Background(), RestoreOptions{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Hint() == "" {
		t.Errorf("restore without network: %v", err)
	}
	w.same("app", w.slimmed())
	w.breaks(nil)
	// Other bytes are no image of ours.
	ctx := context.Background()
	if err := w.store.Copy(ctx, "img/a.png", "img/k/2.png"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine().Restore(ctx, RestoreOptions{}); err == nil {
		t.Error("other bytes were restored")
	}
	w.same("app", w.slimmed())
	w.restore("img/a.png")
	if got := w.read("app")["img/a.png"]; got != small()["img/a.png"] {
		t.Errorf("img/a.png is %.20q", got)
	}
}

// A lost backup is fetched from where the image is online.
func TestRestoreWithALostBackup(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.remove("backup/img/a.png")
	w.write("backup", tree{"img/b.png": "damaged"})
	w.restore()
	w.same("app", small())
}

func TestRestoreOfAnOlderRun(t *testing.T) {
	w := newWorld(t, small())
	first := w.run().Run
	w.write("app", tree{"img/a.png": png("second", 300)})
	w.run()
	res, err := w.engine().Restore(context.Background(), RestoreOptions{Run: first})
	if err != nil || res.Incomplete() {
		t.Fatalf("%v %+v", err, res)
	}
	w.same("app", small())
	if _, err := w.engine().Restore(context.Background(), RestoreOptions{Run: "none"}); err == nil {
		t.Error("an unknown run was restored")
	}
}

// A run that is undone is not undone again, until what it took away is gone again.
func TestRestoreOfARunThatIsBack(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	runs, err := w.engine().Log(context.Background())
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	w.restore()
	before := w.read("app")
	for range 2 {
		res, err := w.engine().Restore(context.Background(), RestoreOptions{Run: runs[0].ID})
		if err != nil || len(res.Restored) > 0 || len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "nothing to restore") {
			t.Errorf("%v, restored %v, notes %q", err, res.Restored, res.Notes)
		}
	}
	w.run()
	res, err := w.engine().Restore(context.Background(), RestoreOptions{Run: runs[0].ID})
	if err != nil || len(res.Restored) == 0 {
		t.Errorf("%v, notes %q", err, res.Notes)
	}
	w.same("app", before)
}

func TestRestoreAfterSeveralRuns(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	added := tree{"img/new.png": png("new", 222)}
	w.write("app", added)
	page := w.read("app")["pages/index/index.wxml"] + "<image src=\"/img/new.png\"/>\n<image src=\"/img/b.png\"/>\n"
	w.write("app", tree{"pages/index/index.wxml": page})
	w.run()
	w.bucket("third-1250000000")
	w.run()
	w.restore()
	want := small()
	want["img/new.png"] = added["img/new.png"]
	want["pages/index/index.wxml"] += "<image src=\"/img/new.png\"/>\n<image src=\"/img/b.png\"/>\n"
	w.same("app", want)
}

func TestReplacedHosts(t *testing.T) {
	files := small()
	files["pages/index/index.js"] = "const api = 'https://old.example.com/api/x'\nPage({ data: { icon: '/img/dir/c.png' } })\n"
	w := newWorld(t, files)
	w.cfg.ReplaceHost, w.cfg.TargetHost = []string{"https://old.example.com"}, "new.example.com"
	res := w.run()
	want := w.slimmed()
	want["pages/index/index.js"] = "const api = 'https://new.example.com/api/x'\n" + want["pages/index/index.js"]
	w.same("app", want)
	if res.References.HostsReplaced != 1 {
		t.Errorf("%+v", res.References)
	}
	w.restore("img/dir/c.png")
	if got := w.read("app")["pages/index/index.js"]; got != strings.Replace(files["pages/index/index.js"], "old.", "new.", 1) {
		t.Errorf("a partial restore gives %s", got)
	}
	w.restore()
	w.same("app", files)
}

// Every byte outside of the edits stays, whatever it is, and comes back.
func TestBytesStay(t *testing.T) {
	gbk := "<text>\xd6\xd0\xce\xc4\\</text>\r\n<image src='/img/a.png'/>\r<image src=\"/img/b.png\"/>\n\xff"
	files := small()
	files["pages/index/index.wxml"] = gbk
	files["pages/list/list.js"] = "\xef\xbb\xbfPage({ data: { x: '/img/bg.png', y: '\xe9' } })"
	w := newWorld(t, files)
	w.run()
	app := w.read("app")
	for path, image := range map[string][]string{"pages/index/index.wxml": {"img/a.png", "img/b.png"}, "pages/list/list.js": {"img/bg.png"}} {
		got := app[path]
		for _, i := range image {
			got = strings.ReplaceAll(got, w.url(i), "/"+i)
		}
		if got != files[path] {
			t.Errorf("%s is %q, without the edits\n%q", path, app[path], got)
		}
	}
	w.restore()
	w.same("app", files)
}

func TestRestoreWithNothingOnline(t *testing.T) {
	w := newWorld(t, small())
	res := w.restore()
	if len(res.Notes) != 1 || res.Incomplete() {
		t.Errorf("%+v", res)
	}
	w.same(".", prefixed("app/", small()))
}

// In an untouched source the very places come back, even among addresses that
// were there before.
func TestRestoreIsExactInAnUntouchedSource(t *testing.T) {
	files := small()
	w := newWorld(t, nil)
	mine := "<image src=\"" + w.url("img/a.png") + "\"/>\n"
	files["pages/index/index.wxml"] = mine + mine + "<image src=\"/img/a.png\"/>\n" + mine + mine
	w.write("app", files)
	w.run()
	w.restore()
	w.same("app", files)
}

// An image that was added to the folder of a dynamic path later is behind its
// head, too.
func TestRestoreDynamicWithALaterImage(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"img/k/3.png": png("3", 300)})
	w.run()
	w.restore("img/k/1.png", "img/k/2.png")
	if got := w.read("app")["pages/list/list.wxml"]; got != w.slimmed()["pages/list/list.wxml"] {
		t.Errorf("without img/k/3.png the page is %s", got)
	}
	w.restore("img/k/3.png")
	if got := w.read("app")["pages/list/list.wxml"]; got != small()["pages/list/list.wxml"] {
		t.Errorf("with all of them the page is %s", got)
	}
	w.run()
	w.restore()
	want := small()
	want["img/k/3.png"] = png("3", 300)
	w.same("app", want)
}
