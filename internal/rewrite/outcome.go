package rewrite

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
)

// hints say what a person can do about an image that stays.
var hints = map[Reason]string{
	TabBarIcon:     "tab bar icons must be files of the package",
	ThemeIcon:      "icons named by a theme must be files of the package",
	InJSON:         "references in JSON files are never rewritten",
	LocalOnlyAPI:   "this API takes only files of the package",
	DynamicRef:     "this path is put together at run time",
	Ambiguous:      "write the path from the root, beginning with /",
	NameInCode:     "its name stands there in a way that is no reference: write the whole path where the image is used, or put it on uploadFileBlackList",
	UnparsedSource: "mend the file, then run again",
	CaseMismatch:   "correct the case: devices are case-sensitive",
	Unreferenced:   `nothing names it; "unreferenced": "upload" moves it too`,
}

// localHint says why what stands at r must be a file.
func localHint(r *Ref) string {
	if r.API == "" {
		return hints[LocalOnlyAPI]
	}
	return r.API + " takes only files of the package"
}

// decision writes down what was settled.
func (d *decider) decision() *Decision {
	out := &Decision{Warnings: d.warnings, Misspelled: d.misspellingsInOrder()}
	out.Refs.Found, out.Refs.Kept = d.kept, d.kept
	// Code makes the names of partners from one another, so that a place that
	// is local again needs them all.
	partners := map[*picture][]string{}
	for _, p := range d.pairs {
		if p[0].keep == nil && p[1].keep == nil {
			partners[p[0]] = append(partners[p[0]], p[1].path)
			partners[p[1]] = append(partners[p[1]], p[0].path)
		}
	}
	for _, im := range d.all {
		switch {
		case im.keep != nil:
			out.Kept = append(out.Kept, *im.keep)
		default:
			out.Offload = append(out.Offload, Offload{Path: im.path, Plain: im.plain, Referenced: im.referenced, Remembered: !im.local, Partners: partners[im]})
		}
	}
	edits := map[*Facts][]Edit{}
	out.Addresses, out.Missing = d.found()
	out.Uses, out.StyleFiles = d.usage(), d.styleFiles()
	for _, u := range d.uses {
		d.count(&out.Refs, u)
		if e, ok := d.edit(u); ok {
			if u.url { // an address that moves is a reference found
				out.Refs.Found++
				out.Refs.Rewritten++
			}
			e.Images = partners[u.im]
			edits[u.f] = append(edits[u.f], e)
		}
	}
	for _, dy := range d.dynamics {
		out.Refs.Found++
		out.Refs.Dynamic++
		if !dy.rewritable {
			out.Refs.Kept++
			continue
		}
		if e, ok := d.headEdit(dy); ok {
			out.Refs.Rewritten++
			edits[dy.f] = append(edits[dy.f], e)
		}
	}
	for _, f := range d.in.Sources {
		es := d.replaceHosts(f, edits[f])
		if len(es) == 0 {
			continue
		}
		slices.SortStableFunc(es, func(a, b Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
		out.Edits = append(out.Edits, FileEdits{Path: f.Path, Edits: es})
		for _, e := range es {
			if e.Host {
				out.Refs.HostsReplaced++
			}
		}
	}
	return out
}

func (d *decider) count(c *Counts, u use) {
	switch {
	case u.url:
	case u.im.keep != nil:
		c.Found++
		c.Kept++
	default:
		c.Found++
		c.Rewritten++
	}
}

// edit returns the edit that points a static reference at its image's address.
func (d *decider) edit(u use) (Edit, bool) {
	if u.im.keep != nil {
		return Edit{}, false
	}
	from := u.value
	query := from[len(pathOnly(from)):]
	if !u.url && d.byPath[strings.TrimPrefix(from, "/")] == u.im || d.byURL[from] == u.im {
		query = "" // the mark belongs to the name
	}
	to := d.in.URL(u.im.path, u.im.plain) + query
	if to == from {
		return Edit{}, false
	}
	text, ok := encode(u.r.Form, u.r.Quote, u.r.Outer, to)
	if !ok {
		return Edit{}, false
	}
	return Edit{Span: u.r.Span, New: text, From: from, To: to, At: d.place(u.f, u.r.Whole.Start), Image: u.im.path}, true
}

// headEdit returns the edit that replaces the head of a dynamic reference.
func (d *decider) headEdit(dy *dynamic) (Edit, bool) {
	text, ok := encode(dy.r.Form, dy.r.Quote, dy.r.Outer, dy.prefix)
	if !ok {
		return Edit{}, false
	}
	e := Edit{Span: dy.r.Span, New: text, From: dy.head, To: dy.prefix, At: dy.at}
	for _, im := range dy.candidates {
		e.Images = append(e.Images, im.path)
	}
	return e, true
}

// replaceHosts adds the edits that give addresses in the code their new host.
func (d *decider) replaceHosts(f *Facts, es []Edit) []Edit {
	if len(d.in.ReplaceHost) == 0 || f.Err != nil || f.Kind == source.JSON || d.readOnly(f.Path) {
		return es
	}
	taken := make(map[int]bool, len(es))
	for _, e := range es {
		taken[e.Span.Start] = true
	}
	data := f.Lines.Data()
	seen := map[int]bool{}
	for i := range f.Refs {
		r := &f.Refs[i]
		if taken[r.Span.Start] && !r.Frozen {
			continue
		}
		for _, h := range findHosts(data, r.Whole, d.in.ReplaceHost, d.in.TargetHost) {
			if seen[h.span.Start] || overlaps(es, h.span) {
				continue
			}
			seen[h.span.Start] = true
			es = append(es, Edit{
				Span: h.span, New: h.text, From: h.span.Text(data), To: h.text, At: d.place(f, h.span.Start), Host: true,
			})
		}
	}
	return es
}

func overlaps(es []Edit, s source.Span) bool {
	for _, e := range es {
		if s.Start < e.Span.End && e.Span.Start < s.End {
			return true
		}
	}
	return false
}
