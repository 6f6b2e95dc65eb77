package rewrite

import (
	"path"
	"slices"
	"strings"
)

// dynamic is a reference with an unknown part and the images it may mean.
type dynamic struct {
	f          *Facts
	r          *Ref
	at         Place
	dir, rest  string // folder of the candidates, and how their names begin
	head, tail string // as in the source, the tail without a query
	candidates []*picture
	// deeper are images in folders below that nothing else names: the unknown
	// part may have a slash in it. They go and stay with the reference, but do
	// not hold it back.
	deeper     []*picture
	rewritable bool
	settled    bool
	shadowed   bool
	prefix     string // what replaces the head
	why        string
}

func (dy *dynamic) hint() string {
	h := "this path is put together at run time"
	if dy.why != "" {
		h += ", and " + dy.why
	}
	return h
}

// dynamicRef finds the candidates of a dynamic reference.
func (d *decider) dynamicRef(f *Facts, r *Ref) {
	tail := pathOnly(r.Tail)
	image := hasSuffixFold(tail, d.suffixes(f))
	if !image && r.Pos == Plain {
		d.open(f, r)
		return
	}
	if !image {
		d.open(f, r)
	}
	dy := &dynamic{f: f, r: r, at: d.place(f, r.Whole.Start), head: r.Head, tail: tail}
	known := r.HeadKnown
	if r.Const != nil {
		c, ok := d.constant(f, *r.Const)
		known = ok
		dy.head = c + r.Head
		if !ok {
			dy.head = ""
		}
	}
	if known && isURL(dy.head) {
		d.noteDynamicAddress(dy)
		d.dynamicURL(dy)
		return
	}
	if isURL(strings.TrimLeft(r.Tail, ":")) {
		return
	}
	if known && strings.Contains(dy.head, `\`) {
		d.backslashedHead(dy)
		return
	}
	if !known || !strings.Contains(dy.head, "/") {
		d.unknownHead(dy, image)
		return
	}
	d.knownHead(dy, image)
}

// knownHead handles a head that names a folder.
func (d *decider) knownHead(dy *dynamic, image bool) {
	first, fallback := d.bases(dy.f, dy.r)
	certain := d.collect(dy, first)
	if len(dy.candidates) == 0 {
		d.collect(dy, fallback)
		certain = false
	}
	if len(dy.candidates) == 0 {
		if !d.misspelledHead(dy, append(slices.Clone(first), fallback...)) {
			d.danglingHead(dy)
		}
		return
	}
	for _, im := range dy.candidates {
		im.referenced = true
	}
	d.cover(dy.f, dy.r.Whole)
	d.dynamics = append(d.dynamics, dy)
	if dy.r.Pos == LocalOnly {
		d.stayAll(dy.candidates, LocalOnlyAPI, dy.at, localHint(dy.r))
		return
	}
	if at, ok := d.leaked(dy.f, dy.r); ok {
		d.stayAll(dy.candidates, LocalOnlyAPI, at, "the image of this call comes from another file, and could not be followed there")
		return
	}
	_, plugin := d.components(dy.f.Path, dy.r.Tag)
	switch {
	case dy.r.Base == ComponentAttr && plugin:
		dy.why = "what a plugin does with it is unknown"
	case !certain:
		dy.why = "several folders fit"
	case dy.dir == ".":
		dy.why = "its images lie in the root folder"
	case !image:
		dy.why = "its end is unknown"
	case dy.r.Frozen || !d.writable(dy.r) || d.readOnly(dy.f.Path):
		dy.why = "a URL cannot be written there"
	case d.lost(dy.f) != nil:
		dy.why = "another call in its file could not be followed"
	default:
		dy.rewritable = true
	}
}

// prefixes finds what replaces the heads, now that all candidates are known.
func (d *decider) prefixes() {
	for _, dy := range d.dynamics {
		if dy.rewritable && dy.prefix == "" {
			dy.prefix, dy.why = d.commonPrefix(dy.dir, dy.rest, dy.candidates)
			dy.rewritable = dy.why == ""
		}
	}
}

// collect gathers the candidates from every folder that the head may name;
// false when more than one folder has some.
func (d *decider) collect(dy *dynamic, bases []string) bool {
	i := strings.LastIndexByte(dy.head, '/')
	folders := 0
	seen := map[string]bool{}
	for _, b := range bases {
		dir, ok := joinPath(b, dy.head[:i+1])
		if !ok || seen[dir] {
			continue
		}
		seen[dir] = true
		found, deeper := d.gallery.candidates(dir, dy.head[i+1:], dy.tail, dy.r.Deep)
		if len(found) == 0 {
			continue
		}
		dy.deeper = append(dy.deeper, deeper...)
		folders++
		if folders == 1 {
			dy.dir, dy.rest = dir, dy.head[i+1:]
		}
		for _, im := range found {
			dy.candidates = appendNew(dy.candidates, im)
		}
	}
	return folders == 1
}

// danglingHead keeps what a head means that names no folder as it is written:
// one with an alias, or one that another function completes.
func (d *decider) danglingHead(dy *dynamic) {
	i := strings.LastIndexByte(dy.head, '/')
	folder := strings.Trim(path.Clean("/"+strings.TrimLeft(dy.head[:i+1], "./")), "/")
	for folder != "" && folder != "." {
		found := false
		for _, dir := range d.folders {
			if dir != folder && !strings.HasSuffix(dir, "/"+folder) {
				continue
			}
			ims, _ := d.gallery.candidates(dir, dy.head[i+1:], dy.tail, false)
			found = found || len(ims) > 0
			d.stayAll(ims, DynamicRef, dy.at, dy.hint())
		}
		if found {
			return
		}
		_, folder, _ = strings.Cut(folder, "/")
	}
}

// commonPrefix returns the address that replaces a head so that it fits every
// candidate, or why there is none.
func (d *decider) commonPrefix(dir, rest string, candidates []*picture) (prefix, why string) {
	for _, im := range candidates {
		rel := strings.TrimPrefix(im.path, dir+"/")
		u := d.in.URL(im.path, true)
		if !strings.HasSuffix(u, "/"+rel) {
			return "", "the name " + path.Base(im.path) + " would be written differently in a URL"
		}
		p := strings.TrimSuffix(u, rel)
		if prefix != "" && p != prefix {
			return "", "the images do not lie under one address"
		}
		prefix = p
	}
	return prefix + rest, ""
}

// dynamicURL handles a head that an earlier run replaced: its candidates must
// keep their plain keys, and move when the destination moves.
func (d *decider) dynamicURL(dy *dynamic) {
	for n, base := range d.in.URLBases {
		rest, ok := strings.CutPrefix(dy.head, base)
		if !ok || !strings.Contains(rest, "/") {
			continue
		}
		i := strings.LastIndexByte(rest, '/')
		dy.dir, dy.rest = strings.TrimSuffix(rest[:i+1], "/"), rest[i+1:]
		dy.candidates, dy.deeper = d.gallery.candidates(dy.dir, dy.rest, dy.tail, dy.r.Deep)
		for _, im := range dy.deeper {
			im.plain = true
		}
		if len(dy.candidates) == 0 {
			return
		}
		d.cover(dy.f, dy.r.Whole)
		for _, im := range dy.candidates {
			im.referenced, im.plain = true, true
		}
		prefix, why := d.commonPrefix(dy.dir, dy.rest, dy.candidates)
		switch {
		case why != "":
			d.warnings = append(d.warnings, Warning{At: dy.at, Text: "the images behind this address are put together at run time, and " + why, Hint: "rename them"})
		case n > 0 && prefix != dy.head && !dy.r.Frozen && d.writable(dy.r) && !d.readOnly(dy.f.Path):
			dy.prefix, dy.rewritable = prefix, true
			d.dynamics = append(d.dynamics, dy)
		}
		return
	}
}

// unknownHead keeps the images that a tail alone may mean.
func (d *decider) unknownHead(dy *dynamic, image bool) {
	tail, mid := slashed(dy.tail), make([]string, len(dy.r.Mid))
	for i, m := range dy.r.Mid {
		mid[i] = slashed(m)
	}
	if !image {
		return
	}
	d.cover(dy.f, dy.r.Whole)
	reason, hint := DynamicRef, dy.hint()
	if dy.r.Pos == LocalOnly {
		reason, hint = LocalOnlyAPI, localHint(dy.r)
	}
	if dy.head == "" && !lettered(mid) && slices.Contains(d.suffixes(dy.f), strings.ToLower(tail)) {
		d.stayAll(d.bareSuffix(dy, tail), reason, dy.at, hint)
		return
	}
	found := false
	for _, im := range d.all {
		if ends(im.path, dy.head, mid, tail) {
			found = true
			d.stay(im, reason, dy.at, hint)
		}
	}
	if found {
		return
	}
	head, mid, tail := fold(dy.head), foldAll(mid), fold(tail)
	for i, p := range d.foldedPaths() {
		if ends(p, head, mid, tail) {
			d.stay(d.all[i], CaseMismatch, dy.at, "")
		}
	}
}

// ends reports whether a path may be one of which the beginning is not known.
func ends(p, head string, mid []string, tail string) bool {
	switch {
	case head != "": // a beginning of a name without its folder
		n := path.Base(p)
		return strings.HasPrefix(n, head) && strings.HasSuffix(n, tail) && len(n) >= len(head)+len(tail)
	case lettered(mid): // base + '/tab/' + x + '.png'
		body, ok := strings.CutSuffix("/"+p, tail)
		return ok && holds(body, mid)
	}
	return strings.HasSuffix("/"+p, tail)
}

// lettered reports whether one of the pieces holds a letter or digit.
func lettered(pieces []string) bool {
	return slices.ContainsFunc(pieces, func(p string) bool {
		return strings.IndexFunc(p, func(r rune) bool { return r != '/' && r != '.' }) >= 0
	})
}

// holds reports whether text has the pieces in their order.
func holds(text string, pieces []string) bool {
	for _, p := range pieces {
		_, rest, ok := strings.Cut(text, p)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// bareSuffix returns the images that x + ".png" may mean: those in the
// rendering folder, and those whose stem ends some string literal. What is given
// to a mixin needs no quotes, so in style sheets any word will do.
func (d *decider) bareSuffix(dy *dynamic, tail string) []*picture {
	var out []*picture
	first, _ := d.bases(dy.f, dy.r)
	for _, dir := range first {
		if dir == "." && len(first) > 1 {
			continue
		}
		for _, im := range d.byDir[dir] {
			if strings.HasSuffix(im.path, tail) {
				out = appendNew(out, im)
			}
		}
	}
	ends := d.literalEnds()
	if dy.f.Kind.Style() {
		ends = d.styleWords()
	}
	for _, im := range d.all {
		if name := path.Base(im.path); strings.HasSuffix(name, tail) && ends[strings.TrimSuffix(name, tail)] {
			out = append(out, im)
		}
	}
	return out
}
