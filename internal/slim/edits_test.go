package slim

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
)

// meanwhile does something once, at a moment of a run: when a phase begins, or
// at the file operation that hook picks.
type meanwhile struct {
	name  string
	phase Phase
	event func(Event) bool
	op    func(*world, safefs.Op) bool
}

// moments are all those at which a person may save a file while wecos runs.
var moments = []meanwhile{
	{name: "while scanning", phase: PhaseScan},
	{name: "after the scan", phase: PhasePlan},
	{name: "before listing", phase: PhaseList},
	{name: "before uploading", phase: PhaseUpload},
	{name: "while uploading", event: func(ev Event) bool { _, ok := ev.(ImageUploaded); return ok }},
	{name: "before proving", phase: PhaseProve},
	{name: "before the journal", phase: PhaseCommit},
	{name: "after the journal", op: func(w *world, op safefs.Op) bool {
		return op.Kind == safefs.OpCreate && op.Dir == w.cfg.AppDir
	}},
	{name: "before the first is rewritten", op: func(w *world, op safefs.Op) bool {
		return op.Kind == safefs.OpRead && op.Dir == w.cfg.AppDir && op.Name == "app.wxss"
	}},
	{name: "between rewriting and looking again", event: func(ev Event) bool { _, ok := ev.(FileChanged); return ok }},
	{name: "before the removal", op: func(w *world, op safefs.Op) bool {
		return op.Kind == safefs.OpRemove && op.Dir == w.cfg.AppDir && strings.HasPrefix(op.Name, "img/")
	}},
}

// set makes do happen once at the moment.
func (m meanwhile) set(w *world, do func()) (happened *bool) {
	happened = new(bool)
	var once sync.Once
	act := func() { once.Do(func() { *happened = true; do() }) }
	w.events = func(ev Event) {
		p, ok := ev.(PhaseStarted)
		if ok && m.phase != "" && p.Phase == m.phase || m.event != nil && m.event(ev) {
			act()
		}
	}
	w.hook = func(op safefs.Op) error {
		if m.op != nil && m.op(w, op) {
			act()
		}
		return noSync(op)
	}
	return happened
}

// run runs with do at the moment, and once more for what came too late to be
// planned.
func (m meanwhile) run(w *world, do func()) {
	w.t.Helper()
	happened := m.set(w, do)
	if res := w.run(); res.Incomplete() {
		w.t.Errorf("failed are %v", res.Failed)
	}
	if !*happened {
		w.t.Fatal("the moment never came")
	}
	w.events, w.hook = nil, nil
	w.run()
}

// replace saves a file as many editors do: into another one, which is renamed.
func (w *world) replace(files tree) {
	w.t.Helper()
	for name, content := range files {
		w.write("app", tree{name + ".tmp": content})
		p := filepath.Join(w.cfg.AppDir, filepath.FromSlash(name))
		if err := os.Rename(p+".tmp", p); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) rename(from, to string) {
	w.t.Helper()
	from, to = filepath.Join(w.cfg.AppDir, filepath.FromSlash(from)), filepath.Join(w.cfg.AppDir, filepath.FromSlash(to))
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(from, to); err != nil {
		w.t.Fatal(err)
	}
}

// Whatever a person saves while wecos runs, at whatever moment and in whatever
// way, is in the app afterwards, and a restore brings back what was written.
func TestSavedMeanwhile(t *testing.T) {
	page := small()["pages/index/index.wxml"] + "<image src=\"/img/unused.gif\"/>\n"
	list := "Page({ data: { x: '/img/b.png' } })\n"
	for _, m := range moments {
		for name, save := range map[string]func(*world, tree){
			"in place":          func(w *world, files tree) { w.write("app", files) },
			"renamed over":      (*world).replace,
			"renamed by a tool": func(w *world, files tree) { w.replace(files); w.replace(files) },
		} {
			t.Run(m.name+"/"+name, func(t *testing.T) {
				w := newWorld(t, small())
				m.run(w, func() {
					now := strings.ReplaceAll(w.read("app")["pages/index/index.wxml"], "</view>\n", "</view>\n<image src=\"/img/unused.gif\"/>\n")
					save(w, tree{"pages/index/index.wxml": now, "pages/list/list.js": list})
				})
				want := w.slimmed()
				want["pages/index/index.wxml"] += "<image src=\"" + w.url("img/unused.gif") + "\"/>\n"
				want["pages/list/list.js"] = strings.Replace(list, "/img/b.png", w.url("img/b.png"), 1)
				w.same("app", want)
				w.restore()
				want = small()
				want["pages/index/index.wxml"], want["pages/list/list.js"] = page, list
				w.same("app", want)
			})
		}
	}
}

// Pictures that are replaced, added, moved or deleted while wecos runs.
func TestPicturesChangeMeanwhile(t *testing.T) {
	now := png("now", 333)
	for _, m := range moments {
		for name, c := range map[string]struct {
			do   func(*world)
			want func(tree) // what the person wrote
		}{
			"replaced": {
				func(w *world) { w.replace(tree{"img/a.png": now}) },
				func(files tree) { files["img/a.png"] = now },
			},
			"added": {
				func(w *world) { w.write("app", tree{"img/k/3.png": now}) },
				func(files tree) { files["img/k/3.png"] = now },
			},
			"moved": {
				func(w *world) {
					if onDisk(filepath.Join(w.cfg.AppDir, "img/a.png")) {
						w.rename("img/a.png", "img/m/a.png")
					} else {
						w.write("app", tree{"img/m/a.png": small()["img/a.png"]})
					}
				},
				func(files tree) { files["img/m/a.png"] = files["img/a.png"] },
			},
		} {
			if name == "replaced" && m.name == "before the removal" {
				continue // no system removes a file only if it is still the same
			}
			t.Run(m.name+"/"+name, func(t *testing.T) {
				w := newWorld(t, small())
				m.run(w, func() { c.do(w) })
				if now == w.read("app")["img/a.png"] && w.object("img/a.png") != now {
					t.Error("the new picture is neither planned nor online")
				}
				w.restore()
				want, app := small(), w.read("app")
				c.want(want)
				if app["img/a.png"] == "" && name == "moved" { // before it left
					delete(want, "img/a.png")
				}
				if d := diff(want, app); d != "" {
					t.Errorf("the app differs:\n%s", d)
				}
			})
		}
	}
}

// A folder that is renamed between scan and commit: nothing is removed that a
// page in it may name, and it is not made again.
func TestFolderIsRenamedMeanwhile(t *testing.T) {
	for _, m := range moments {
		t.Run(m.name, func(t *testing.T) {
			w := newWorld(t, small())
			m.run(w, func() { w.rename("pages/index", "pages/home") })
			app := w.read("app")
			want := w.slimmed()["pages/index/index.wxml"]
			if app["pages/home/index.wxml"] != want || app["pages/index/index.wxml"] != "" {
				t.Errorf("the page is %q there, %q here", app["pages/home/index.wxml"], app["pages/index/index.wxml"])
			}
			w.restore()
			for name, content := range w.read("app") {
				if strings.HasPrefix(name, "img/") && content != small()[name] {
					t.Errorf("%s is not back", name)
				}
			}
		})
	}
}

// A page that is added while wecos runs is part of the plan, as long as no image
// is gone.
func TestPageAppearsMeanwhile(t *testing.T) {
	for _, m := range moments {
		if m.name == "before the removal" {
			continue // as if it came after the run
		}
		w := newWorld(t, small())
		happened := m.set(w, func() { w.write("app", tree{"pages/new/new.wxml": "<image src=\"/img/b.png\"/>\n"}) })
		res := w.run()
		want := w.slimmed()
		want["pages/new/new.wxml"] = "<image src=\"" + w.url("img/b.png") + "\"/>\n"
		w.same("app", want)
		if t.Failed() || !*happened || res.Incomplete() {
			t.Fatalf("%s: happened %v, failed are %v", m.name, *happened, res.Failed)
		}
	}
}

// A source that was saved with the length and the time that it had is another
// one all the same.
func TestSavedWithTheSameLengthAndTime(t *testing.T) {
	files := small()
	files["pages/list/list.js"] = "Page({ data: { x: 'xxxxxxxxxx' } })\n"
	w := newWorld(t, files)
	p := filepath.Join(w.cfg.AppDir, "pages/list/list.js")
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := os.Chtimes(p, old, old); err != nil {
		t.Fatal(err)
	}
	w.at(PhaseCommit, func() {
		w.write("app", tree{"pages/list/list.js": "Page({ data: { x: '/img/b.png' } })\n"})
		if err := os.Chtimes(p, old, old); err != nil {
			t.Fatal(err)
		}
	})
	w.run()
	want := w.slimmed()
	want["pages/list/list.js"] = "Page({ data: { x: '" + w.url("img/b.png") + "' } })\n"
	w.same("app", want)
}

// A source that a person saves while it is restored is not overwritten; the next
// restore takes back the rest.
func TestSavedWhileRestoring(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	saved := "<!-- mine -->\n" + w.read("app")["pages/index/index.wxml"]
	m := meanwhile{op: func(w *world, op safefs.Op) bool {
		return op.Kind == safefs.OpWrite && op.Name == safefs.TempName("pages/index/index.wxml")
	}}
	happened := m.set(w, func() { w.replace(tree{"pages/index/index.wxml": saved}) })
	res := w.restore()
	if !*happened || len(res.Failed) != 1 || res.Failed[0].Path != "pages/index/index.wxml" || w.read("app")["pages/index/index.wxml"] != saved {
		t.Errorf("failed are %v", res.Failed)
	}
	w.events, w.hook = nil, nil
	w.restore()
	want := small()
	want["pages/index/index.wxml"] = "<!-- mine -->\n" + want["pages/index/index.wxml"]
	w.same("app", want)
}

// An image that appears in the place of one that comes back stays.
func TestPictureAppearsWhileRestoring(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	m := meanwhile{op: func(w *world, op safefs.Op) bool {
		return op.Kind == safefs.OpWrite && op.Name == safefs.TempName("img/a.png")
	}}
	happened := m.set(w, func() { w.write("app", tree{"img/a.png": "mine"}) })
	res := w.restore()
	if !*happened || len(res.Failed) != 1 || res.Failed[0].Path != "img/a.png" || w.read("app")["img/a.png"] != "mine" {
		t.Errorf("failed are %v", res.Failed)
	}
	w.events, w.hook = nil, nil
	w.restore()
	if got := w.read("app")["img/a.png"+restoredSuffix]; got != small()["img/a.png"] {
		t.Error("the one that went online is not beside it")
	}
}

// With Wait a run begins when the one before it is done.
func TestRunWaits(t *testing.T) {
	w := newWorld(t, small())
	lock := w.lock()
	asks := make(chan bool, 10)
	w.hook = func(op safefs.Op) error {
		if op.Name == lockFile {
			asks <- true
		}
		return noSync(op)
	}
	e := w.engine()
	e.opt.Wait = true
	done := make(chan error, 1)
	go func() {
		_, err := e.Run(context.Background())
		done <- err
	}()
	<-asks
	select {
	case err := <-done:
		t.Errorf("a run beside another: %v", err)
	default:
	}
	w.same("app", small())
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	w.same("app", w.slimmed())
}

// While a watcher lives nobody else may watch or restore, but single runs may
// work.
func TestWatcherKeepsOthersOut(t *testing.T) {
	w := newWorld(t, small())
	release, err := w.engine().Watching(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.run()
	for name, call := range map[string]func() error{
		"restore": func() error { _, err := w.engine().Restore(context.Background(), RestoreOptions{}); return err },
		"watch":   func() error { _, err := w.engine().Watching(context.Background()); return err },
	} {
		if e, ok := errors.AsType[*Error](call()); !ok || !strings.Contains(e.Error(), "watches") || e.Hint() == "" {
			t.Errorf("%s beside a watcher: %v", name, e)
		}
	}
	w.same("app", w.slimmed())
	if _, err := w.engine().Restore(context.Background(), RestoreOptions{DryRun: true}); err != nil {
		t.Errorf("a dry run beside a watcher: %v", err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	w.restore()
	w.same("app", small())
}
