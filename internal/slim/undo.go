package slim

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// undone is what taking back edits of one source gives.
type undone struct {
	text  []byte
	edits []editRecord // taken back
	left  []editRecord // not asked for; the record keeps them
	stuck []editRecord // asked for, but their address could not be replaced
}

// undo takes the edits of f that pick selects back in text. original is the
// text before the run, nil when it is lost.
//
// A text that is as the run left it gets the original bytes back. In one that
// changed since, the addresses are found again: first by what stands around
// them, then any that are left. An address is taken back as often as the run
// wrote it; others were written by a person and stay.
func (f *fileRecord) undo(text, original []byte, pick func(editRecord) bool) undone {
	u := undone{text: text}
	for _, e := range f.Edits {
		if pick(e) {
			u.edits = append(u.edits, e)
		} else {
			u.left = append(u.left, e)
		}
	}
	now := sumOf(text)
	switch {
	case now == f.Before:
		// Taken back already, all of them: by hand, or by a restore that was
		// interrupted.
		u.edits, u.left = nil, nil
	case len(u.edits) == 0:
	case now == f.After && original != nil:
		keep := &fileRecord{Edits: u.left}
		if out, err := rewrite.Apply(original, keep.edits()); err == nil {
			u.text = out
			break
		}
		fallthrough
	default:
		u.search(f, original)
	}
	return u
}

// written is an edit where the run wrote it, with what stood around it.
type written struct {
	edit editRecord
	old  string // raw bytes before the run
	around
	used bool
}

// found is a place in the changed text that holds an address of ours.
type found struct {
	span source.Span
	around
	as string // what replaces it
	ok bool
}

// search finds the addresses of u.edits in the changed text and replaces them.
func (u *undone) search(f *fileRecord, original []byte) {
	byNew := map[string][]*written{}
	for _, w := range f.written(original) {
		if slices.ContainsFunc(u.edits, func(e editRecord) bool { return e.Start == w.edit.Start && e.End == w.edit.End }) {
			byNew[w.edit.New] = append(byNew[w.edit.New], w)
		}
	}
	news := make([]string, 0, len(byNew))
	for n := range byNew {
		news = append(news, n)
	}
	// Long ones first: an origin also begins other addresses.
	slices.SortFunc(news, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })

	var taken []found
	u.edits, u.stuck = nil, nil
	for _, n := range news {
		places := occurrences(u.text, n, byNew[n][0].edit.Host, taken)
		match(places, byNew[n], func(a around) (around, bool) { return a, true })
		match(places, byNew[n], func(a around) (around, bool) {
			return around{before: a.before, after: a.after}, a.before+a.after != ""
		})
		match(places, byNew[n], func(a around) (around, bool) {
			return around{prev: a.prev, next: a.next}, a.prev+a.next != ""
		})
		u.rest(f, places, byNew[n])
		for _, p := range places {
			if p.ok {
				taken = append(taken, p)
			}
		}
		for _, w := range byNew[n] {
			if w.used {
				u.edits = append(u.edits, w.edit)
			}
		}
	}
	edits := make([]rewrite.Edit, len(taken))
	for i, p := range taken {
		edits[i] = rewrite.Edit{Span: p.span, New: p.as}
	}
	slices.SortFunc(edits, func(a, b rewrite.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	if out, err := rewrite.Apply(u.text, edits); err == nil {
		u.text = out
	}
}

// written lists the edits of f as they stood after the run.
func (f *fileRecord) written(original []byte) []*written {
	out := make([]*written, 0, len(f.Edits))
	after, err := rewrite.Apply(original, f.edits())
	if original == nil || err != nil {
		// The original is lost: what people read is all that is known.
		for _, e := range f.Edits {
			out = append(out, &written{edit: e, old: strings.Replace(e.New, e.To, e.From, 1)})
		}
		return out
	}
	shift := 0
	for _, e := range f.Edits {
		span := source.Span{Start: e.Start + shift, End: e.Start + shift + len(e.New)}
		shift += len(e.New) - (e.End - e.Start)
		out = append(out, &written{edit: e, old: string(original[e.Start:e.End]), around: surroundings(after, span)})
	}
	return out
}

// match pairs places with edits that have the same key, in order.
func match(places []found, edits []*written, key func(around) (around, bool)) {
	waiting := map[around][]*written{}
	for _, w := range edits {
		if k, ok := key(w.around); ok && !w.used {
			waiting[k] = append(waiting[k], w)
		}
	}
	for i := range places {
		p := &places[i]
		if p.ok {
			continue
		}
		k, _ := key(p.around)
		if q := waiting[k]; len(q) > 0 {
			p.as, p.ok, q[0].used = q[0].old, true, true
			waiting[k] = q[1:]
		}
	}
}

// rest gives the places that nothing around them explains the one spelling that
// the run replaced there, or with several the path from the root.
func (u *undone) rest(f *fileRecord, places []found, edits []*written) {
	var open []*written
	spellings := map[string]bool{}
	for _, w := range edits {
		if !w.used {
			open = append(open, w)
			spellings[w.old] = true
		}
	}
	var free []*found
	for i := range places {
		if !places[i].ok {
			free = append(free, &places[i])
		}
	}
	if len(open) > 0 && open[0].edit.Host && len(free) > len(open) {
		for _, w := range open { // which of them were ours, nobody knows
			u.stuck = append(u.stuck, w.edit)
		}
		return
	}
	for i := range min(len(open), len(free)) {
		as, ok := open[i].old, true
		if len(spellings) > 1 {
			as, ok = open[i].edit.fromRoot(f.Path)
		}
		if !ok {
			u.stuck = append(u.stuck, open[i].edit)
			continue
		}
		free[i].as, free[i].ok, open[i].used = as, true, true
	}
	// What has no place any more was taken out by a person.
	for _, w := range open[min(len(open), len(free)):] {
		w.used = true
	}
}

// fromRoot writes the path of the edit's image in a way that is right whatever
// file it stands in; in a style sheet, which knows no root on a device, relative
// to the file.
func (e editRecord) fromRoot(file string) (string, bool) {
	if len(e.Images) != 1 || e.To == "" || !strings.Contains(e.New, e.To) {
		return "", false
	}
	p := "/" + e.Images[0]
	if source.KindOf(file).Style() {
		p = relativePath(path.Dir(file), e.Images[0])
	}
	if i := strings.IndexAny(e.From, "?#"); i >= 0 && strings.HasSuffix(e.To, e.From[i:]) {
		p += e.From[i:]
	}
	// Anything that quotes or brackets might have to be escaped for is left.
	if strings.ContainsAny(p, " \"'`()\\<>&{}$%") {
		return "", false
	}
	return strings.Replace(e.New, e.To, p, 1), true
}

// relativePath is the way from the folder dir to the file name, both below the
// app root.
func relativePath(dir, name string) string {
	if dir == "." {
		return name
	}
	from, to := strings.Split(dir, "/"), strings.Split(name, "/")
	for len(from) > 0 && len(to) > 1 && from[0] == to[0] {
		from, to = from[1:], to[1:]
	}
	return strings.Repeat("../", len(from)) + strings.Join(to, "/")
}

// around is what stands next to an address: on its line, and the lines before
// and after. Space at the ends does not count, since formatters change it.
type around struct{ prev, before, after, next string }

// window bounds how much of a line is compared: minified code has one line.
const window = 160

func surroundings(text []byte, s source.Span) around {
	start := lineStart(text, s.Start)
	end := lineEnd(text, s.End)
	a := around{
		before: trimmed(text[max(start, s.Start-window):s.Start]),
		after:  trimmed(text[s.End:min(end, s.End+window)]),
	}
	if start > 0 {
		p := lineStart(text, start-1)
		a.prev = trimmed(text[max(p, start-window) : start-1])
	}
	if end < len(text) {
		a.next = trimmed(text[end+1 : min(lineEnd(text, end+1), end+1+window)])
	}
	return a
}

func lineStart(text []byte, i int) int { return bytes.LastIndexByte(text[:i], '\n') + 1 }

func lineEnd(text []byte, i int) int {
	if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(text)
}

func trimmed(b []byte) string { return string(bytes.TrimSpace(b)) }

// occurrences finds the places of text that hold the whole address s, and not
// only a part of a longer one. An origin is followed by its path.
func occurrences(text []byte, s string, origin bool, taken []found) []found {
	var out []found
	if s == "" {
		return nil
	}
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(s))
		if i < 0 {
			return out
		}
		span := source.Span{Start: at + i, End: at + i + len(s)}
		at = span.End
		// Quotes at its ends, if it has any, bound it themselves.
		if span.Start > 0 && addressByte(s[0]) && addressByte(text[span.Start-1]) {
			continue
		}
		if span.End < len(text) && addressByte(s[len(s)-1]) && addressByte(text[span.End]) && !(origin && text[span.End] == '/') {
			continue
		}
		if slices.ContainsFunc(taken, func(t found) bool { return span.Start < t.span.End && t.span.Start < span.End }) {
			continue
		}
		out = append(out, found{span: span, around: surroundings(text, span)})
	}
}

// addressByte reports whether c next to an address makes it a part of a longer
// one.
func addressByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("%._~/@+-", c) >= 0
}
