package slim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/scan"
)

// configure writes a configuration beside w's app and loads it.
func (w *world) configure(text string) error {
	w.t.Helper()
	w.write(".", tree{config.WecosFile: text})
	cfg, err := config.LoadWecos(config.LoadOptions{Dir: w.cfg.Dir, NoAccount: true})
	if err != nil {
		return err
	}
	cfg.Concurrency = 8
	w.cfg = cfg
	return nil
}

// The folders of the configuration are given in another case than the disk's.
func TestFoldersInAnotherCase(t *testing.T) {
	f := newFolding(t)
	t.Run("between runs", func(t *testing.T) {
		w := f.world(t, appAndBackups, tiny())
		for _, text := range []string{
			`{"appDir": "app", "backupDir": "backup"}`,
			`{"appDir": "APP", "backupDir": "Backup"}`,
			`{"appDir": "App", "backupDir": "backup"}`,
		} {
			if err := w.configure(text); err != nil {
				t.Fatal(err)
			}
			w.run()
			f.disk.Forget(t)
			w.same("app", w.slimmedTiny())
			w.forget()
			if res := w.run(); res.Pending() || len(w.requests()) > 0 {
				t.Errorf("%s: %+v", text, res)
			}
		}
		w.restore()
		f.disk.Forget(t)
		w.same("app", tiny())
	})
	t.Run("backupDir below appDir", func(t *testing.T) {
		files := tiny()
		files["project.config.json"] = `{"packOptions": {"ignore": [{"type": "folder", "value": "Backups"}]}}`
		files["backups/x/old.png"] = png("old", 100)
		w := f.world(t, appAndBackups, files)
		if err := w.configure(`{"appDir": "app", "backupDir": "APP/BACKUPS"}`); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if res := w.run(); res.Images.Found != 4 && res.Images.Found != 1 {
				t.Errorf("%d images were found", res.Images.Found)
			}
		}
		if app := w.read("app"); app["backups/i/a.png"] != tiny()["i/a.png"] || app["backups/x/old.png"] == "" || app["i/a.png"] != "" {
			t.Errorf("there is %v", app)
		}
		if !w.engine().Overlooks("backups", true) || w.engine().Overlooks("i", true) {
			t.Error("a watcher would look at the backups")
		}
		w.restore()
		for name, content := range tiny() {
			if w.read("app")[name] != content {
				t.Errorf("%s did not come back", name)
			}
		}
	})
	for _, tt := range []struct{ name, text, want string }{
		{"backupDir would ship", `{"appDir": "app", "backupDir": "APP/backups"}`, "would ship"},
		{"backupDir is appDir", `{"appDir": "app", "backupDir": "App"}`, "must not hold the app"},
		{"backupDir holds appDir", `{"appDir": "Project/app", "backupDir": "project"}`, "must not hold the app"},
		{"outDir is appDir", `{"appDir": "app", "outDir": "APP"}`, "must not hold the app"},
		{"outDir would ship", `{"appDir": "app", "outDir": "APP/dist"}`, "would ship"},
		{"outDir below backupDir", `{"appDir": "app", "backupDir": "kept", "outDir": "KEPT/out"}`, "must not lie in each other"},
		{"backupDir is outDir", `{"appDir": "app", "backupDir": "kept", "outDir": "Kept"}`, "must not lie in each other"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := f.world(t, appAndBackups, tiny())
			w.write("project/app", tiny())
			err := w.configure(tt.text)
			if err == nil {
				_, err = w.engine().Run(context.Background())
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
			w.same("app", tiny())
		})
	}
}

// What the app's own files say of folders holds in any case, where the disk
// takes it for the same.
func TestRootsInAnotherCase(t *testing.T) {
	f := newFolding(t)
	w := f.world(t, appAndBackups, nil)
	w.write("app", tree{"project.config.json": `{"miniprogramRoot": "Mini/", "pluginRoot": "MINI/Plugin"}`})
	w.write("app/mini", tiny())
	w.write("app/mini/plugin", tree{"p.png": png("plugin", 100)})
	if err := w.configure(`{"appDir": "app", "uploadFileBlackList": ["MINI/I/Alone.png", "I/b.PNG"]}`); err != nil {
		t.Fatal(err)
	}
	res := w.run()
	if len(res.Warnings) > 0 {
		t.Errorf("warnings are %v", res.Warnings)
	}
	app := w.read("app/mini")
	for name, stays := range map[string]bool{"i/alone.png": true, "i/b.png": true, "plugin/p.png": true, "t.png": true, "i/a.png": false} {
		if app[name] != "" != stays {
			t.Errorf("%s is in the app: %v", name, app[name] != "")
		}
	}
	// The project's own file lies above the folder that is asked for.
	if err := w.configure(`{"appDir": "app/MINI"}`); err != nil {
		t.Fatal(err)
	}
	if layout, err := scan.OpenLayout(w.cfg.AppDir); err != nil || filepath.Base(layout.Root) != "MINI" {
		t.Errorf("%+v, %v", layout, err)
	}
	// With the folder of the configuration in another case, too.
	black := scan.Options{
		AppDir: filepath.Join(w.dir, "app"), ConfigDir: filepath.Join(f.disk.Dir, strings.ToUpper(filepath.Base(w.dir)), "APP"),
		Suffixes: []string{".png"}, Blacklist: []string{"mini/i", filepath.Join(w.dir, "APP", "Mini", "t.PNG")},
	}
	tree, err := scan.Scan(context.Background(), black)
	if err != nil || len(tree.UnusedBlacklist) > 0 || tree.File("i/b.png").Keep == "" || tree.File("t.png").Keep == "" {
		t.Errorf("%v, unused are %v", err, tree.UnusedBlacklist)
	}
}

// The slimmed copy is for devices: its names have the case of the app's.
func TestOutDirFollowsTheCase(t *testing.T) {
	f := newFolding(t)
	files := tiny()
	files["app.json"] = strings.Replace(files["app.json"], "t.png", "tab/t.png", 1)
	files["tab/t.png"] = files["t.png"]
	delete(files, "t.png")
	w := f.world(t, appAndBackups, files)
	w.cfg.OutDir = filepath.Join(w.dir, "out")
	w.run()
	for _, to := range [][2]string{{"tab/t.png", "tab/T.png"}, {"tab", "Tab"}, {"p/p.wxss", "p/P.wxss"}} {
		f.rename(w, to[0], to[1])
		for range 2 { // the second has nothing to do
			w.run()
			w.sameNames()
		}
	}
}

// sameNames fails unless the copy holds what the app holds, but for what is
// online.
func (w *world) sameNames() {
	w.t.Helper()
	app, out := w.read("app"), w.read("out")
	for name := range app {
		if gone := strings.HasPrefix(name, "i/"); gone == (out[name] != "") {
			w.t.Errorf("%s is in the copy: %v", name, !gone)
		}
	}
	if len(out) != len(app)-3+1 {
		w.t.Errorf("the copy holds %d files", len(out))
	}
}

// Two files of the app have one name on the disk of the copy, or a person's file
// is in the way: that is told, and nothing is overwritten.
func TestOutDirCannotHold(t *testing.T) {
	f := newFolding(t)
	w := f.world(t, backupsOnly, tiny())
	w.cfg.OutDir = filepath.Join(filepath.Dir(w.cfg.BackupDir), "out")
	w.run()
	if err := os.WriteFile(filepath.Join(w.cfg.OutDir, "Notes.txt"), []byte("a person's"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, files := range []tree{{"notes.txt": "the app's"}, {"x.txt": "1", "X.txt": "2"}} {
		w.write("app", files)
		if len(files) > 1 && w.read("app")["x.txt"] != "1" {
			t.Skip("no disk here tells names apart by case")
		}
		_, err := w.engine().Run(context.Background())
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Text, "for one") || e.Fix == "" {
			t.Errorf("with %v: %v", files, err)
		}
		for name := range files {
			w.remove("app/" + name)
		}
	}
	got, err := os.ReadFile(filepath.Join(w.cfg.OutDir, "Notes.txt"))
	if string(got) != "a person's" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A person changes the case of a name at any moment of a run: nothing is lost,
// what was renamed keeps the new name, and restore overwrites nothing.
func TestRenamedByCaseMeanwhile(t *testing.T) {
	f := newFolding(t)
	renames := [][2]string{{"img/a.png", "img/A.PNG"}, {"img", "Img"}, {"pages/index/index.wxml", "pages/index/Index.wxml"}}
	for i, m := range moments {
		for j, to := range renames {
			if !losstest.Full() && (i+j)%3 > 0 {
				continue
			}
			t.Run(m.name+"/"+to[1], func(t *testing.T) {
				w := f.world(t, appAndBackups, small())
				at := func(name string) string { return filepath.Join(w.cfg.AppDir, filepath.FromSlash(name)) }
				moved := false
				happened := m.set(w, func() { moved = losstest.Rename(at(to[0]), at(to[1])) == nil })
				if res := w.run(); res.Incomplete() || !*happened {
					t.Errorf("failed are %v, it happened: %v", res.Failed, *happened)
				}
				w.events, w.hook = nil, nil
				f.disk.Forget(t)
				w.run()
				w.atHand(small())
				res := w.restore()
				f.disk.Forget(t)
				app := w.read("app")
				for name, content := range small() {
					now := name
					if moved && (name == to[0] || strings.HasPrefix(name, to[0]+"/")) {
						now = to[1] + strings.TrimPrefix(name, to[0])
					}
					if m.name == "before the removal" && app[now] == "" {
						now = name // what is renamed just then is removed
					}
					_, back := app[now]
					failed := slices.ContainsFunc(res.Failed, func(f Failed) bool { return f.Path == name })
					switch {
					case back && strings.HasSuffix(name, ".png") && app[now] != content:
						t.Errorf("%s has other content", now)
					case back && !res.Incomplete() && app[now] != content && moved && to[0] != name:
						t.Errorf("%s is %.200q", now, app[now])
					case !back && !failed:
						t.Errorf("%s is neither back nor a conflict: %v", now, res.Failed)
					}
				}
			})
		}
	}
}

// atHand fails unless each image of files is in the app, in any case, or online
// and in the backup.
func (w *world) atHand(files tree) {
	w.t.Helper()
	here := map[string]bool{}
	for name, content := range w.read("app") {
		here[strings.ToLower(name)+content] = true
	}
	backup, err := losstest.ReadTree(w.cfg.BackupDir)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, content := range backup {
		here[content] = true
	}
	for name, content := range files {
		if !strings.HasPrefix(content, "\x89PNG") || here[strings.ToLower(name)+content] {
			continue
		}
		if !here[content] {
			w.t.Errorf("%s is neither in the app nor in the backup", name)
		}
	}
}

// A watcher is told of both names.
func TestWatchedRenameByCase(t *testing.T) {
	f := newFolding(t)
	w := f.world(t, appAndBackups, spelled())
	e := w.engine()
	if _, err := e.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	f.rename(w, "images/Logo.PNG", "images/logo.png")
	if _, err := e.Update(context.Background(), scan.Changes{Paths: []string{"images/Logo.PNG", "images/logo.png"}}); err != nil {
		t.Fatal(err)
	}
	app := w.read("app")
	if app["images/logo.png"] != "" || !strings.Contains(app["p/p.wxml"], w.url("images/logo.png")) {
		t.Errorf("the image did not go online under its new name: %s", app["p/p.wxml"])
	}
	m := w.manifest()
	if _, ok := m.Images["images/Logo.PNG"]; ok {
		t.Error("it went online under its old name, too")
	}
}

// A run, or a restore, is stopped after every Nth file operation on such a disk:
// nothing is lost, and the next one finishes.
func TestStoppedOnAFoldingDisk(t *testing.T) {
	f := newFolding(t)
	stops := 0
	for what, act := range map[string]func(*world) error{
		"run": func(w *world) error {
			_, err := w.engine().Run(context.Background())
			return err
		},
		"restore": func(w *world) error {
			_, err := w.engine().Restore(context.Background(), RestoreOptions{Dir: w.dir})
			return err
		},
	} {
		for n, done := int64(0), false; !done; n += int64(losstest.Every(5)) {
			w := f.world(t, appAndBackups, tiny())
			if what == "restore" {
				w.run()
			}
			hook, count := crashAfter(n)
			w.hook = hook
			err := act(w)
			w.hook = nil
			if done = count.Load() <= n; done != (err == nil) && what == "run" {
				t.Fatalf("a run that is stopped after %d operations says %v", n, err)
			}
			stops++
			when := fmt.Sprintf("%s stopped after %d", what, n)
			w.whole(when)
			if n%2 == 0 {
				w.run()
				w.same("app", w.slimmedTiny())
			}
			w.restore()
			w.same("app", tiny())
			if t.Failed() {
				t.Fatal(when)
			}
			if err := os.RemoveAll(w.dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	losstest.Figure(t, "runs and restores stopped on a disk that does not tell names apart by case: %d", stops)
}
