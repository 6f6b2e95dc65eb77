package slim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
)

// reseal changes the data of a state file and gives it a valid checksum, as
// somebody would who knows how.
func (w *world) reseal(t *testing.T, file string, change func(data any) any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var env envelope
	if err := json.Unmarshal(raw, &env); err != nil {
		t.Fatal(err)
	}
	var data any
	if err := json.Unmarshal(env.Data, &data); err != nil {
		t.Fatal(err)
	}
	forged, err := json.Marshal(change(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(head(env.Format, sumOf(forged))+string(forged)+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// forgeries are the state files that a project may have, and how it comes to
// have them.
var forgeries = map[string]func(w *world){
	manifestFile: func(w *world) { w.run() },
	claimsFile:   func(w *world) { w.run() },
	"runs":       func(w *world) { w.run() },
	journalFile: func(w *world) {
		w.hook = w.crashInCommit()
		w.engine().Run(context.Background())
		w.hook = nil
	},
}

// forged is a world with tiny and one state file that can be forged; beside the
// app lie files that nothing may touch.
func forged(t *testing.T, shop *world, name string) (w *world, file string, outside tree) {
	t.Helper()
	w = shop.another(tiny())
	w.t = t
	w.write(".", tree{"a.png": "mine", "outside/i/a.png": png("a", 200), "outside/i/b.png": png("b", 200), "outside/p/p.wxml": tiny()["p/p.wxml"]})
	outside = w.outside()
	forgeries[name](w)
	file = filepath.Join(w.dir, "backup", ".wecos", name)
	if name == "runs" {
		entries, err := os.ReadDir(file)
		if err != nil || len(entries) != 1 {
			t.Fatal(entries, err)
		}
		file = filepath.Join(file, entries[0].Name())
	}
	return w, file, outside
}

// outside is what lies beside the app and the backups.
func (w *world) outside() tree {
	out := w.read(".")
	for name := range out {
		if strings.HasPrefix(name, "app/") || strings.HasPrefix(name, "backup/") {
			delete(out, name)
		}
	}
	return out
}

// Names that lead out of the app are refused although the checksum is right.
func TestForgedNamesAreRefused(t *testing.T) {
	shop := newWorld(t, nil)
	names := []string{"../outside/i/a.png", "../../a.png", "/etc/hosts", "i/../../outside/i/a.png", "..", ".", "", "i//a.png", "i/./a.png", "i/a.png/"}
	tried := 0
	for _, file := range []string{manifestFile, "runs", journalFile} {
		for _, path := range []string{"i/a.png", "p/p.wxml"} {
			if file == manifestFile && path != "i/a.png" { // it knows images only
				continue
			}
			for _, name := range names {
				t.Run(fmt.Sprintf("%s %s %q", file, path, name), func(t *testing.T) {
					w, state, outside := forged(t, shop, file)
					now := w.read("app")
					w.reseal(t, state, func(data any) any { return renamed(data, path, name) })
					_, err := w.engine().Restore(t.Context(), RestoreOptions{})
					if s, ok := errors.AsType[*StateError](err); !ok || s.Hint() == "" {
						t.Errorf("restore says %v", err)
					}
					if _, err := w.engine().Run(t.Context()); err == nil && file != "runs" {
						t.Error("a run accepts it")
					}
					w.same("app", now)
					if d := diff(outside, w.outside()); d != "" {
						t.Errorf("outside:\n%s", d)
					}
				})
				tried++
			}
		}
	}
	losstest.Figure(t, "forged names with a valid checksum: %d, all refused", tried)
}

// renamed replaces a name in keys and in values.
func renamed(data any, from, to string) any {
	switch v := data.(type) {
	case string:
		if v == from {
			return to
		}
	case []any:
		for i := range v {
			v[i] = renamed(v[i], from, to)
		}
	case map[string]any:
		for key, value := range v {
			v[key] = renamed(value, from, to)
		}
		if value, ok := v[from]; ok {
			delete(v, from)
			v[to] = value
		}
	}
	return data
}

// Whatever a state file says, with a valid checksum, no command panics or
// touches anything outside of the app and its backups.
func TestForgedValuesDoNoHarm(t *testing.T) {
	shop := newWorld(t, nil)
	values := []any{nil, -1, 1 << 53, "", "../outside/i/a.png", strings.Repeat("0", 64), []any{}, map[string]any{}, []any{nil}, true}
	tried := 0
	for file := range forgeries {
		_, state, _ := forged(t, shop, file)
		var paths [][]string
		shop.reseal(t, state, func(data any) any {
			paths = places(data, nil)
			return data
		})
		step := losstest.Every(37)
		for i, path := range paths {
			for j, value := range values {
				if (i*len(values)+j)%step != 0 {
					continue
				}
				tried++
				t.Run(fmt.Sprintf("%s %s %v", file, strings.Join(path, "."), value), func(t *testing.T) {
					w, state, outside := forged(t, shop, file)
					w.reseal(t, state, func(data any) any { return with(data, path, value) })
					w.everyCommand()
					if d := diff(outside, w.outside()); d != "" {
						t.Errorf("outside:\n%s", d)
					}
				})
			}
		}
	}
	losstest.Figure(t, "forged values with a valid checksum: %d, no panic, nothing touched outside", tried)
}

// everyCommand calls every command and ignores what it says.
func (w *world) everyCommand() {
	ctx := context.Background()
	e := w.engine()
	w.write("app", tree{"i/new.png": png("new", 300), "p/new.wxml": `<image src="/i/new.png"/>`}) // so that there is something to do
	e.Plan(ctx)
	e.Log(ctx)
	e.Verify(ctx, VerifyOptions{})
	e.Restore(ctx, RestoreOptions{DryRun: true})
	e.GC(ctx, GCOptions{})
	e.Run(ctx)
	e.Restore(ctx, RestoreOptions{})
	e.Run(ctx)
}

// places lists the ways to all values of data, the whole first.
func places(data any, to []string) [][]string {
	out := [][]string{to}
	switch v := data.(type) {
	case []any:
		for i := range v {
			out = append(out, places(v[i], append(slices.Clone(to), fmt.Sprint(i)))...)
		}
	case map[string]any:
		for key := range v {
			out = append(out, places(v[key], append(slices.Clone(to), key))...)
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// with puts value where path leads.
func with(data any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	switch v := data.(type) {
	case []any:
		for i := range v {
			if fmt.Sprint(i) == path[0] {
				v[i] = with(v[i], path[1:], value)
			}
		}
	case map[string]any:
		if _, there := v[path[0]]; there { // names of runs and hosts differ
			v[path[0]] = with(v[path[0]], path[1:], value)
		}
	}
	return data
}
