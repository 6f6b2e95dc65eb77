package slim

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
)

// prove asks for one final URL as anybody would, before the first edit: a
// private bucket or a wrong targetHost must not empty the app. One URL is
// enough, since all of a destination share host, bucket and rights.
func (r *run) prove(ctx context.Context) error {
	if r.proven {
		return nil
	}
	o, ok := r.witness()
	if !ok {
		return nil
	}
	r.emit(PhaseStarted{Phase: PhaseProve})
	key := r.p.keys[o.Path]
	want, ok := r.served[key]
	if !ok {
		want.Sum, want.Size = r.p.content(o.Path)
		if known := r.p.man.Images[o.Path]; known.Key == key && known.Sum == want.Sum {
			want = known.served()
		}
	}
	c := check{url: r.opt.Destination.URL(key), path: o.Path}
	got, err := upload.Probe(ctx, r.opt.Client, c.url, want.Sum, want.Size)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return explain(err)
	}
	r.proven = true
	r.asked = map[string]bool{suffix(o.Path): true}
	r.warn(c.flaws(c.url, got))
	return nil
}

// maxSamples bounds the requests of a check of samples.
const maxSamples = 8

// sample asks for one more image of each type that went online, as anybody
// would, and warns of what a device or a browser would stumble over. It comes
// last and changes nothing: what answers wrongly is a matter of the bucket or
// of what stands in front of it, not of this run.
func (r *run) sample(ctx context.Context) {
	if !r.proven {
		return
	}
	smallest := map[string]string{} // by suffix
	for _, name := range slices.Sorted(maps.Keys(r.sent)) {
		kind := suffix(name)
		if r.asked[kind] || r.replaced[r.sent[name].key] { // a cache may hold the old one for a while
			continue
		}
		if other, ok := smallest[kind]; !ok || r.sent[name].size < r.sent[other].size {
			smallest[kind] = name
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(smallest)) {
		if len(r.asked) == maxSamples {
			return
		}
		r.asked[kind] = true
		name := smallest[kind]
		key := r.sent[name].key
		want := r.served[key]
		r.warn(r.ask(ctx, check{url: r.opt.Destination.URL(key), path: name, image: &image{Sum: want.Sum, Size: want.Size}}))
	}
}

// suffix tells the types of images apart.
func suffix(name string) string { return strings.ToLower(path.Ext(name)) }

// warn makes warnings of findings, one of each kind: what is wrong with one
// image of a bucket is wrong with all.
func (r *run) warn(found []Finding) {
	for _, f := range found {
		same := func(w Warning) bool { return w.Text == "the address "+f.Text }
		if !slices.ContainsFunc(r.warnings, same) {
			r.warnings = append(r.warnings, Warning{At: f.URL, Text: "the address " + f.Text, Hint: f.Hint})
		}
	}
}

// witness picks the image whose URL is asked for. One that was just replaced
// is the last choice: a cache in front of the bucket may still hold the old
// bytes for a while.
func (r *run) witness() (rewrite.Offload, bool) {
	var found rewrite.Offload
	ok := false
	for _, o := range r.p.dec.Offload {
		key := r.p.keys[o.Path]
		_, fresh := r.online[key]
		switch {
		case !fresh && r.p.man.Images[o.Path].Deleted: // by gc: nothing is there
		case fresh && !r.replaced[key]:
			return o, true
		case fresh && !ok, !fresh && !ok && len(r.p.dec.Edits) > 0:
			found, ok = o, true
		}
	}
	return found, ok
}
