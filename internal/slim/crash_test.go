package slim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wecos-go/wecos/internal/safefs"
)

var errCrash = errors.New("crash")

// crashAfter lets n changing operations happen and none after them.
func crashAfter(n int64) (safefs.Hook, *atomic.Int64) {
	count := new(atomic.Int64)
	return func(op safefs.Op) error {
		if op.Kind.Changes() && count.Add(1) > n || count.Load() > n {
			return errCrash
		}
		return noSync(op)
	}, count
}

// crashInCommit lets everything happen until the first source of the app was
// rewritten, and nothing after that.
func (w *world) crashInCommit() safefs.Hook {
	var crashed, rewritten atomic.Bool
	return func(op safefs.Op) error {
		if op.Kind == safefs.OpRename && op.Dir == w.cfg.AppDir && rewritten.Swap(true) {
			crashed.Store(true)
		}
		if crashed.Load() {
			return errCrash
		}
		return noSync(op)
	}
}

// tiny has one of each: an image with two references, one that nothing names,
// one that stays, and a source that is edited twice.
func tiny() tree {
	return tree{
		"app.json":    `{"pages": ["p/p"], "tabBar": {"list": [{"pagePath": "p/p", "iconPath": "t.png"}]}}`,
		"p/p.wxml":    "<image src=\"/i/a.png\"/>\n<image src=\"../i/b.png\"/>\n",
		"p/p.wxss":    ".a { background: url(../i/a.png) }\n",
		"i/a.png":     png("a", 200),
		"i/b.png":     png("b", 200),
		"i/alone.png": png("alone", 200),
		"t.png":       png("t", 200),
	}
}

// whole fails when the app could show a broken image: a reference must be to a
// file that is there, or online.
func (w *world) whole(when string) {
	w.t.Helper()
	app := w.read("app")
	text := app["p/p.wxml"] + app["p/p.wxss"]
	for path, spellings := range map[string][]string{
		"i/a.png": {`"/i/a.png"`, "(../i/a.png)"}, "i/b.png": {`"../i/b.png"`},
	} {
		for _, s := range spellings {
			if strings.Contains(text, s) && app[path] != tiny()[path] {
				w.t.Errorf("%s: a reference to %s is left, but the image is gone", when, path)
			}
		}
	}
	for _, path := range []string{"i/a.png", "i/b.png", "i/alone.png"} {
		if app[path] == "" && w.read("backup")[path] != tiny()[path] {
			w.t.Errorf("%s: %s is gone and in no backup", when, path)
		}
	}
	if app["t.png"] == "" {
		w.t.Errorf("%s: the tab bar icon is gone", when)
	}
}

// slimmedTiny is what a finished run makes of tiny.
func (w *world) slimmedTiny() tree {
	return tree{
		"app.json": tiny()["app.json"],
		"t.png":    tiny()["t.png"],
		"p/p.wxml": "<image src=\"" + w.url("i/a.png") + "\"/>\n<image src=\"" + w.url("i/b.png") + "\"/>\n",
		"p/p.wxss": ".a { background: url(" + w.url("i/a.png") + ") }\n",
	}
}

// TestCrashOfARun stops a run for good after every single file operation. The
// app is whole at once; then the next run finishes, or restore gives the
// original tree.
func TestCrashOfARun(t *testing.T) {
	shop := newWorld(t, nil)
	for n, done := int64(0), false; !done; n++ {
		for _, next := range []string{"run", "restore", "run, restore", "crash, run", "crash, restore"} {
			name := fmt.Sprintf("after %d, %s", n, next)
			w := shop.another(tiny())
			hook, count := crashAfter(n)
			w.hook = hook
			_, err := w.engine().Run(context.Background())
			w.hook = nil
			if count.Load() <= n {
				done = true
				if n < 40 {
					t.Fatalf("a run has only %d operations", n)
				}
			} else if !errors.Is(err, errCrash) {
				t.Fatalf("%s: the crashed run says %v", name, err)
			}
			w.whole(name)
			for step := range strings.SplitSeq(next, ", ") {
				switch step {
				case "crash": // in the recovery
					w.hook, _ = crashAfter(n % 7)
					w.engine().Run(context.Background())
					w.hook = nil
					w.whole(name)
				case "run":
					res := w.run()
					w.same("app", w.slimmedTiny())
					if len(res.Failed) > 0 || len(res.Kept) != 1 {
						t.Errorf("%s: %v, kept %v", name, res.Failed, res.Kept)
					}
				case "restore":
					w.restore()
					w.same("app", tiny())
				}
			}
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
}

// TestCrashOfARestore stops a restore after every file operation: the app is
// whole, and the next restore or run finishes.
func TestCrashOfARestore(t *testing.T) {
	shop := newWorld(t, nil)
	for n, done := int64(0), false; !done; n++ {
		for _, next := range []string{"restore", "run", "run, restore"} {
			name := fmt.Sprintf("after %d, %s", n, next)
			w := shop.another(tiny())
			w.run()
			hook, count := crashAfter(n)
			w.hook = hook
			_, err := w.engine().Restore(context.Background(), RestoreOptions{Dir: w.dir})
			w.hook = nil
			if count.Load() <= n {
				done = true
				if n < 15 {
					t.Fatalf("a restore has only %d operations", n)
				}
			} else if err == nil {
				t.Errorf("%s: the crashed restore says nothing", name)
			}
			w.whole(name)
			for step := range strings.SplitSeq(next, ", ") {
				if step == "run" {
					w.run()
					w.same("app", w.slimmedTiny())
					continue
				}
				w.restore()
				w.same("app", tiny())
			}
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
}

// An image whose backup was lost after a crash stays until it has one again.
func TestRecoveryNeedsBackups(t *testing.T) {
	for _, next := range []string{"run", "restore"} {
		w := newWorld(t, small())
		w.hook = w.crashInCommit()
		if _, err := w.engine().Run(context.Background()); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		w.hook = nil
		w.remove("backup/img/a.png")
		w.write("backup", tree{"img/b.png": "damaged"})
		if next == "run" {
			w.run()
			w.same("app", w.slimmed())
			for _, path := range []string{"img/a.png", "img/b.png"} {
				if w.read("backup")[path] != small()[path] {
					t.Errorf("%s is not in the backup", path)
				}
			}
		}
		w.restore()
		w.same("app", small())
	}
}

// The original texts are taken again from sources that the crash left alone.
func TestRecoveryMendsTexts(t *testing.T) {
	files := small()
	files["pages/index/index.js"] = "Page({ data: { icon: '/img/' +\n  'dir/c.png' } })\n"
	w := newWorld(t, files)
	w.hook = func(op safefs.Op) error {
		if op.Kind == safefs.OpRename && (op.Dir == w.cfg.AppDir || op.Name == manifestFile) {
			return errCrash
		}
		return noSync(op)
	}
	if _, err := w.engine().Run(context.Background()); !errors.Is(err, errCrash) {
		t.Fatal(err)
	}
	w.hook = nil
	lost := false
	for name := range w.read("backup") {
		if strings.HasPrefix(name, ".wecos/"+textsDir) {
			w.remove("backup/" + name)
			lost = true
		}
	}
	if !lost {
		t.Error("there were no texts to lose")
	}
	w.restore()
	w.same("app", files)
}

// A source that was rewritten before the crash and changed by a person after it
// keeps its edits in the record, so that they can be taken back.
func TestRecoveryKeepsWhatAPersonChanged(t *testing.T) {
	for _, next := range []string{"restore", "run, restore"} {
		w := newWorld(t, small())
		w.hook = w.crashInCommit()
		if _, err := w.engine().Run(context.Background()); !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		w.hook = nil
		want, rewritten := small(), 0
		for name, content := range w.read("app") {
			if !safefs.IsTemp(name) && strings.Contains(content, w.dest.URLBase) {
				rewritten++
				w.write("app", tree{name: "\n" + content})
				want[name] = "\n" + want[name]
			}
		}
		if rewritten == 0 {
			t.Fatal("nothing was rewritten before the crash")
		}
		for step := range strings.SplitSeq(next, ", ") {
			if step == "run" {
				w.run()
				if app := w.read("app"); app["img/a.png"] != "" {
					t.Errorf("%s: the images are still there", next)
				}
				continue
			}
			w.restore()
			w.same("app", want)
		}
	}
}
