package slim

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

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
