// Package losstest says whether wecos lost anything: it knows what an app was
// before a run and what an undisturbed run makes of it, and judges any state in
// between. It serves tests only, and never looks into the engine: it reads what
// lies on disk and in the bucket.
package losstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Tree is what lies below a folder: path with slashes → content.
type Tree map[string]string

// ReadTree reads the regular files below dir; a missing folder is empty.
func ReadTree(dir string) (Tree, error) {
	out := Tree{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	return out, err
}

// Write writes the files of t below dir.
func (t Tree) Write(dir string) error {
	for name, content := range t {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Differences lists what is not as in want.
func (t Tree) Differences(want Tree) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		got, there := t[name]
		switch {
		case !there:
			out = append(out, name+" is missing")
		case got != want[name]:
			out = append(out, fmt.Sprintf("%s is %.200q, not %.200q", name, got, want[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if _, wanted := want[name]; !wanted {
			out = append(out, name+" is too much")
		}
	}
	return out
}

// Ledger is what one app was and what a run makes of it.
type Ledger struct {
	Before, After Tree              // the app
	Keys          map[string]string // of the images that leave, by path
	// Edits are those of each edited source, in order.
	Edits map[string][]Edit
}

// Edit is one place of a source: offsets in what it was, what a run writes
// there, and the images that must be there for as long as it is not written.
type Edit struct {
	Start, End int
	New        string
	Images     []string
}

// Learn fills a ledger from an undisturbed run: before is what the app was, app
// is its folder now and state the folder in which the run is on record.
func Learn(before Tree, app, state string) (*Ledger, error) {
	after, err := ReadTree(app)
	if err != nil {
		return nil, err
	}
	l := &Ledger{Before: before, After: after, Keys: map[string]string{}, Edits: map[string][]Edit{}}
	runs, err := filepath.Glob(filepath.Join(state, "runs", "*.json"))
	if err != nil {
		return nil, err
	}
	for _, name := range runs {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := l.learn(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(before)) {
		if _, stays := after[p]; !stays && l.Keys[p] == "" {
			return nil, fmt.Errorf("%s is gone, and no run says that it took it", p)
		}
	}
	return l, nil
}

func (l *Ledger) learn(raw []byte) error {
	var rec struct {
		Data struct {
			Files []struct {
				Path  string
				Edits []Edit
			}
			Images []struct {
				Path, Key string
				Remove    bool
			}
		}
	}
	if err := json.Unmarshal(raw, &rec); err != nil {
		return err
	}
	for _, f := range rec.Data.Files {
		l.Edits[f.Path] = append(l.Edits[f.Path], f.Edits...)
	}
	for _, img := range rec.Data.Images {
		if img.Remove {
			l.Keys[img.Path] = img.Key
		}
	}
	return nil
}

// Now is a state to be judged.
type Now struct {
	App Tree
	// Backup is what lies in backupDir; nil when no backups are kept.
	Backup Tree
	// Online tells what lies under a key of the bucket.
	Online func(key string) (content string, ok bool)
	// Leftovers says that temporary files may lie around: something was just
	// stopped.
	Leftovers bool
}

// Lost lists what is lost or would not work in this state: nothing, wherever a
// run, a recovery or a restore was stopped.
func (l *Ledger) Lost(now Now) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	gone := map[string]bool{}
	for _, p := range slices.Sorted(maps.Keys(l.Keys)) {
		if _, there := now.App[p]; there {
			continue
		}
		gone[p] = true
		if now.Backup != nil && now.Backup[p] != l.Before[p] {
			say("%s is gone and in no backup", p)
		}
		if online, ok := now.Online(l.Keys[p]); !ok || online != l.Before[p] {
			say("%s is gone and not online", p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(l.Before)) {
		content, there := now.App[p]
		switch after, edited := l.After[p]; {
		case !there && !gone[p]:
			say("%s is gone", p)
		case !there, content == l.Before[p], edited && content == after, content == l.partly(p, gone, false), content == l.partly(p, gone, true):
		default:
			say("%s is neither what it was nor what it becomes: %.200q", p, content)
		}
	}
	for _, source := range slices.Sorted(maps.Keys(l.Edits)) {
		before, after := now.App[source] == l.Before[source], now.App[source] == l.After[source]
		for _, e := range l.Edits[source] {
			for _, p := range e.Images {
				if before && gone[p] {
					say("%s names %s, which is gone", source, p)
				}
				if online, ok := now.Online(l.Keys[p]); (after || gone[p]) && l.Keys[p] != "" && (!ok || online != l.Before[p]) {
					say("%s names the address of %s, which is not online", source, p)
				}
			}
		}
	}
	for _, p := range slices.Sorted(maps.Keys(now.App)) {
		if _, known := l.Before[p]; !known && !(now.Leftovers && strings.HasPrefix(path.Base(p), ".wecos-tmp-")) {
			say("%s is too much", p)
		}
	}
	return out
}

// partly is what becomes of a source when some images cannot leave, or come back:
// the places that stand for those that are gone have their addresses, and those
// for other hosts the new host or the old one.
func (l *Ledger) partly(source string, gone map[string]bool, hosts bool) string {
	var out strings.Builder
	at := 0
	for _, e := range l.Edits[source] {
		if slices.ContainsFunc(e.Images, func(p string) bool { return gone[p] }) || hosts && len(e.Images) == 0 {
			out.WriteString(l.Before[source][at:e.Start] + e.New)
			at = e.End
		}
	}
	return out.String() + l.Before[source][at:]
}
