package rewrite

import (
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

func (d *decider) static(f *Facts, r *Ref) {
	value := r.Value
	if r.Const == nil && isURL(value) {
		d.cover(f, r.Whole)
		d.address(f, r, value)
		return
	}
	at := d.place(f, r.Whole.Start)
	if r.Const != nil {
		c, ok := d.constant(f, *r.Const)
		if !ok {
			if tail := pathOnly(value); hasSuffixFold(tail, d.suffixes(f)) {
				d.unknownHead(&dynamic{f: f, r: r, at: at, tail: tail}, true)
			}
			return
		}
		value = c + value
	}
	switch {
	case isURL(value):
		d.cover(f, r.Whole)
		d.address(f, r, value)
		return
	case strings.HasSuffix(value, "/"):
		d.folder(f, r, at)
		return
	case strings.HasSuffix(value, `\`):
		meant := *r
		meant.Value = slashed(value)
		d.folder(f, &meant, at)
		return
	case strings.Contains(value, `\`) && hasSuffixFold(pathOnly(value), d.suffixes(f)):
		d.backslashed(f, r, value, at)
		return
	case !hasSuffixFold(pathOnly(value), d.suffixes(f)) && !hasSuffixFold(value, d.suffixes(f)):
		d.unfinished(f, r, value, at)
		return
	}
	if !strings.Contains(value, "/") && r.Pos == Plain {
		if f.Kind == source.JSON {
			d.json(f, r, at)
			return
		}
		d.cover(f, r.Whole)
		hits := d.bareHits(value)
		if len(hits) == 0 {
			d.stayAll(d.namesFolded()[fold(value)], CaseMismatch, at, "")
		}
		d.bares = append(d.bares, bare{f, r, hits})
		return
	}
	if f.Kind == source.JSON {
		d.json(f, r, at)
		return
	}
	d.path(f, r, value, at)
}

func (d *decider) bareHits(value string) []*picture {
	var out []*picture
	for _, v := range spellings(value) {
		for _, im := range d.byName[v] {
			out = appendNew(out, im)
		}
	}
	return out
}

// path resolves a value that names a file.
func (d *decider) path(f *Facts, r *Ref, value string, at Place) {
	first, fallback := d.bases(f, r)
	hits := d.hits(first, value)
	certain := true
	if len(hits) == 0 && len(fallback) > 0 {
		hits = d.hits(fallback, value)
		certain = r.Base == Script || r.Base == API
	}
	if len(hits) > 0 || single(value) && plainText(f, r) {
		d.cover(f, r.Whole)
	}
	for _, im := range hits {
		d.used(im, at)
	}
	pos, hint := r.Pos, ""
	if r.Base == ComponentAttr {
		if _, plugin := d.components(f.Path, r.Tag); plugin {
			pos, hint = LocalOnly, "what a plugin does with this path is unknown"
		}
	}
	uses := len(d.uses)
	defer func() {
		if len(hits) > 0 && len(d.uses) == uses {
			d.kept++
		}
	}()
	if r.Base == Script && d.localFuncs[r.API] || slices.ContainsFunc(r.Given, func(name string) bool { return d.localFuncs[name] }) {
		pos = LocalOnly
	}
	leak, leaked := d.leaked(f, r)
	switch {
	case len(hits) == 0:
		d.dangling(f, r, value, at, append(slices.Clone(first), fallback...))
		return
	case pos == LocalOnly:
		if hint == "" && r.API != "" {
			hint = localHint(r)
		}
		d.stayAll(hits, LocalOnlyAPI, at, hint)
	case len(hits) > 1:
		d.stayAll(hits, Ambiguous, at, "this path names "+hits[0].path+" and "+hits[1].path+": write it from the root, beginning with /")
	case !certain:
		d.stay(hits[0], Ambiguous, at, "")
	case leaked:
		d.stay(hits[0], LocalOnlyAPI, leak, "the image of this call comes from another file, and could not be followed there")
	case d.lost(f) != nil:
		d.stay(hits[0], LocalOnlyAPI, *d.lost(f), "the image of this call could not be followed, so the images named in its file stay")
	case r.Frozen && f.Kind.Style():
		d.stay(hits[0], NameInCode, at, "only url() is rewritten in a style sheet")
	case r.Frozen:
		d.stay(hits[0], DynamicRef, at, "this path is only a part of a longer expression")
	case d.readOnly(f.Path):
		d.stay(hits[0], NameInCode, at, "this file is never edited")
	case !d.writes(r, d.in.URL(hits[0].path, false)+value[len(pathOnly(value)):]):
		d.stay(hits[0], NameInCode, at, "a URL cannot be written here")
	default:
		hits[0].referenced = true
		d.uses = append(d.uses, use{f: f, r: r, value: value, im: hits[0]})
	}
}

// writable reports whether an address can be written where r stands.
func (d *decider) writable(r *Ref) bool { return d.writes(r, "https://h/a.png") }

// writes reports whether value can be written where r stands.
func (d *decider) writes(r *Ref, value string) bool {
	_, ok := encode(r.Form, r.Quote, r.Outer, value)
	return ok
}

// dangling handles a path that names no file: it may be meant for a file that
// it nearly names.
func (d *decider) dangling(f *Facts, r *Ref, value string, at Place, bases []string) {
	near := d.foldHits(bases, value)
	if !r.Frozen { // a piece of something longer is no path of its own
		d.noteMissing(value, at, near)
	}
	if len(near) > 0 {
		d.misspelled(value, near[0].path, near, at)
		return
	}
	i, j := placeholder(value)
	if i < 0 {
		i, j = d.replaced(value)
	}
	if i >= 0 {
		dy := &dynamic{f: f, r: r, at: at, head: value[:i], tail: pathOnly(value[j:])}
		d.collect(dy, bases)
		d.stayAll(dy.candidates, DynamicRef, at, "part of this path is filled in at run time")
	}
	d.stayAll(d.gallery.tail(value), NameInCode, at, "this path names no file; if it is meant for this image, correct it")
}

// placeholder finds the parts of a path that a function will fill in: %s, {0},
// $1, :name. It returns where the first begins and the last ends, or -1.
func placeholder(value string) (start, end int) {
	start = -1
	for i := strings.IndexByte(value, '/') + 1; i < len(value); i++ {
		c := value[i]
		next := byte(0)
		if i+1 < len(value) {
			next = value[i+1]
		}
		switch {
		case c == '%' && (next == 's' || next == 'd') || c == '$' && letterByte(next):
			end = i + 2
		case c == ':' && letterByte(next):
			end = i + 1
			for end < len(value) && letterByte(value[end]) {
				end++
			}
		case c == '{' || c == '<':
			j := strings.IndexAny(value[i:], "}>")
			if j < 0 {
				continue
			}
			end = i + j + 1
		case c == '*':
			end = i + 1
		default:
			continue
		}
		if start < 0 {
			start = i
		}
		i = end - 1
	}
	return start, end
}

// json keeps what a JSON file names.
func (d *decider) json(f *Facts, r *Ref, at Place) {
	reason, hint := jsonRule(path.Base(f.Path), r.API)
	first, _ := d.bases(f, r)
	hits := d.hits(first, r.Value)
	if len(hits) == 0 {
		hits = d.foldHits(first, r.Value)
		if reason != InJSON { // a place where the platform reads an image
			d.noteMissing(r.Value, at, hits)
			if len(hits) > 0 {
				d.misspelled(r.Value, hits[0].path, nil, at)
			}
		}
	}
	if len(hits) == 0 {
		hits = d.gallery.tail(r.Value)
	}
	if len(hits) > 0 || single(r.Value) {
		d.cover(f, r.Whole)
	}
	if len(hits) > 0 {
		d.kept++
	}
	d.stayAll(hits, reason, at, hint)
}

// folder keeps the images directly in a folder that a literal names, unless
// every use of the literal was understood.
func (d *decider) folder(f *Facts, r *Ref, at Place) {
	if d.understood(f, r) {
		return
	}
	if r.Open {
		d.begins(f, r, r.Value)
	}
	first, fallback := d.bases(f, r)
	found := false
	for _, bases := range [][]string{first, fallback} {
		for _, b := range bases {
			dir, ok := joinPath(b, pathOnly(r.Value))
			if !ok || dir == "." || !d.hasImages(dir) {
				continue
			}
			found = true
			d.stayAll(d.byDir[dir], DynamicRef, at, "code puts paths together from this folder")
		}
		if found {
			return
		}
	}
	d.misspelledFolder(append(slices.Clone(first), fallback...), r.Value, at)
}

// address handles an address that is already in the code.
func (d *decider) address(f *Facts, r *Ref, value string) {
	plain := value
	im := d.byURL[plain]
	if im == nil {
		plain = pathOnly(value)
		im = d.byURL[plain]
	}
	d.noteAddress(f, r, value, im)
	if im == nil {
		return
	}
	im.referenced = true
	if d.users != nil {
		d.used(im, d.place(f, r.Whole.Start))
	}
	if f.Kind != source.JSON && !r.Frozen && !d.readOnly(f.Path) && d.writable(r) {
		d.uses = append(d.uses, use{f: f, r: r, value: value, im: im, url: true})
	}
}

func (d *decider) suffixes(f *Facts) []string { return f.opt.Suffixes }
