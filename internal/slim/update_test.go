package slim

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/scan"
)

// watched is a world with an engine that has run once.
type watched struct {
	*world
	e *Engine
}

func newWatched(t *testing.T, w *world) *watched {
	t.Helper()
	e := w.engine()
	if _, err := e.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.forget()
	return &watched{w, e}
}

// update tells the engine what a watcher would.
func (w *watched) update(c scan.Changes) *Result {
	w.t.Helper()
	res, err := w.e.Update(w.t.Context(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

// save writes files and tells the engine.
func (w *watched) save(files tree) *Result {
	w.t.Helper()
	w.write("app", files)
	return w.update(scan.Changes{Paths: names(files)})
}

func names(files tree) (out []string) {
	for name := range files {
		out = append(out, name)
	}
	return out
}

// settled fails unless a run that looks at everything finds nothing to do.
func (w *watched) settled() {
	w.t.Helper()
	res, err := w.engine().Plan(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if res.Pending() {
		w.t.Fatalf("left to do: %+v %+v", res.Images, res.Edits)
	}
}

func TestUpdateAnswersWhatChanged(t *testing.T) {
	w := newWatched(t, newWorld(t, small()))
	res := w.save(tree{"img/new.png": png("new", 200), "pages/list/list.js": "Page({ data: { x: '/img/new.png', y: '/img/a.png' } })\n"})
	if res.Images.Uploaded != 1 || res.Images.Removed != 1 || len(res.Edits) != 2 {
		t.Errorf("%+v, %d edits", res.Images, len(res.Edits))
	}
	want := w.slimmed()
	want["pages/list/list.js"] = "Page({ data: { x: '" + w.url("img/new.png") + "', y: '" + w.url("img/a.png") + "' } })\n"
	w.same("app", want)

	// What is online already is rewritten from the manifest.
	w.forget()
	if res = w.save(tree{"pages/list/list.js": "Page({ data: { x: '/img/b.png' } })\n"}); len(res.Edits) != 1 || len(w.requests()) != 1 {
		t.Errorf("%d edits for %v", len(res.Edits), w.requests())
	}
	// A folder that is new, named by itself.
	w.write("app", tree{"more/deep/x.png": png("x", 200), "more/y.wxml": "<image src=\"deep/x.png\"/>"})
	if res = w.update(scan.Changes{Paths: []string{"more"}}); res.Images.Removed != 1 || len(res.Edits) != 1 {
		t.Errorf("%+v, %d edits", res.Images, len(res.Edits))
	}
	w.settled()
}

func TestUpdateDoesNotAnswerItself(t *testing.T) {
	w := newWatched(t, newWorld(t, small()))
	own := []string{"pages/index/index.wxml", "app.wxss", "img/a.png", "img/bg.png"}
	if res := w.update(scan.Changes{Paths: own}); res != nil {
		t.Errorf("it ran: %+v", res)
	}
	w.save(tree{"img/new.png": png("new", 200)})
	if res := w.update(scan.Changes{Paths: append(own, "img/new.png")}); res != nil {
		t.Errorf("it ran: %+v", res)
	}
	// The same names with other content are news.
	if res := w.save(tree{"img/a.png": png("other", 200)}); res == nil || res.Images.Uploaded != 1 {
		t.Errorf("%+v", res)
	}
	if res := w.save(tree{"app.wxss": ".bg { background: url(img/b.png); }"}); res == nil || len(res.Edits) != 1 {
		t.Errorf("%+v", res)
	}
	w.settled()
}

// An image that comes back gets its new address everywhere, or replaces the
// object.
func TestUpdateWithNewContent(t *testing.T) {
	for _, name := range []string{"[path][name][ext]", "[path][name].[hash:8][ext]"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, small())
			w.cfg.FileName = name
			v := newWatched(t, w)
			page := w.read("app")["pages/index/index.wxml"]
			now := png("new a", 450)
			res := v.save(tree{"img/a.png": now})
			if res.Images.Uploaded != 1 || res.Images.Removed != 1 {
				t.Errorf("%+v", res.Images)
			}
			got := w.read("app")["pages/index/index.wxml"]
			if hashed := strings.Contains(name, "hash"); hashed != (got != page) || hashed != (len(res.Edits) == 2) {
				t.Errorf("the page was\n%s\nand is\n%s", page, got)
			}
			if !strings.Contains(name, "hash") && v.object("img/a.png") != now {
				t.Error("the old content is online")
			}
			v.settled()
		})
	}
}

// A file that changes while Update works is left alone, and to the call that is
// made for it.
func TestUpdateLeavesRacesToTheNextCall(t *testing.T) {
	for _, phase := range []Phase{PhaseList, PhaseCommit} {
		t.Run(string(phase), func(t *testing.T) {
			w := newWorld(t, small())
			race := func() {}
			w.events = func(ev Event) {
				if p, ok := ev.(PhaseStarted); ok && p.Phase == phase {
					race()
				}
			}
			v := newWatched(t, w)
			n := 0
			race = func() {
				n++
				w.write("app", tree{"pages/list/list.js": "Page({ data: { x: '/img/new.png' } })\n"})
			}
			v.save(tree{"img/new.png": png("new", 200)})
			if _, err := os.Stat(filepath.Join(w.dir, "app/img/new.png")); err != nil || n != 1 {
				t.Errorf("after %d rounds: %v", n, err)
			}
			race = func() {}
			if res := v.update(scan.Changes{Paths: []string{"pages/list/list.js"}}); res.Images.Removed != 1 || len(res.Edits) != 1 {
				t.Errorf("%+v, %d edits", res.Images, len(res.Edits))
			}
			v.settled()
		})
	}
}

func TestUpdateAfterAFailure(t *testing.T) {
	w := newWatched(t, newWorld(t, small()))
	app := small()["app.json"]
	w.write("app", tree{"app.json": `{"pages": `, "img/new.png": png("new", 200)})
	if _, err := w.e.Update(t.Context(), scan.Changes{Paths: []string{"app.json", "img/new.png"}}); err == nil {
		t.Fatal("no error")
	}
	if res := w.save(tree{"app.json": app}); res == nil || res.Images.Uploaded != 1 {
		t.Errorf("the image was forgotten: %+v", res)
	}
	w.settled()
}

func TestUpdateWaitsForWhatIsWritten(t *testing.T) {
	for _, all := range []bool{false, true} {
		w := newWatched(t, newWorld(t, small()))
		w.write("app", tree{"img/new/half.png": "half"})
		c := scan.Changes{Paths: []string{"img/new"}, All: all, Moving: []string{"img/new/half.png"}}
		res := w.update(c)
		if keptAs(res, "img/new/half.png") != rewrite.ChangedDuringRun || w.read("app")["img/new/half.png"] != "half" {
			t.Errorf("kept are %v", res.Kept)
		}
		whole := png("whole", 300)
		if res = w.save(tree{"img/new/half.png": whole}); res.Images.Removed != 1 || w.object("img/new/half.png") != whole {
			t.Errorf("%+v", res.Images)
		}
		w.settled()
	}
}

// TestUpdateLeavesNothingToDo: whatever happens to an app, after an Update there
// is nothing that a run would do.
func TestUpdateLeavesNothingToDo(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	w := newWatched(t, newWorld(t, small()))
	some := func() string {
		return path.Join([]string{"img", "img/dir", "sub/page", "new"}[rnd.IntN(4)], fmt.Sprint(rnd.IntN(4))+".png")
	}
	for round := range 40 {
		var paths []string
		for range 1 + rnd.IntN(3) {
			switch rnd.IntN(4) {
			case 0, 1:
				p := some()
				w.write("app", tree{p: png(fmt.Sprint(round, rnd.IntN(3)), 200)})
				paths = append(paths, p)
			case 2:
				p := []string{"pages/list/list.js", "pages/index/index.js", "sub/page/page.js"}[rnd.IntN(3)]
				w.write("app", tree{p: fmt.Sprintf("Page({ data: { a: '/%s', b: '/%s' } })\n", some(), some())})
				paths = append(paths, p)
			case 3:
				p := []string{"new", "img/dir", "pages/list/list.wxml"}[rnd.IntN(3)]
				if err := os.RemoveAll(filepath.Join(w.dir, "app", p)); err != nil {
					t.Fatal(err)
				}
				paths = append(paths, p)
			}
		}
		w.update(scan.Changes{Paths: paths})
		w.settled()
	}
}

func TestOverlooks(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = filepath.Join(w.cfg.AppDir, "keep", "backup")
	e := w.engine()
	for rel, want := range map[string]bool{
		"img/": false, ".git/": true, "a/node_modules/": true, "keep/": false, "keep/backup/": true, "a/keep/backup/": false,
		"a.png": false, ".a.png": false, ".a.js": false, ".a.png.swp": true, ".DS_Store": true, "a/.wecos-tmp-0123.png": true, "a.txt": false,
	} {
		name, dir := strings.CutSuffix(rel, "/")
		if got := e.Overlooks(name, dir); got != want {
			t.Errorf("%s: %v", rel, got)
		}
	}
}
