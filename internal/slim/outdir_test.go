package slim

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// copyIn returns what a run wrote to outDir, without the marker.
func (w *world) copied() tree {
	w.t.Helper()
	out := w.read("out")
	if out[markerFile] == "" {
		w.t.Error("there is no marker")
	}
	delete(out, markerFile)
	return out
}

func TestOutDir(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.OutDir = filepath.Join(w.dir, "out")
	res := w.run()
	w.same("app", small())
	if d := diff(w.slimmed(), w.copied()); d != "" {
		t.Errorf("the copy differs:\n%s", d)
	}
	if res.Images.Removed != 8 || res.Total.After >= res.Total.Before || res.OutDir == "" {
		t.Errorf("%+v", res)
	}

	before := w.stamps(".")
	w.run()
	if after := w.stamps("."); !maps.Equal(before, after) {
		t.Error("a second run changed files")
	}

	// What is stale goes, what is a person's stays.
	w.remove("app/sub/page/readme")
	w.write("app", tree{"pages/list/list.js": "Page({ /* new */ })\n"})
	w.write("out", tree{"mine.txt": "mine"})
	w.run()
	want := w.slimmed()
	delete(want, "sub/page/readme")
	want["pages/list/list.js"], want["mine.txt"] = "Page({ /* new */ })\n", "mine"
	if d := diff(want, w.copied()); d != "" {
		t.Errorf("the copy differs:\n%s", d)
	}

	back := w.restore()
	if len(back.Notes) != 1 || !strings.Contains(back.Notes[0], "never changed") {
		t.Errorf("restore says %q", back.Notes)
	}
	if d := diff(want, w.copied()); d != "" {
		t.Errorf("restore changed the copy:\n%s", d)
	}
}

// The marker once had a suffix that ships.
func TestOutDirWithTheOldMarker(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.OutDir = filepath.Join(w.dir, "out")
	w.run()
	before := w.copied()
	if err := os.Rename(filepath.Join(w.cfg.OutDir, markerFile), filepath.Join(w.cfg.OutDir, oldMarkerFile)); err != nil {
		t.Fatal(err)
	}
	w.run()
	if d := diff(before, w.copied()); d != "" {
		t.Errorf("the copy differs:\n%s", d)
	}
	if path.Ext(markerFile) != markerFile {
		t.Errorf("%s has a suffix", markerFile)
	}
}

func TestOutDirThatIsNotOurs(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.OutDir = filepath.Join(w.dir, "out")
	w.write("out", tree{"mine.txt": "mine"})
	_, err := w.engine().Run(context.Background())
	if c, ok := errors.AsType[*ConfigError](err); !ok || c.ExitCode() != 2 {
		t.Errorf("somebody's folder: %v", err)
	}
	if len(w.requests()) > 0 {
		t.Errorf("it was found after %v", w.requests())
	}
	w.same("out", tree{"mine.txt": "mine"})
}

func TestOutDirKeepsMiniprogramRoot(t *testing.T) {
	files := tree{"project.config.json": `{"miniprogramRoot": "src/"}`, "README": "not of the app"}
	maps.Copy(files, prefixed("src/", tree{
		"app.json": `{"pages": ["p/p"]}`, "p/p.wxml": `<image src="/i/a.png"/>`, "p/p.js": "Page({})", "i/a.png": png("a", 200),
	}))
	w := newWorld(t, files)
	w.cfg.OutDir = filepath.Join(w.dir, "out")
	w.run()
	want := tree{
		"project.config.json": files["project.config.json"], "src/app.json": files["src/app.json"], "src/p/p.js": "Page({})",
		"src/p/p.wxml": `<image src="` + w.url("i/a.png") + `"/>`,
	}
	if d := diff(want, w.copied()); d != "" {
		t.Errorf("the copy differs:\n%s", d)
	}
}

// A crash leaves a folder that is known to be ours.
func TestCrashOfACopy(t *testing.T) {
	shop := newWorld(t, nil)
	for n, done := int64(0), false; !done; n++ {
		w := shop.another(tiny())
		w.cfg.OutDir = filepath.Join(w.dir, "out")
		hook, count := crashAfter(n)
		w.hook = hook
		w.engine().Run(context.Background())
		w.hook = nil
		done = count.Load() <= n
		w.remove("app/i/b.png") // was perhaps copied or not
		w.write("app", tree{"p/p.wxml": "<image src=\"/i/a.png\"/>\n"})
		w.run()
		want := w.slimmedTiny()
		want["p/p.wxml"] = "<image src=\"" + w.url("i/a.png") + "\"/>\n"
		if d := diff(want, w.copied()); d != "" {
			t.Fatalf("after a crash at %d:\n%s", n, d)
		}
	}
}

// A run into outDir after runs in place leaves these to restore.
func TestOutDirAfterARun(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.cfg.OutDir = filepath.Join(w.dir, "out")
	w.write("app", tree{"img/new.png": png("new", 100)})
	w.run()
	w.same("app", func() tree { s := w.slimmed(); s["img/new.png"] = png("new", 100); return s }())
	w.restore()
	want := small()
	want["img/new.png"] = png("new", 100)
	w.same("app", want)
}

// The slimmed copy is of one moment: what is saved while it is written is in the
// next one.
func TestOutDirWhileEdited(t *testing.T) {
	list := "Page({ data: { x: '/img/b.png' } })\n"
	for name, edit := range map[string]func(*world){
		"saved":   func(w *world) { w.replace(tree{"pages/list/list.js": list}) },
		"removed": func(w *world) { w.remove("app/sub/page/readme") },
		"renamed": func(w *world) { w.rename("sub/page/readme", "sub/page/README") },
	} {
		for _, phase := range []Phase{PhasePlan, PhaseUpload, PhaseProve, PhaseCommit} {
			w := newWorld(t, small())
			w.cfg.OutDir = filepath.Join(w.dir, "out")
			w.at(phase, func() { edit(w) })
			if _, err := w.engine().Run(context.Background()); err != nil {
				t.Errorf("%s in %s: %v", name, phase, err)
				continue
			}
			if got := w.copied()["pages/list/list.js"]; strings.Contains(got, "'/img/b.png'") {
				t.Errorf("%s in %s: the copy names an image that it lacks", name, phase)
			}
			w.events = nil
			w.run()
			want := w.slimmed()
			switch name {
			case "saved":
				want["pages/list/list.js"] = strings.Replace(list, "/img/b.png", w.url("img/b.png"), 1)
			case "renamed":
				want["sub/page/README"] = want["sub/page/readme"]
				fallthrough
			case "removed":
				delete(want, "sub/page/readme")
			}
			if d := diff(want, w.copied()); d != "" {
				t.Errorf("%s in %s: the copy differs:\n%s", name, phase, d)
			}
		}
	}
}
