package slim

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
)

// TestModel takes random steps of a person and of wecos over a small app, and
// looks after each whether anything is lost. WECOS_CHAOS=1 takes many more,
// WECOS_SEED=n one sequence again, with every step in its log.
func TestModel(t *testing.T) {
	first, n := rand.Uint64N(1<<40), 8
	if os.Getenv("WECOS_CHAOS") != "" {
		n = 1000
	}
	if s := os.Getenv("WECOS_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, n = seed, 1
	}
	shop := newWorld(t, nil)
	end, limited := t.Deadline()
	steps := 0
	for i := range n {
		if limited && time.Until(end) < time.Minute && i > 0 {
			n = i // what was done counts
			break
		}
		m := newModel(shop, first+uint64(i))
		for range 30 {
			m.step()
			if steps++; t.Failed() {
				t.Fatalf("seed %d (WECOS_SEED=%[1]d), the steps were\n  %s", m.seed, strings.Join(m.log, "\n  "))
			}
		}
		m.end()
		if t.Failed() {
			t.Fatalf("seed %d (WECOS_SEED=%[1]d), the steps were\n  %s", m.seed, strings.Join(m.log, "\n  "))
		}
		if n == 1 {
			t.Logf("the steps were\n  %s", strings.Join(m.log, "\n  "))
		}
	}
	t.Logf("%d sequences from seed %d, %d steps", n, first, steps)
}

// line is one line of a source as a person wrote it. The place between pre and
// post may name an image.
type line struct {
	pre, ref, post string
	image          string // that ref names; of a dynamic path, the folder
	dynamic        bool
	// fresh says that no run has seen the line yet.
	fresh bool
}

func (l line) String() string { return l.pre + l.ref + l.post }

// text is one source as a person wrote it.
type text struct {
	lines []line
	eol   string
	// edited says that a person changed it while wecos had edits in it: one
	// spelling of a path may come back as another.
	edited bool
}

// model knows what the app is to the person who writes it, as if wecos was
// never there: what a restore has to give.
type model struct {
	*world
	seed uint64
	r    *rand.Rand
	log  []string

	texts   map[string]*text
	images  tree
	other   tree
	history map[string]map[string]bool // contents that each path ever had
	backed  map[string]string          // contents that the backups ever had, with a name
	runs    []string
	n       int // for names and contents
	// broken says that a run or restore was interrupted since the last that was
	// not.
	broken bool
}

const modelHead = "img/k"

func newModel(shop *world, seed uint64) *model {
	m := &model{
		world: shop.another(nil), seed: seed, r: rand.New(rand.NewPCG(seed, 1)),
		images: tree{}, history: map[string]map[string]bool{}, backed: map[string]string{},
		other: tree{"app.json": `{"pages":["p/one","p/q/two"],"tabBar":{"list":[{"pagePath":"p/one","iconPath":"img/tab.png"}]}}`},
	}
	wxml, wxss := "\n", "\r\n"
	m.texts = map[string]*text{
		"p/one.wxml":   {lines: []line{{pre: "<view>"}, {pre: "</view>"}}, eol: wxml},
		"p/q/two.wxml": {lines: []line{{pre: "<view>"}, {pre: "</view>"}}, eol: wxml},
		"p/one.js":     {lines: []line{{pre: "Page({ data: {"}, {pre: "} })"}}, eol: wxml},
		"app.wxss":     {lines: []line{{pre: ".first { color: red }"}, {pre: ".last { color: red }"}}, eol: wxss},
	}
	for _, p := range []string{"img/pic1.png", "img/pic2.png", "img/d/pic3.jpg", "img/k/1.png", "img/k/2.png", "img/tab.png", "img/alone.png"} {
		m.put(p, m.picture())
	}
	for range 8 {
		m.addReference()
	}
	m.insert("p/one.wxml", 1, line{pre: `<image src="`, ref: "/img/k/{{n}}.png", post: `"/>`, image: modelHead, dynamic: true, fresh: true})
	m.write("app", m.other)
	for name := range m.texts {
		m.write("app", tree{name: m.want(name)})
	}
	if m.r.IntN(4) == 0 {
		m.cfg.BackupDir = ""
		m.say("without backups")
	}
	return m
}

func (m *model) say(format string, args ...any) { m.log = append(m.log, fmt.Sprintf(format, args...)) }

func (m *model) wrong(format string, args ...any) {
	m.t.Helper()
	m.t.Errorf("after %q: "+format, append([]any{m.log[len(m.log)-1]}, args...)...)
}

// picture is content that no image had before.
func (m *model) picture() string {
	m.n++
	return png(fmt.Sprintf("%d of %d", m.n, m.seed), 150+m.r.IntN(100))
}

// want is the source as the person wrote it.
func (m *model) want(name string) string {
	var out []string
	for _, l := range m.texts[name].lines {
		out = append(out, l.String())
	}
	return strings.Join(out, m.texts[name].eol)
}

// put writes an image into the app.
func (m *model) put(p, content string) {
	m.write("app", tree{p: content})
	m.images[p] = content
	if m.history[p] == nil {
		m.history[p] = map[string]bool{}
	}
	m.history[p][content] = true
}

// content finds the content with a hash among those that p ever had.
func (m *model) content(p string, s sum) string {
	for c := range m.history[p] {
		if sumOf([]byte(c)) == s {
			return c
		}
	}
	m.wrong("%s is remembered with content that it never had", p)
	return ""
}

// online is what wecos remembers, or will after it finished what was
// interrupted.
func (m *model) online() map[string]image {
	st, err := m.engine().openState()
	if err != nil {
		m.t.Fatal(err)
	}
	if st == nil {
		return nil
	}
	defer st.close()
	man, err := st.loadManifest(m.cfg.AppDir)
	if err != nil {
		m.t.Fatal(err)
	}
	j, err := st.loadJournal()
	if err != nil {
		m.t.Fatal(err)
	}
	if j != nil {
		man.remember(&j.record)
	}
	return man.Images
}

// check looks at the app, the backups and what is online. In a settled app,
// which a run has just seen as it is, no path may lead nowhere.
func (m *model) check(settled bool) {
	m.t.Helper()
	app, kept, online := m.read("app"), m.contents(), m.online()
	for c, name := range m.backed {
		if kept[c] == "" && m.cfg.BackupDir != "" {
			m.wrong("the backup in %s is gone", name)
		}
	}
	m.backed = kept
	for _, p := range slices.Sorted(maps.Keys(m.images)) {
		img, is := online[p]
		switch content := m.images[p]; {
		case app[p] == content:
		case app[p] != "":
			m.wrong("%s has other content", p)
		case !is || m.content(p, img.Sum) != content:
			m.wrong("%s is gone and not remembered", p)
		case m.cfg.BackupDir != "" && kept[content] == "":
			m.wrong("%s is gone and in no backup", p)
		case !img.Deleted && m.fetch(m.address(img)) != content && (m.cfg.BackupDir == "" || settled):
			m.wrong("%s is gone and not online", p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.texts)) {
		m.checkText(name, app, online, settled)
	}
	for name, content := range m.other {
		if app[name] != content {
			m.wrong("%s is %q", name, app[name])
		}
	}
	for name := range app {
		if safefs.IsTemp(name) && !m.broken {
			m.wrong("%s was left", name)
		}
	}
}

// contents are those of all backups, each with the name of one.
func (m *model) contents() map[string]string {
	out := map[string]string{}
	if m.cfg.BackupDir == "" || !onDisk(m.cfg.BackupDir) {
		return out
	}
	for name, c := range m.read("backup") {
		if !safefs.IsTemp(name) && (!strings.HasPrefix(name, ".wecos/") || strings.HasPrefix(name, ".wecos/"+objectsDir)) {
			out[c] = name
		}
	}
	return out
}

func onDisk(dir string) bool {
	_, err := os.Stat(dir)
	return err == nil
}

func (m *model) address(img image) string {
	st, err := m.engine().openState()
	if err != nil {
		m.t.Fatal(err)
	}
	defer st.close()
	man, err := st.loadManifest(m.cfg.AppDir)
	if err != nil {
		m.t.Fatal(err)
	}
	if d, ok := man.Destinations[img.Dest]; ok {
		return d.upload().URL(img.Key)
	}
	return m.dest.URL(img.Key) // of the run that was interrupted
}

// fetch is what an address serves; "" when it serves nothing.
func (m *model) fetch(url string) string {
	resp, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return ""
	}
	return string(data)
}

// checkText compares a source with what the person wrote: nothing but the
// references may differ, and each of them leads somewhere.
func (m *model) checkText(name string, app tree, online map[string]image, settled bool) {
	m.t.Helper()
	tx := m.texts[name]
	lines := strings.Split(app[name], tx.eol)
	if len(lines) != len(tx.lines) {
		m.wrong("%s has %d lines, not %d:\n%s", name, len(lines), len(tx.lines), app[name])
		return
	}
	for i := range lines {
		l := &tx.lines[i]
		is, ok := l.in(lines[i])
		switch {
		case !ok || l.ref == "" && is != "":
			m.wrong("%s:%d is %q, written as %q", name, i+1, lines[i], l)
		case l.ref == "":
		case !strings.HasPrefix(is, "http"):
			if is != l.ref && (!tx.edited || resolve(name, is) != resolve(name, l.ref)) {
				m.wrong("%s:%d is %q, written as %q", name, i+1, lines[i], l)
			}
			l.ref = is
			for _, p := range m.named(*l) {
				if _, away := online[p]; app[p] == "" && m.images[p] != "" && (settled || !l.fresh) {
					m.wrong("%s:%d needs %s, which is gone (online: %v)", name, i+1, p, away)
				}
			}
		default:
			for _, p := range m.named(*l) {
				if _, away := online[p]; !away && !settled {
					continue // an image that a person just added
				}
				url := is
				if l.dynamic {
					url = strings.Replace(is, "{{n}}.png", path.Base(p), 1)
				}
				got := m.fetch(url)
				moves := m.broken && got == "" && app[p] == m.images[p] // the head was to move
				if !moves && !m.history[p][got] || settled && got != m.content(p, online[p].Sum) {
					m.wrong("%s:%d: %s does not serve %s", name, i+1, url, p)
				}
			}
		}
		if settled {
			l.fresh = false
		}
	}
}

// in finds what stands in the line's place for an image.
func (l line) in(now string) (is string, ok bool) {
	rest, a := strings.CutPrefix(now, l.pre)
	is, b := strings.CutSuffix(rest, l.post)
	return is, a && b
}

// named are the images that a line names.
func (m *model) named(l line) []string {
	if !l.dynamic {
		return []string{l.image}
	}
	var out []string
	for p := range m.images {
		if path.Dir(p) == l.image {
			out = append(out, p)
		}
	}
	return out
}

// resolve is where a path in a source leads.
func resolve(file, ref string) string {
	if strings.HasPrefix(ref, "/") {
		return path.Clean(ref)[1:]
	}
	return path.Join(path.Dir(file), ref)
}

// end brings everything back, after which the app is what the person wrote.
func (m *model) end() {
	m.say("the end: run")
	if _, err := m.engine().Run(context.Background()); err != nil && m.cfg.BackupDir != "" {
		m.wrong("%v", err)
	}
	m.check(false)
	m.restoreAll()
}

// asWritten fails unless the app is what the person wrote.
func (m *model) asWritten() {
	m.t.Helper()
	m.broken = false
	m.check(false)
	want, app := tree{}, m.read("app")
	maps.Copy(want, m.other)
	maps.Copy(want, m.images)
	for name, tx := range m.texts {
		want[name] = m.want(name)
		tx.edited = false
	}
	maps.DeleteFunc(app, func(name, _ string) bool { return filepath.Ext(name) == ".restored" })
	if d := diff(want, app); d != "" {
		m.wrong("the app differs from what was written:\n%s", d)
	}
}
