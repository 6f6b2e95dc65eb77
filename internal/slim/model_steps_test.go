package slim

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/wecos-go/wecos/internal/safefs"
)

// step takes one step of a person or of wecos.
func (m *model) step() {
	m.t.Helper()
	type choice struct {
		weight int
		take   func()
	}
	choices := []choice{
		{30, m.person},
		{14, m.runToEnd},
		{6, m.runWhileEdited},
		{8, m.restoreAll},
		{8, m.restoreSome},
		{4, m.restoreRun},
		{4, m.changeConfig},
		{4, m.collect},
		{10, m.crash},
	}
	total := 0
	for _, c := range choices {
		total += c.weight
	}
	at := m.r.IntN(total)
	for _, c := range choices {
		if at -= c.weight; at < 0 {
			c.take()
			return
		}
	}
}

// runToEnd runs, and most often once more, which must find nothing.
func (m *model) runToEnd() {
	m.say("run")
	res, err := m.engine().Run(context.Background())
	if m.refused(err) {
		return
	}
	if res.Incomplete() {
		m.wrong("failed are %v", res.Failed)
	}
	m.ran(res)
	m.check(true)
	if m.r.IntN(2) == 0 {
		before := m.stamps(".")
		m.say("run again")
		if res, err := m.engine().Run(context.Background()); err != nil || res.Pending() || res.Run != "" {
			m.wrong("a second run finds %+v, %v", res, err)
		}
		if after := m.stamps("."); !maps.Equal(before, after) {
			m.wrong("a second run changed files")
		}
	}
}

func (m *model) ran(res *Result) {
	m.broken = false
	if res.Run != "" {
		m.runs = append(m.runs, res.Run)
	}
}

// refused reports whether a run refused to work, as it may without backups.
func (m *model) refused(err error) bool {
	if err == nil {
		return false
	}
	if c, ok := errors.AsType[*ConfigError](err); !ok || m.cfg.BackupDir != "" || !strings.Contains(c.Error(), "new destination") {
		m.wrong("%v", err)
	}
	m.check(false)
	return true
}

// runWhileEdited is a run beside which a person works.
func (m *model) runWhileEdited() {
	phase := pick(m, []Phase{PhasePlan, PhaseList, PhaseUpload, PhaseProve, PhaseCommit})
	m.say("run, and in phase %s:", phase)
	var once sync.Once
	m.events = func(ev Event) {
		if p, ok := ev.(PhaseStarted); ok && p.Phase == phase {
			once.Do(m.personally)
		}
	}
	res, err := m.engine().Run(context.Background())
	m.events = nil
	m.say("the run that was disturbed")
	if m.refused(err) {
		return
	}
	if res.Incomplete() {
		m.wrong("failed are %v", res.Failed)
	}
	m.ran(res)
	// What a person took away while it left anyhow comes back with the rest.
	app := m.read("app")
	for p, img := range m.online() {
		if app[p] == "" {
			m.images[p] = m.content(p, img.Sum)
		}
	}
	m.check(false)
}

// conflicts reports whether a restore has to find another image in a place, and
// lost whether it could not find the right one any more.
func (m *model) conflicts() (any, lost bool) {
	app := m.read("app")
	for p, img := range m.online() {
		if app[p] != "" && sumOf([]byte(app[p])) != img.Sum {
			any = true
			lost = lost || m.cfg.BackupDir == ""
		}
	}
	return any, lost
}

func (m *model) restoreAll() {
	m.say("restore")
	conflict, lost := m.conflicts()
	res, err := m.engine().Restore(context.Background(), RestoreOptions{})
	if err != nil {
		if !lost {
			m.wrong("%v", err)
		}
		m.check(false)
		return
	}
	m.ran(res)
	if res.Incomplete() != conflict {
		m.wrong("failed are %v", res.Failed)
	}
	m.asWritten()
}

// restoreSome brings an image or a folder back.
func (m *model) restoreSome() {
	online := m.online()
	if len(online) == 0 {
		return
	}
	p := pick(m, slices.Sorted(maps.Keys(online)))
	if m.r.IntN(4) == 0 {
		p = path.Dir(p)
	}
	dry := m.r.IntN(4) == 0
	m.say("restore %s, dry %v", p, dry)
	conflict, _ := m.conflicts()
	before := m.stamps(".")
	res, err := m.engine().Restore(context.Background(), RestoreOptions{Paths: []string{p}, Dir: m.cfg.AppDir, DryRun: dry})
	if dry && !maps.Equal(before, m.stamps(".")) {
		m.wrong("a dry run changed files")
	}
	switch {
	case err != nil && m.unfinished() && dry, err != nil && conflict:
	case err != nil:
		m.wrong("%v", err)
	case res.Incomplete() && !conflict:
		m.wrong("failed are %v", res.Failed)
	case !dry:
		app := m.read("app")
		for _, name := range res.Restored {
			if app[name] != m.images[name] {
				m.wrong("%s is not back", name)
			}
		}
		if (path.Ext(p) != "") != (len(res.Restored) == 1) && len(res.Failed) == 0 && path.Ext(p) != "" {
			m.wrong("%v came back", res.Restored)
		}
	}
	m.check(false)
}

// unfinished reports whether there is a journal.
func (m *model) unfinished() bool {
	_, err := os.Stat(filepath.Join(m.cfg.StateDir(), journalFile))
	return err == nil
}

// restoreRun brings back what one run took away: the images have the content
// again that they had then.
func (m *model) restoreRun() {
	if len(m.runs) == 0 {
		return
	}
	id := pick(m, m.runs)
	m.say("restore --run %s", id)
	res, err := m.engine().Restore(context.Background(), RestoreOptions{Run: id})
	if err != nil {
		if m.cfg.BackupDir != "" {
			m.wrong("%v", err)
		}
		m.check(false)
		return
	}
	app := m.read("app")
	for _, p := range res.Restored {
		if !m.history[p][app[p]] {
			m.wrong("%s has content that it never had", p)
		}
		m.images[p] = app[p]
	}
	m.check(false)
}

func (m *model) changeConfig() {
	switch m.r.IntN(4) {
	case 0:
		m.cfg.FileName = pick(m, []string{"[path][name][ext]", "[path][name].[hash:8][ext]", "[hash:12][ext]"})
		m.say("fileName is %s", m.cfg.FileName)
	case 1:
		m.cfg.KeepUnreferenced = !m.cfg.KeepUnreferenced
		m.say("unreferenced images stay: %v", m.cfg.KeepUnreferenced)
	case 2:
		m.n++
		m.dest.Folder = fmt.Sprintf("%s-v%d/", path.Base(m.dir)+"-"+path.Base(path.Dir(m.dir)), m.n)
		m.say("the destination is %s", m.dest.Folder)
	case 3:
		a, b := "127.0.0.1", "localhost"
		if strings.Contains(m.dest.URLBase, b) {
			a, b = b, a
		}
		m.dest.URLBase = strings.Replace(m.dest.URLBase, a, b, 1)
		m.say("the addresses begin with %s", m.dest.URLBase)
	}
}

func (m *model) collect() {
	if m.unfinished() || m.online() == nil {
		return
	}
	never := m.r.IntN(2) == 0
	m.say("gc, unreferenced %v", never)
	if _, err := m.engine().GC(context.Background(), GCOptions{
		Unreferenced: never, Confirm: func([]Object) (bool, error) { return true, nil },
	}); err != nil {
		m.wrong("%v", err)
	}
	m.check(false)
}

// crash stops a run or a restore for good after some file operation.
func (m *model) crash() {
	n := m.r.Int64N(90)
	var count interface{ Load() int64 }
	var hook safefs.Hook
	hook, count = crashAfter(n)
	m.hook = hook
	m.broken = true
	if m.r.IntN(3) > 0 {
		m.say("run, killed after %d operations", n)
		res, err := m.engine().Run(context.Background())
		if err == nil {
			m.ran(res)
		}
	} else {
		m.say("restore, killed after %d operations", n)
		m.engine().Restore(context.Background(), RestoreOptions{})
	}
	m.hook = nil
	m.say("which ended at %d", count.Load())
	m.check(false)
}
