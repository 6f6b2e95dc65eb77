package rewrite

import (
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// literalEnds returns the names that end some string literal: the literal
// itself, and what follows a character that is no letter or digit.
func (d *decider) literalEnds() map[string]bool {
	if d.ends != nil {
		return d.ends
	}
	d.ends = map[string]bool{}
	stems := map[string]bool{}
	for _, im := range d.all {
		stems[stem(path.Base(im.path))] = true
	}
	add := func(v string) {
		for i := len(v) - 1; i >= 0 && len(v)-i <= 255; i-- {
			if i == 0 || !letterByte(v[i-1]) {
				if s := v[i:]; stems[s] {
					d.ends[s] = true
				}
			}
		}
	}
	for _, f := range d.in.Sources {
		for _, w := range f.Words {
			add(w.Value)
		}
		for i := range f.Refs {
			r := &f.Refs[i]
			add(r.Value)
			add(r.Head)
			add(r.Tail)
		}
	}
	return d.ends
}

func letterByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// nameByte reports whether c can belong to the same name as its neighbour, so
// that my-icon.png is not taken for icon.png.
func nameByte(c byte) bool {
	return letterByte(c) || c == '_' || c == '-' || c == '@' || c == '$' || c == '.'
}

// words settles the literals that are only names: each keeps the images of its
// name, unless it completes a dynamic reference. Literals with a folder that
// complete one are never rewritten on their own.
func (d *decider) words() {
	d.complete()
	completed := d.completions()
	for _, b := range d.bares {
		at := d.place(b.f, b.r.Whole.Start)
		for _, im := range b.im {
			im.referenced = true
			d.used(im, at)
			if completed[completion{im, b.r.Value}] {
				continue
			}
			if b.r.Pos == LocalOnly {
				d.stay(im, LocalOnlyAPI, at, localHint(b.r))
				continue
			}
			d.stay(im, NameInCode, at, "")
		}
	}
	rest := d.uses[:0]
	for _, u := range d.uses {
		if !u.url && d.completes(u.r.Value) {
			d.stay(u.im, DynamicRef, d.place(u.f, u.r.Whole.Start), "this string completes a path that is put together at run time")
			continue
		}
		rest = append(rest, u)
	}
	d.uses = rest
}

// complete adds to the candidates of every dynamic reference the images that
// some literal, put into it, names: those in deeper folders too.
func (d *decider) complete() {
	if len(d.dynamics) == 0 {
		return
	}
	literals := map[string]bool{}
	for _, f := range d.in.Sources {
		for _, w := range f.Words {
			literals[w.Value] = true
		}
		for i := range f.Refs {
			if !f.Refs[i].Dynamic {
				literals[f.Refs[i].Value] = true
			}
		}
	}
	for _, dy := range d.dynamics {
		prefix := dy.dir + "/" + dy.rest
		if dy.dir == "." {
			prefix = dy.rest
		}
		i, _ := slices.BinarySearchFunc(d.all, prefix, func(im *picture, p string) int { return strings.Compare(im.path, p) })
		for ; i < len(d.all) && strings.HasPrefix(d.all[i].path, prefix); i++ {
			im := d.all[i]
			mid, ok := strings.CutSuffix(im.path[len(prefix):], dy.tail)
			if ok && literals[mid] {
				im.referenced = true
				dy.candidates = appendNew(dy.candidates, im)
			}
		}
	}
}

// completion is a string that, put into a dynamic reference, names an image.
type completion struct {
	im    *picture
	value string
}

// completions lists for every candidate of a dynamic reference the string that
// completes it.
func (d *decider) completions() map[completion]bool {
	out := map[completion]bool{}
	d.completing = map[string]bool{}
	for _, dy := range d.dynamics {
		for _, im := range dy.candidates {
			rel := strings.TrimPrefix(im.path, dy.dir+"/")
			if len(rel) < len(dy.rest)+len(dy.tail) {
				continue
			}
			v := rel[len(dy.rest) : len(rel)-len(dy.tail)]
			out[completion{im, v}] = true
			d.completing[v] = true
		}
	}
	return out
}

func (d *decider) completes(value string) bool { return d.completing[value] }

// guard is the last one: an image stays when its name stands somewhere as a
// token that nothing explained.
func (d *decider) guard(f *Facts) {
	if len(f.Names) == 0 {
		return
	}
	spans := d.covered[f]
	slices.SortFunc(spans, func(a, b source.Span) int { return a.Start - b.Start })
	spans = merge(spans)
	i := 0
	for _, n := range f.Names {
		for i < len(spans) && spans[i].End <= n.Span.Start {
			i++
		}
		if i < len(spans) && spans[i].Start <= n.Span.Start && n.Span.End <= spans[i].End {
			continue
		}
		ims, reason, hint := named(n.Text, d.byName), NameInCode, ""
		if len(ims) == 0 {
			ims, reason = named(fold(n.Text), d.namesFolded()), CaseMismatch
		}
		if len(ims) == 0 || inAddress(f.Lines.Data(), n.Span.Start) {
			continue
		}
		if f.Err != nil {
			reason = UnparsedSource
			hint = f.Path + " cannot be parsed: " + f.Err.Text
		}
		d.stayAll(ims, reason, d.place(f, n.Span.Start), hint)
	}
}

// merge joins sorted spans that touch.
func merge(spans []source.Span) []source.Span {
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// named returns the images whose base name ends text as a whole token; names are
// all images by base name.
func named(text string, names map[string][]*picture) []*picture {
	var out []*picture
	marked := strings.ContainsAny(text, "%?#")
	for i := 0; i < len(text); i++ {
		if i > 0 && nameByte(text[i-1]) {
			continue
		}
		if !marked {
			out = append(out, names[text[i:]]...)
			continue
		}
		for _, v := range spellings(text[i:]) {
			for _, im := range names[v] {
				out = appendNew(out, im)
			}
		}
	}
	return out
}

// inAddress reports whether the name at offset is the end of an absolute
// address.
func inAddress(data []byte, offset int) bool {
	start := offset
	for start > 0 && offset-start < 2048 && !strings.ContainsRune(" \t\r\n\"'`<>(){}[],;|", rune(data[start-1])) {
		start--
	}
	run := string(data[start:offset])
	i := strings.Index(run, "://")
	return i > 0 && letterByte(run[i-1])
}

// derive pairs the images whose names code makes from one another.
func (d *decider) derive() {
	type rule struct{ old, new string }
	seen, ends := map[rule]bool{}, map[string]bool{}
	for _, f := range d.in.Sources {
		for _, dv := range f.Derived {
			switch {
			case dv.New == "" || dv.New == dv.Old || slices.Contains(d.suffixes(f), strings.ToLower(dv.New)):
			case dv.Old == "":
				ends[dv.New] = true
			default:
				seen[rule{dv.Old, dv.New}] = true
			}
		}
	}
	pair := func(im *picture, other string) {
		if o := d.byPath[other]; o != nil && o != im {
			d.pairs = append(d.pairs, [2]*picture{o, im})
		}
	}
	for _, im := range d.all {
		for r := range seen {
			for _, other := range siblings(im.path, r.old, r.new) {
				pair(im, other)
			}
		}
		if len(ends) == 0 {
			continue
		}
		ext := path.Ext(im.path)
		for i := range im.path {
			if end := im.path[i:]; ends[end] { // src.split('.')[0] + '_on.png'
				pair(im, im.path[:i])
				pair(im, im.path[:i]+ext)
			}
			if end := strings.TrimSuffix(im.path[i:], ext); end != "" && ends[end] { // src + '@2x'
				pair(im, im.path[:i]+ext)
			}
		}
	}
	slices.SortFunc(d.pairs, func(a, b [2]*picture) int {
		if c := strings.Compare(a[0].path, b[0].path); c != 0 {
			return c
		}
		return strings.Compare(a[1].path, b[1].path)
	})
	for _, p := range d.pairs {
		p[0].plain, p[1].plain = true, true
		p[1].referenced = p[1].referenced || p[0].referenced
	}
}

// siblings returns the paths from which code may have made p by putting new in
// the place of old.
func siblings(p, old, new string) []string {
	var out []string
	for i := 0; ; {
		j := strings.Index(p[i:], new)
		if j < 0 {
			return out
		}
		out = append(out, p[:i+j]+old+p[i+j+len(new):])
		i += j + len(new)
	}
}
