package slim

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// slimmed is what small becomes.
func (w *world) slimmed() tree {
	out := small()
	for _, gone := range []string{
		"img/a.png", "img/b.png", "img/bg.png", "img/dir/c.png", "img/k/1.png", "img/k/2.png",
		"img/unused.gif", "sub/page/pic one.jpg",
	} {
		delete(out, gone)
	}
	base := w.dest.URLBase
	out["app.wxss"] = ".bg { background: url(" + base + "/img/bg.png); }\r\n.x { color: red }\r\n"
	out["pages/index/index.wxml"] = "<view>\n  <image src=\"" + base + "/img/a.png\"/>\n  <image src=\"" + base + "/img/b.png\"/>\n  <image src=\"" + base + "/img/a.png\" mode=\"x\"/>\n</view>\n"
	out["pages/index/index.js"] = "Page({ data: { icon: '" + base + "/img/dir/c.png' } })\n"
	out["pages/list/list.wxml"] = "<image src=\"" + base + "/img/k/{{n}}.png\"/>\n"
	out["sub/page/page.wxml"] = "<image src=\"" + base + "/sub/page/pic%20one.jpg\"/>"
	return out
}

func TestForwardsAgainAndBack(t *testing.T) {
	w := newWorld(t, small())
	res := w.run()
	w.same("app", w.slimmed())
	if i := res.Images; i.Found != 9 || i.Uploaded != 8 || i.Removed != 8 || i.Kept != 1 || i.AlreadyOnline != 0 {
		t.Errorf("images are %+v", i)
	}
	if r := res.References; r.Found != 8 || r.Rewritten != 7 || r.Kept != 1 {
		t.Errorf("references are %+v", r)
	}
	if len(res.Unreferenced) != 1 || res.Unreferenced[0] != "img/unused.gif" {
		t.Errorf("unreferenced are %v", res.Unreferenced)
	}
	if res.Total.After >= res.Total.Before || res.Packages[1].Name != "sub" {
		t.Errorf("sizes are %+v, %+v", res.Packages, res.Total)
	}
	for path := range small() {
		if gone := w.slimmed()[path] == ""; gone && w.read("backup")[path] != small()[path] {
			t.Errorf("%s is not in the backup", path)
		}
	}

	before := w.stamps(".")
	w.forget()
	again := w.run()
	if len(w.requests()) > 0 {
		t.Errorf("a run with nothing to do asked for %v", w.requests())
	}
	plan, err := w.engine().Plan(context.Background())
	if err != nil || plan.Pending() {
		t.Errorf("a plan after the run finds %+v, %v", plan, err)
	}
	if again.Pending() || again.Run != "" {
		t.Errorf("a second run finds %+v", again)
	}
	if after := w.stamps("."); !maps.Equal(before, after) {
		t.Errorf("a second run changed files: %v, before %v", after, before)
	}

	back := w.restore()
	w.same("app", small())
	if len(back.Restored) != 8 || back.References.Rewritten != 7 || back.Incomplete() {
		t.Errorf("restore is %+v", back)
	}
	if note := strings.Join(w.restore().Notes, ""); !strings.Contains(note, "nothing to restore") {
		t.Errorf("a second restore says %q", note)
	}

	if res := w.run(); res.Images.Uploaded != 0 || res.Images.AlreadyOnline != 8 {
		t.Errorf("after a restore: %+v", res.Images)
	}
	w.same("app", w.slimmed())
}

func TestPlanIsTheRunAndChangesNothing(t *testing.T) {
	w := newWorld(t, small())
	plan, err := w.engine().Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.same(".", prefixed("app/", small()))
	if len(w.requests()) > 0 {
		t.Errorf("plan asked for %v", w.requests())
	}
	run := w.run()
	run.Command, run.DurationMs, plan.DurationMs = plan.Command, 0, 0
	a, b := marshal(t, plan), marshal(t, run)
	if a != b {
		t.Errorf("planned\n%s\ndone\n%s", a, b)
	}
	if strings.Contains(a, "null") {
		t.Errorf("a list is null: %s", a)
	}
}

func prefixed(prefix string, files tree) tree {
	out := tree{}
	for name, content := range files {
		out[prefix+name] = content
	}
	return out
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The npm tool keeps its backups in the same place.
func TestBackupsAreNeverOverwritten(t *testing.T) {
	w := newWorld(t, small())
	w.write("backup", tree{"img/a.png": "another picture", "img/b.png": small()["img/b.png"]})
	w.run()
	backup := w.read("backup")
	if backup["img/a.png"] != small()["img/a.png"] {
		t.Error("the latest is not under its own name")
	}
	if old := objectName(sumOf([]byte("another picture"))); backup[".wecos/"+old] != "another picture" {
		t.Error("the earlier one is gone")
	}
}

func TestNewReferenceToWhatIsOnline(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"pages/list/list.wxml": `<image src="/img/b.png"/>`})
	w.forget()
	res := w.run()
	if got := w.read("app")["pages/list/list.wxml"]; got != `<image src="`+w.url("img/b.png")+`"/>` {
		t.Errorf("the new reference is %s", got)
	}
	if res.Images.Uploaded != 0 || len(w.requests()) != 1 {
		t.Errorf("it cost %v", w.requests())
	}
}

func TestImageComesBackWithNewContent(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	now := png("new a", 450)
	w.write("app", tree{"img/a.png": now})
	res := w.run()
	w.same("app", w.slimmed())
	if res.Images.Uploaded != 1 || len(res.Failed) > 0 {
		t.Errorf("%+v", res)
	}
	backup := w.read("backup")
	if backup["img/a.png"] != now || backup[".wecos/"+objectName(sumOf([]byte(small()["img/a.png"])))] != small()["img/a.png"] {
		t.Error("the backup has not both contents")
	}
	w.restore()
	want := small()
	want["img/a.png"] = now
	w.same("app", want)
}

// The old content lies in no backup: it is fetched before it is replaced.
func TestOldContentIsSavedBeforeItIsReplaced(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.remove("backup/img/a.png")
	w.write("app", tree{"img/a.png": png("new a", 450)})
	w.run()
	if w.read("backup")[".wecos/"+objectName(sumOf([]byte(small()["img/a.png"])))] != small()["img/a.png"] {
		t.Error("the old content is lost")
	}
}

func TestHashedNamesShareObjects(t *testing.T) {
	files := small()
	files["img/b.png"] = files["img/a.png"]
	w := newWorld(t, files)
	w.cfg.FileName = "[hash:12][ext]"
	res := w.run()
	app := w.read("app")
	lines := strings.Split(app["pages/index/index.wxml"], "\n")
	if a, b := strings.TrimSpace(lines[1]), strings.TrimSpace(lines[2]); a != b || !strings.Contains(a, w.dest.URLBase) {
		t.Errorf("equal images are %s and %s", a, b)
	}
	if !strings.Contains(app["pages/list/list.wxml"], w.dest.URLBase+"/img/k/{{n}}.png") {
		t.Errorf("the dynamic reference is %s", app["pages/list/list.wxml"])
	}
	puts := 0
	for _, a := range w.requests() {
		if strings.HasPrefix(a, "PUT") {
			puts++
		}
	}
	if puts != 7 || res.Images.Uploaded != 8 {
		t.Errorf("%d objects for %d images", puts, res.Images.Uploaded)
	}
	w.restore()
	w.same("app", files)
}

func TestNoBackups(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = ""
	res := w.run()
	w.same("app", w.slimmed())
	if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0].Text, "no backups") {
		t.Errorf("warnings are %v", res.Warnings)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "backup")); err == nil {
		t.Error("there is a backup folder")
	}
	for name, content := range w.read(".wecos") {
		if strings.HasPrefix(content, "\x89PNG") {
			t.Errorf("%s is an image", name)
		}
	}
	w.restore()
	w.same("app", small())
	for name, content := range w.read(".wecos") {
		if strings.HasPrefix(content, "\x89PNG") {
			t.Errorf("restore left %s", name)
		}
	}
}

func TestUnreferencedMayStay(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.KeepUnreferenced = true
	if res := w.run(); res.Images.Removed != 7 {
		t.Errorf("%+v", res.Images)
	}
	if w.read("app")["img/unused.gif"] == "" {
		t.Error("an unreferenced image is gone")
	}
}

// Claims that say no more than the manifest are not decoded again.
func TestClaimsThatAreSettled(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	st, err := w.engine().openState()
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	man, err := st.loadManifest(filepath.Join(w.dir, "app"))
	if err != nil {
		t.Fatal(err)
	}
	if settled, err := st.claimsAre(man.Claims); !settled || err != nil {
		t.Errorf("after a run that came to its end: %v, %v", settled, err)
	}
	c, err := st.loadClaims()
	if err != nil {
		t.Fatal(err)
	}
	for _, img := range man.Images {
		c.add(man.Destinations[img.Dest].upload(), img.Key, sumOf([]byte("newer")))
	}
	if man.agrees(c) {
		t.Error("the manifest agrees with claims of other content")
	}
	if err := st.saveClaims(c); err != nil {
		t.Fatal(err)
	}
	if settled, err := st.claimsAre(man.Claims); settled || err != nil {
		t.Errorf("with other claims: %v, %v", settled, err)
	}
}

// A run puts new content under an unhashed key, is killed, and a person takes
// the new image back: the old one goes online again.
func TestNewContentIsTakenBack(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("app", tree{"img/a.png": png("new a", 450)})
	ctx, cancel := context.WithCancel(context.Background())
	w.at(PhaseProve, cancel)
	if _, err := w.engine().Run(ctx); err == nil || w.object("img/a.png") != png("new a", 450) {
		t.Fatal("the run was not interrupted after the upload")
	}
	w.events = nil
	w.remove("app/img/a.png")
	for _, uploads := range []int{1, 0} {
		if res := w.run(); res.Images.Uploaded != uploads {
			t.Errorf("%d uploaded, not %d", res.Images.Uploaded, uploads)
		}
		if w.object("img/a.png") != small()["img/a.png"] {
			t.Error("the address serves an image that is nowhere else")
		}
	}
	w.restore()
	w.same("app", small())
}
