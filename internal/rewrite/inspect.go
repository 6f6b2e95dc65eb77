package rewrite

import (
	"cmp"
	"slices"
	"strings"
)

// Address is an address in the code under which an image is read, or may be.
type Address struct {
	// URL is as written, without a fragment; for a dynamic reference the part
	// before the unknown one.
	URL string
	// Tail is what follows the unknown part of a dynamic reference.
	Tail    string
	Dynamic bool
	At      Place
	// Image is the path of the image that an earlier run put there; "" when
	// none did.
	Image string
	// Ours says that the address lies under one of Input.URLBases.
	Ours bool
}

// Matches reports whether the reference may read the image at url.
func (a Address) Matches(url string) bool {
	if !a.Dynamic {
		return pathOnly(a.URL) == url || a.URL == url
	}
	return len(url) >= len(a.URL)+len(a.Tail) && strings.HasPrefix(url, a.URL) && strings.HasSuffix(url, a.Tail)
}

// Missing is a path in the code that should name an image of the package, but
// names none.
type Missing struct {
	Value string // as written
	At    Place
	// Online is the path of the image when it is online, and only the
	// reference has to be rewritten; "" when there is no such image at all.
	Online string
	// Near is the path of the image that it names but for the case of letters.
	Near string
}

// noteAddress remembers an address that is, or looks like, that of an image.
func (d *decider) noteAddress(f *Facts, r *Ref, value string, im *picture) {
	if !d.in.Inspect {
		return
	}
	a := Address{URL: value, At: d.place(f, r.Whole.Start), Ours: d.ours(value)}
	if i := strings.IndexByte(value, '#'); i >= 0 && im == nil {
		a.URL = value[:i]
	}
	switch {
	case im != nil:
		a.Image, a.Ours = im.path, true
	case !fetched(value):
		return // data:, blob:, a file of the user
	case !a.Ours && r.Pos != ImagePos && !hasSuffixFold(pathOnly(value), d.suffixes(f)):
		return
	}
	d.addresses = append(d.addresses, a)
}

// noteDynamicAddress remembers an address of which only beginning and end are
// known.
func (d *decider) noteDynamicAddress(dy *dynamic) {
	if d.in.Inspect && fetched(dy.head) && d.ours(dy.head) {
		d.addresses = append(d.addresses, Address{URL: dy.head, Tail: dy.tail, Dynamic: true, At: dy.at, Ours: true})
	}
}

// fetched reports whether an address is read over the network.
func fetched(v string) bool {
	for _, p := range []string{"https://", "http://", "//"} {
		if len(v) > len(p) && strings.EqualFold(v[:len(p)], p) {
			return true
		}
	}
	return false
}

func (d *decider) ours(url string) bool {
	return slices.ContainsFunc(d.in.URLBases, func(base string) bool { return strings.HasPrefix(url, base) })
}

// noteMissing remembers a path that names no file. near are images whose path
// differs in case only.
func (d *decider) noteMissing(value string, at Place, near []*picture) {
	// What an alias or another scheme leads to is not known.
	if i, _ := placeholder(value); !d.in.Inspect || i >= 0 || strings.ContainsAny(value, "@~:\\<>{}*\x00") {
		return
	}
	m := Missing{Value: value, At: at}
	if len(near) > 0 {
		m.Near = near[0].path
	}
	d.missing = append(d.missing, m)
}

// found lists the addresses and the paths that name no image, in the order of
// their places.
func (d *decider) found() ([]Address, []Missing) {
	if !d.in.Inspect {
		return nil, nil
	}
	for _, u := range d.uses {
		if !u.url && !u.im.local {
			d.missing = append(d.missing, Missing{Value: u.value, At: d.place(u.f, u.r.Whole.Start), Online: u.im.path})
		}
	}
	slices.SortStableFunc(d.addresses, func(a, b Address) int { return a.At.compare(b.At) })
	slices.SortStableFunc(d.missing, func(a, b Missing) int { return a.At.compare(b.At) })
	return d.addresses, d.missing
}

func (p Place) compare(q Place) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}
