package rewrite

import (
	"cmp"
	"slices"
	"strings"
)

// Use is a source that names an image, or may, and the first place where it
// does.
type Use struct {
	Image string
	At    Place
}

// StyleFile is a url() of a style sheet that names a file of the package:
// devices do not load it.
type StyleFile struct {
	Value string // as written
	At    Place
	Image string // the image that it names; "" when it is no image of the app
}

// users are the sources that name each image, with the first place in each.
type users map[*picture]map[string]Place

// used notes that the source at names im, whether im goes or stays. Only
// Input.Usage asks for it.
func (d *decider) used(im *picture, at Place) {
	if d.users == nil || at.File == "" {
		return
	}
	by := d.users[im]
	if by == nil {
		by = map[string]Place{}
		d.users[im] = by
	}
	if was, ok := by[at.File]; !ok || at.compare(was) < 0 {
		by[at.File] = at
	}
}

// usage lists who names what, by image and place. Whoever makes the name of an
// image from that of another uses both.
func (d *decider) usage() []Use {
	if d.users == nil {
		return nil
	}
	for _, dy := range d.dynamics {
		for _, im := range dy.candidates {
			d.used(im, dy.at)
		}
		for _, im := range dy.deeper {
			d.used(im, dy.at)
		}
	}
	for _, p := range d.pairs {
		for _, at := range d.users[p[0]] {
			d.used(p[1], at)
		}
	}
	var out []Use
	for im, by := range d.users {
		for _, at := range by {
			out = append(out, Use{Image: im.path, At: at})
		}
	}
	slices.SortFunc(out, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.Image, b.Image), a.At.compare(b.At))
	})
	return out
}

// styleFiles lists the url()s of style sheets that name a file of the package,
// whether it exists or not, in the order of their places.
func (d *decider) styleFiles() []StyleFile {
	if d.users == nil {
		return nil
	}
	var out []StyleFile
	for _, f := range d.in.Sources {
		if !f.Kind.Style() || f.Err != nil {
			continue
		}
		for i := range f.Refs {
			r := &f.Refs[i]
			if r.Form != CSSText || r.Dynamic || r.Frozen || isURL(r.Value) || strings.HasPrefix(r.Value, "#") || len(r.Value) > maxPath {
				continue
			}
			s := StyleFile{Value: r.Value, At: d.place(f, r.Whole.Start)}
			first, _ := d.bases(f, r)
			if hits := d.hits(first, r.Value); len(hits) > 0 {
				s.Image = hits[0].path
			}
			out = append(out, s)
		}
	}
	return out
}
