package slim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/servers/cos"
)

// at runs fn once, when the given phase begins.
func (w *world) at(phase Phase, fn func()) {
	var once sync.Once
	w.events = func(ev Event) {
		if p, ok := ev.(PhaseStarted); ok && p.Phase == phase {
			once.Do(fn)
		}
	}
}

func TestSourceChangesDuringTheRun(t *testing.T) {
	for _, phase := range []Phase{PhaseList, PhaseUpload, PhaseProve, PhaseCommit} {
		t.Run(string(phase), func(t *testing.T) {
			w := newWorld(t, small())
			w.at(phase, func() {
				w.write("app", tree{
					"pages/index/index.wxml": small()["pages/index/index.wxml"] + "<image src=\"/img/unused.gif\"/>\n",
					// Not edited by the plan, and names an image that is about to go.
					"pages/list/list.js": "Page({ data: { x: '/img/b.png' } })\n",
				})
			})
			res := w.run()
			want := w.slimmed()
			want["pages/index/index.wxml"] += "<image src=\"" + w.url("img/unused.gif") + "\"/>\n"
			want["pages/list/list.js"] = "Page({ data: { x: '" + w.url("img/b.png") + "' } })\n"
			w.same("app", want)
			if res.Incomplete() || res.Images.Removed != 8 || res.References.Rewritten != 9 || len(res.Edits) != 9 {
				t.Errorf("%+v %+v", res.Images, res.References)
			}
			w.restore()
			want = small()
			want["pages/index/index.wxml"] += "<image src=\"/img/unused.gif\"/>\n"
			want["pages/list/list.js"] = "Page({ data: { x: '/img/b.png' } })\n"
			w.same("app", want)
		})
	}
}

func TestImageChangesDuringTheRun(t *testing.T) {
	for _, phase := range []Phase{PhaseList, PhaseProve, PhaseCommit} {
		t.Run(string(phase), func(t *testing.T) {
			w := newWorld(t, small())
			now := png("changed", 321)
			w.at(phase, func() { w.write("app", tree{"img/a.png": now}) })
			res := w.run()
			w.same("app", w.slimmed())
			if got := w.object("img/a.png"); got != now {
				t.Error("the old content is online")
			}
			if res.Incomplete() {
				t.Errorf("failed are %v", res.Failed)
			}
			w.restore()
			want := small()
			want["img/a.png"] = now
			w.same("app", want)
		})
	}
}

// A source that changes all the time stops no run, but images stay.
func TestSourceChangesAllTheTime(t *testing.T) {
	w := newWorld(t, small())
	n := 0
	w.events = func(ev Event) {
		if p, ok := ev.(PhaseStarted); ok && p.Phase == PhaseCommit {
			n++
			w.write("app", tree{"pages/list/list.js": fmt.Sprintf("Page({}) // %d\n", n)})
		}
	}
	res := w.run()
	if n != maxRounds {
		t.Errorf("%d rounds", n)
	}
	app := w.read("app")
	for path, content := range small() {
		if strings.HasPrefix(path, "img/") && app[path] != content {
			t.Errorf("%s is gone", path)
		}
	}
	if r := keptAs(res, "img/a.png"); r != rewrite.ChangedDuringRun || res.Images.Kept != 9 {
		t.Errorf("kept are %v", res.Kept)
	}
	w.events = nil
	w.run()
	want := w.slimmed()
	want["pages/list/list.js"] = "Page({}) // 3\n"
	w.same("app", want)
}

func TestInterrupted(t *testing.T) {
	for n := range 16 {
		w := newWorld(t, small())
		ctx, cancel := context.WithCancel(context.Background())
		seen := 0
		w.events = func(ev Event) {
			if _, ok := ev.(FileChanged); ok {
				if seen++; seen > n {
					cancel()
				}
			}
		}
		res, err := w.engine().Run(ctx)
		cancel()
		if err == nil {
			if n < 12 {
				t.Errorf("only %d files changed", n)
			}
			break
		}
		if !errors.Is(err, context.Canceled) || res == nil || res.Unfinished == nil || !res.Incomplete() {
			t.Fatalf("interrupted after %d: %v, %+v", n, err, res)
		}
		if u := res.Unfinished; u.ToRewrite != 5 || u.ToRemove != 8 || u.Rewritten != len(files(res.Edits)) {
			t.Errorf("unfinished is %+v", u)
		}
		w.events = nil
		if n%2 == 0 {
			w.run()
			w.same("app", w.slimmed())
		} else {
			w.restore()
			w.same("app", small())
		}
	}
}

// What is online is counted, whatever ends the run, and the report for programs
// says that it was interrupted.
func TestInterruptedUpload(t *testing.T) {
	w := newWorld(t, small())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.cfg.Concurrency = 1
	seen := 0
	w.events = func(ev Event) {
		if _, ok := ev.(ImageUploaded); ok {
			if seen++; seen == 3 {
				cancel()
			}
		}
	}
	res, err := w.engine().Run(ctx)
	if !errors.Is(err, context.Canceled) || res == nil || res.Unfinished == nil {
		t.Fatalf("%v, %+v", err, res)
	}
	if u := res.Unfinished; u.Uploaded != 3 || u.ToUpload != 8 || res.Images.Uploaded != 3 || u.Rewritten+u.Removed != 0 {
		t.Errorf("unfinished is %+v, %d uploaded", u, res.Images.Uploaded)
	}
	text, err := json.Marshal(res)
	if want := `"interrupted":{"uploaded":3,"toUpload":8,"rewritten":0,"toRewrite":5,"removed":0,"toRemove":8}`; err != nil || !strings.Contains(string(text), want) {
		t.Errorf("the report is %s", text)
	}
	w.same("app", small())

	cancel()
	res, err = w.engine().Run(ctx)
	if err == nil || res != nil && res.Unfinished == nil {
		t.Errorf("at once: %v, %+v", err, res)
	}
}

// A restore that is interrupted leaves an app that works; the next one finishes.
func TestRestoreInterrupted(t *testing.T) {
	for n := range 16 {
		w := newWorld(t, small())
		w.run()
		ctx, cancel := context.WithCancel(context.Background())
		seen := 0
		w.events = func(ev Event) {
			if _, ok := ev.(FileChanged); ok {
				if seen++; seen > n {
					cancel()
				}
			}
		}
		res, err := w.engine().Restore(ctx, RestoreOptions{})
		cancel()
		w.events = nil
		if err == nil {
			if n < 8 {
				t.Errorf("only %d files came back", n)
			}
			break
		}
		if !errors.Is(err, context.Canceled) || res == nil || len(res.Failed) > 0 {
			t.Fatalf("interrupted after %d: %v, %+v", n, err, res)
		}
		for name := range w.read("app") {
			if safefs.IsTemp(name) {
				t.Errorf("%s was left", name)
			}
		}
		w.restore()
		w.same("app", small())
	}
}

func files(edits []Edit) map[string]bool {
	out := map[string]bool{}
	for _, e := range edits {
		out[e.File] = true
	}
	return out
}

// Stopped before the first edit: nothing has changed.
func TestInterruptedEarly(t *testing.T) {
	for _, phase := range []Phase{PhaseScan, PhaseList, PhaseUpload, PhaseProve} {
		w := newWorld(t, small())
		ctx, cancel := context.WithCancel(context.Background())
		w.at(phase, cancel)
		if _, err := w.engine().Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("interrupted in %s: %v", phase, err)
		}
		cancel()
		w.same("app", small())
		w.events = nil
		w.run()
		w.same("app", w.slimmed())
	}
}

// A source that cannot be written keeps its images, and nothing else.
func TestUnwritableSource(t *testing.T) {
	w := newWorld(t, small())
	w.hook = func(op safefs.Op) error {
		if op.Kind == safefs.OpRename && op.Name == "app.wxss" {
			return &os.PathError{Op: "rename", Path: op.Name, Err: syscall.EACCES}
		}
		return noSync(op)
	}
	res := w.run()
	want := w.slimmed()
	want["app.wxss"], want["img/bg.png"] = small()["app.wxss"], small()["img/bg.png"]
	w.same("app", want)
	if !res.Incomplete() || len(res.Failed) != 1 || res.Failed[0].Path != "app.wxss" || keptAs(res, "img/bg.png") == "" {
		t.Errorf("%v, kept %v", res.Failed, res.Kept)
	}
	w.hook = nil
	w.run()
	w.same("app", w.slimmed())
	w.restore()
	w.same("app", small())
}

// With a full disk nothing changes, wherever it strikes first.
func TestFullDisk(t *testing.T) {
	w := newWorld(t, small())
	w.hook = func(op safefs.Op) error {
		if op.Kind == safefs.OpWrite && strings.HasPrefix(op.Dir, filepath.Join(w.dir, "backup")) && strings.HasPrefix(op.Name, "img/") {
			return &os.PathError{Op: "write", Path: op.Name, Err: syscall.ENOSPC}
		}
		return noSync(op)
	}
	_, err := w.engine().Run(context.Background())
	if e, ok := errors.AsType[*Error](err); !errors.Is(err, syscall.ENOSPC) || !ok || e.Hint() == "" {
		t.Errorf("a full disk: %v", err)
	}
	w.same("app", small())
}

// A second image with the same content appears while the first goes online: it
// shares the object, and gets a backup of its own all the same.
func TestTwinAppearsDuringTheRun(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.FileName = "[hash:12][ext]"
	w.at(PhaseCommit, func() {
		w.write("app", tree{
			"img/twin.png":       small()["img/a.png"],
			"pages/list/list.js": "Page({ data: { x: '/img/twin.png' } })\n",
		})
	})
	res := w.run()
	if w.read("app")["img/twin.png"] != "" || w.read("backup")["img/twin.png"] != small()["img/a.png"] {
		t.Errorf("the twin is in the app: %v, in the backup: %v", w.read("app")["img/twin.png"] != "", w.read("backup")["img/twin.png"] != "")
	}
	if res.Incomplete() {
		t.Errorf("failed are %v", res.Failed)
	}
	want := small()
	want["img/twin.png"], want["pages/list/list.js"] = small()["img/a.png"], "Page({ data: { x: '/img/twin.png' } })\n"
	w.restore()
	w.same("app", want)
}

// When a later round fails, the report still says what the first one did.
func TestFailureAfterTheFirstRound(t *testing.T) {
	w := newWorld(t, small())
	w.at(PhaseCommit, func() {
		w.write("app", tree{"img/late.png": png("late", 200), "pages/list/list.js": "Page({ data: { x: '/img/late.png' } })\n"})
		w.mu.Lock()
		defer w.mu.Unlock()
		w.fault = func(*http.Request) cos.Fault { return cos.Fault{Status: http.StatusInternalServerError} }
	})
	res, err := w.engine().Run(context.Background())
	if err == nil || res == nil || len(res.Edits) == 0 || res.Run == "" {
		t.Fatalf("%+v, %v", res, err)
	}
	w.events = nil
	w.breaks(nil)
	w.run()
	want := w.slimmed()
	want["pages/list/list.js"] = "Page({ data: { x: '" + w.url("img/late.png") + "' } })\n"
	w.same("app", want)
}
