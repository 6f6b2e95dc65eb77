package slim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
)

func TestManipulatedStateIsRefused(t *testing.T) {
	for _, name := range []string{manifestFile, "runs", journalFile} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, small())
			if name == journalFile {
				w.hook = w.crashInCommit()
				w.engine().Run(context.Background())
				w.hook = nil
			} else {
				w.run()
			}
			now := w.read("app")
			p := filepath.Join(w.dir, "backup", ".wecos", name)
			if name == "runs" {
				entries, err := os.ReadDir(p)
				if err != nil || len(entries) != 1 {
					t.Fatal(entries, err)
				}
				p = filepath.Join(p, entries[0].Name())
			}
			data, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			for what, change := range map[string]func([]byte) []byte{
				"path":  func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("img/a.png"), []byte("../../etc/a")) },
				"cut":   func(b []byte) []byte { return b[:len(b)/2] },
				"empty": func([]byte) []byte { return nil },
				"other": func([]byte) []byte { return []byte(`{"format":"x","sha256":"00","data":{}}`) },
			} {
				if err := os.WriteFile(p, change(data), 0o644); err != nil {
					t.Fatal(err)
				}
				_, err := w.engine().Restore(context.Background(), RestoreOptions{})
				if s, ok := errors.AsType[*StateError](err); !ok || s.Hint() == "" {
					t.Errorf("%s: restore says %v", what, err)
				}
				if name != "runs" { // which a run does not need
					if _, err := w.engine().Run(context.Background()); err == nil {
						t.Errorf("%s: a run accepts it", what)
					}
				}
				w.same("app", now)
			}
			// A formatter does no harm.
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, data, "", "  "); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, pretty.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			w.restore()
			w.same("app", small())
		})
	}
}

func TestStateOfAnotherApp(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	w.write("second", small())
	w.cfg.AppDir = filepath.Join(w.dir, "second")
	for name, call := range map[string]func() error{
		"run":     func() error { _, err := w.engine().Run(context.Background()); return err },
		"plan":    func() error { _, err := w.engine().Plan(context.Background()); return err },
		"restore": func() error { _, err := w.engine().Restore(context.Background(), RestoreOptions{}); return err },
	} {
		if c, ok := errors.AsType[*ConfigError](call()); !ok || c.ExitCode() != 2 {
			t.Errorf("%s believes the manifest of another app", name)
		}
	}
	w.same("second", small())
}

// A backupDir that is set or emptied while images are online would leave behind
// what wecos remembers.
func TestBackupDirChanges(t *testing.T) {
	for _, dirs := range [][2]string{{"", "wecos_backup"}, {"wecos_backup", ""}, {"wecos_backup", "other"}} {
		w := newWorld(t, small())
		set := func(dir string) {
			if w.cfg.BackupDir = dir; dir != "" {
				w.cfg.BackupDir = filepath.Join(w.dir, dir)
			}
		}
		set(dirs[0])
		w.run()
		set(dirs[1])
		before := w.stamps(".")
		for name, call := range map[string]func() error{
			"run":     func() error { _, err := w.engine().Run(context.Background()); return err },
			"plan":    func() error { _, err := w.engine().Plan(context.Background()); return err },
			"restore": func() error { _, err := w.engine().Restore(context.Background(), RestoreOptions{}); return err },
		} {
			if c, ok := errors.AsType[*ConfigError](call()); !ok || c.Hint() == "" {
				t.Errorf("%s forgets what is online when backupDir goes from %q to %q", name, dirs[0], dirs[1])
			}
		}
		if after := w.stamps("."); !maps.Equal(before, after) {
			t.Error("something was written")
		}
		set(dirs[0])
		w.restore()
		set(dirs[1])
		w.run()
		w.same("app", w.slimmed())
		w.restore()
		w.same("app", small())
	}
}

// A project may move as a whole.
func TestProjectMoves(t *testing.T) {
	w := newWorld(t, small())
	w.run()
	to := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(w.dir, to); err != nil {
		t.Fatal(err)
	}
	w.dir = to
	w.cfg.Dir, w.cfg.AppDir, w.cfg.BackupDir = to, filepath.Join(to, "app"), filepath.Join(to, "backup")
	if res := w.run(); res.Pending() {
		t.Errorf("%+v", res)
	}
	w.restore()
	w.same("app", small())
}

// lock keeps runs out, as another process would.
func (w *world) lock() *safefs.Lock {
	w.t.Helper()
	r, err := safefs.CreateRoot(w.cfg.StateDir())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { r.Close() })
	lock, err := r.Lock(context.Background(), lockFile, time.Now(), false)
	if err != nil {
		w.t.Fatal(err)
	}
	return lock
}

func TestOneRunAtATime(t *testing.T) {
	w := newWorld(t, small())
	lock := w.lock()
	for name, call := range map[string]func(*Engine) error{
		"run":     func(e *Engine) error { _, err := e.Run(context.Background()); return err },
		"restore": func(e *Engine) error { _, err := e.Restore(context.Background(), RestoreOptions{}); return err },
	} {
		if e, ok := errors.AsType[*Error](call(w.engine())); !ok || !strings.Contains(e.Error(), "process") || e.Hint() == "" {
			t.Errorf("%s beside another process: %v", name, e)
		}
	}
	if _, err := w.engine().Plan(context.Background()); err != nil {
		t.Errorf("plan beside another process: %v", err)
	}
	w.same("app", small())
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.same("app", w.slimmed())
}

func TestPlanMentionsAnInterruptedRun(t *testing.T) {
	w := newWorld(t, small())
	w.hook = w.crashInCommit()
	w.engine().Run(context.Background())
	w.hook = nil
	now := w.stamps(".")
	res, err := w.engine().Plan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0].Text, "interrupted") {
		t.Errorf("warnings are %v", res.Warnings)
	}
	for name, stamp := range w.stamps(".") {
		if now[name] != stamp {
			t.Errorf("plan changed %s", name)
		}
	}
	runs, err := w.engine().Log(context.Background())
	if err != nil || len(runs) != 1 || !runs[0].Unfinished {
		t.Errorf("the log is %+v, %v", runs, err)
	}
	if notes := w.run().Notes; len(notes) != 1 || !strings.Contains(notes[0], "finished the interrupted run") {
		t.Errorf("the next run says %q", notes)
	}
}

func TestLog(t *testing.T) {
	w := newWorld(t, small())
	if runs, err := w.engine().Log(context.Background()); err != nil || len(runs) != 0 {
		t.Errorf("%v %v", runs, err)
	}
	id := w.run().Run
	w.write("app", tree{"img/a.png": png("x", 200)})
	w.run()
	runs, err := w.engine().Log(context.Background())
	if err != nil || len(runs) != 2 || runs[0].ID != id || runs[0].Removed != 8 || runs[0].References != 7 || runs[1].Removed != 1 {
		t.Errorf("%+v %v", runs, err)
	}
	w.restore()
	runs, _ = w.engine().Log(context.Background())
	if len(runs) != 2 || !runs[0].Restored || !runs[1].Restored {
		t.Errorf("after a restore: %+v", runs)
	}
}

func TestBackupsInsideTheApp(t *testing.T) {
	w := newWorld(t, small())
	w.cfg.BackupDir = filepath.Join(w.cfg.AppDir, "backup")
	if _, err := w.engine().Run(context.Background()); err == nil {
		t.Error("backups that would ship are accepted")
	}
	w.same(".", prefixed("app/", small()))
}
