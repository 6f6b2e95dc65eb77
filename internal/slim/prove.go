package slim

import (
	"context"

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
	content, size := r.p.content(o.Path)
	got, err := upload.Probe(ctx, r.opt.Client, r.opt.Destination.URL(r.p.keys[o.Path]), content, size)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return explain(err)
	}
	r.proven = true
	if got.ForcedDownload {
		r.warnings = append(r.warnings, Warning{
			At:   got.URL,
			Text: "the bucket sends images as downloads, so a browser saves them instead of showing them",
			Hint: "bind a domain of your own to the bucket and name it in targetHost",
		})
	}
	return nil
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
