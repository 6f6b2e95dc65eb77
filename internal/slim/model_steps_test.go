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

// person does one thing that a person does with an editor or a file manager.
func (m *model) person() {
	m.personally()
	m.check(false)
}

func (m *model) personally() {
	steps := []func(){
		m.addReference, m.addReference, m.addLine, m.addLine, m.removeLine, m.changeLine, m.swapLines,
		m.addImage, m.addImage, m.replaceImage, m.removeImage, m.moveImage,
	}
	steps[m.r.IntN(len(steps))]()
}

func pick[T any](m *model, from []T) T { return from[m.r.IntN(len(from))] }

func (m *model) source() string { return pick(m, slices.Sorted(maps.Keys(m.texts))) }

// lines are those of a source as it is now.
func (m *model) lines(name string) []string {
	data, err := os.ReadFile(filepath.Join(m.cfg.AppDir, filepath.FromSlash(name)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		m.t.Fatal(err)
	}
	return strings.Split(string(data), m.texts[name].eol)
}

// save writes a source as editors do: in place, or through another file.
func (m *model) save(name string, lines []string) {
	m.texts[name].edited = true
	content := strings.Join(lines, m.texts[name].eol)
	if m.r.IntN(2) == 0 {
		m.write("app", tree{name: content})
		return
	}
	m.write("app", tree{name + "~": content})
	p := filepath.Join(m.cfg.AppDir, filepath.FromSlash(name))
	if err := os.Rename(p+"~", p); err != nil {
		m.t.Fatal(err)
	}
}

func (m *model) insert(name string, at int, l line) {
	tx := m.texts[name]
	now := m.lines(name)
	if len(now) == len(tx.lines) {
		m.save(name, slices.Insert(now, at, l.String()))
	}
	tx.lines = slices.Insert(tx.lines, at, l)
}

// inside is a line of a source that is neither the first nor the last.
func (m *model) inside(name string) (at int, ok bool) {
	n := len(m.texts[name].lines)
	if n < 3 {
		return 0, false
	}
	return 1 + m.r.IntN(n-2), true
}

// form is how an image is named in a source, and what stands around it.
func (m *model) form(name, image string) line {
	m.n++
	ref := "/" + image
	if path.Ext(name) == ".wxss" || m.r.IntN(2) == 0 && path.Ext(name) != ".js" {
		ref = relativePath(path.Dir(name), image)
	}
	l := line{ref: ref, image: image, fresh: true}
	switch path.Ext(name) {
	case ".wxss":
		l.pre, l.post = fmt.Sprintf(".c%d { background: url(", m.n), ") }"
	case ".js":
		l.pre, l.post = fmt.Sprintf("  c%d: '", m.n), "',"
	default:
		l.pre, l.post = "  <image src=\"", fmt.Sprintf("\" data-n=\"%d\"/>", m.n)
		if m.r.IntN(3) == 0 {
			l.post = "\"/>"
		}
	}
	return l
}

func (m *model) addReference() {
	var images []string
	for p := range m.images {
		if path.Dir(p) != modelHead && p != "img/tab.png" {
			images = append(images, p)
		}
	}
	if len(images) == 0 {
		return
	}
	slices.Sort(images)
	name, image := m.source(), pick(m, images)
	l := m.form(name, image)
	m.say("%s names %s: %s", name, image, l)
	m.insert(name, 1+m.r.IntN(len(m.texts[name].lines)-1), l)
}

func (m *model) addLine() {
	m.n++
	name := m.source()
	l := line{pre: fmt.Sprintf("<text>%d</text>", m.n)}
	switch path.Ext(name) {
	case ".wxss":
		l.pre = fmt.Sprintf(".t%d { color: blue }", m.n)
	case ".js":
		l.pre = fmt.Sprintf("  t%d: %[1]d,", m.n)
	}
	m.say("%s gets %s", name, l)
	m.insert(name, 1+m.r.IntN(len(m.texts[name].lines)-1), l)
}

func (m *model) removeLine() {
	name := m.source()
	if at, ok := m.inside(name); ok {
		m.say("%s loses line %d: %s", name, at+1, m.texts[name].lines[at])
		m.save(name, slices.Delete(m.lines(name), at, at+1))
		m.texts[name].lines = slices.Delete(m.texts[name].lines, at, at+1)
	}
}

func (m *model) changeLine() {
	name := m.source()
	if at, ok := m.inside(name); ok {
		m.say("%s:%d is indented", name, at+1)
		l := &m.texts[name].lines[at]
		now := m.lines(name)
		l.pre, now[at] = "\t"+l.pre, "\t"+now[at]
		m.save(name, now)
	}
}

func (m *model) swapLines() {
	name := m.source()
	if at, ok := m.inside(name); ok && at > 1 {
		m.say("%s:%d moves up", name, at+1)
		now, l := m.lines(name), m.texts[name].lines
		now[at], now[at-1] = now[at-1], now[at]
		l[at], l[at-1] = l[at-1], l[at]
		m.save(name, now)
	}
}

func (m *model) addImage() {
	m.n++
	p := fmt.Sprintf("img/%snew%d.png", pick(m, []string{"", "d/", "k/"}), m.n)
	m.say("%s is added", p)
	m.put(p, m.picture())
}

// local is an image that lies in the app.
func (m *model) local() (string, bool) {
	app := m.read("app")
	var out []string
	for p := range m.images {
		if app[p] != "" && p != "img/tab.png" {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return "", false
	}
	slices.Sort(out)
	return pick(m, out), true
}

// replaceImage puts another picture in the place of one, in the app or gone.
func (m *model) replaceImage() {
	images := slices.Sorted(maps.Keys(m.images))
	if len(images) > 0 {
		p := pick(m, images)
		m.say("%s is replaced", p)
		m.put(p, m.picture())
	}
}

func (m *model) removeImage() {
	if p, ok := m.local(); ok {
		m.say("%s is deleted", p)
		m.take(p)
	}
}

// take takes an image out of the app: what wecos remembers of it counts again.
func (m *model) take(p string) {
	online := m.online()
	m.remove("app/" + p)
	delete(m.images, p)
	if img, ok := online[p]; ok {
		m.images[p] = m.content(p, img.Sum)
	}
	for _, tx := range m.texts { // until the next run the paths lead nowhere
		for i := range tx.lines {
			l := &tx.lines[i]
			l.fresh = l.fresh || l.image == p || l.dynamic && l.image == path.Dir(p)
		}
	}
}

func (m *model) moveImage() {
	if p, ok := m.local(); ok {
		m.n++
		to := fmt.Sprintf("img/m%d/%s", m.n, path.Base(p))
		m.say("%s moves to %s", p, to)
		content := m.images[p]
		m.take(p)
		m.put(to, content)
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
