package slim

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/upload"
)

// goOnline puts every image of the plan online that is not there yet, and
// narrows the plan until it holds only what is. Image backups are made at the
// same time. Nothing in the app is touched.
func (r *run) goOnline(ctx context.Context) error {
	backedUp := map[string]bool{}
	for {
		ts, err := r.transfers()
		if err != nil {
			return err
		}
		var leaving []transfer
		for _, t := range ts {
			if t.local && r.keepsBackups() && !backedUp[t.path] {
				leaving = append(leaving, t)
				backedUp[t.path] = true
			}
		}
		saved := make(chan error, 1)
		var changed []string
		go func() {
			var err error
			changed, err = r.backups.keepImages(ctx, r.app, leaving)
			saved <- err
		}()
		narrowed, err := r.transferAll(ctx, ts)
		if err := errors.Join(err, <-saved); err != nil {
			return err
		}
		for _, path := range changed {
			r.changed(path)
			narrowed = true
		}
		if !narrowed {
			return nil
		}
		if err := r.settle(r.p); err != nil {
			return err
		}
	}
}

// transfers lists what the plan needs online and this run has not seen there.
func (r *run) transfers() ([]transfer, error) {
	var out []transfer
	for _, o := range r.p.dec.Offload {
		key := r.p.keys[o.Path]
		content, size := r.p.content(o.Path)
		if r.online[key] == content {
			continue
		}
		t := transfer{path: o.Path, key: key, sum: content, size: size, local: !o.Remembered, from: r.app, name: o.Path}
		if o.Remembered {
			known := r.p.man.Images[o.Path]
			if here, _ := r.p.man.holds(r.p.dest, known); here && known.Key == key {
				continue
			}
			root, name, ok := r.backups.find(o.Path, content)
			if !ok {
				return nil, &ConfigError{
					Text: "images have to move to a new destination, but " + o.Path + " is in no backup",
					Fix:  "bring the images back with the old destination first: wecos restore",
				}
			}
			t.from, t.name = root, name
		}
		out = append(out, t)
	}
	return out, nil
}

// transferAll puts the content of ts online. It reports whether any image
// failed, so that the plan has to be made again without it.
func (r *run) transferAll(ctx context.Context, ts []transfer) (narrowed bool, err error) {
	if len(ts) == 0 {
		return false, nil
	}
	r.emit(PhaseStarted{Phase: PhaseList})
	found, err := r.listing(ctx, ts)
	if err != nil {
		return false, explain(err)
	}
	// Equal images with the hash in their key share one object.
	byKey := map[string][]transfer{}
	for _, t := range ts {
		byKey[t.key] = append(byKey[t.key], t)
	}
	keys := slices.Sorted(maps.Keys(byKey))

	fates := make([]fate, len(keys))
	errs := upload.Each(ctx, r.opt.Config.Concurrency, indices(len(keys)), func(ctx context.Context, i int) (err error) {
		if info, ok := found[keys[i]]; ok {
			fates[i], err = r.judge(ctx, byKey[keys[i]][0], info)
		}
		return err
	})
	if err := stopping(ctx, errs); err != nil {
		return false, err
	}
	var todo []transfer
	var bytes int64
	claimed := false
	for i, key := range keys {
		t := byKey[key][0]
		switch {
		case errs[i] != nil:
			r.failed(byKey[key], errs[i])
			narrowed = true
		case fates[i] == taken:
			for _, t := range byKey[key] {
				r.p.keyTaken(t)
			}
			narrowed = true
		case fates[i] == same:
			r.isOnline(byKey[key], false)
		default:
			r.replaced[key] = fates[i] == replace
			claimed = r.p.man.claim(r.opt.Destination, key, t.sum) || claimed
			todo = append(todo, t)
			bytes += t.size
		}
	}
	// Claimed before it is put: after a crash the object is still ours.
	if claimed {
		if err := r.st.saveManifest(r.p.man); err != nil {
			return false, err
		}
	}
	r.emit(PhaseStarted{Phase: PhaseUpload, Files: len(todo), Bytes: bytes})
	errs = upload.Each(ctx, r.opt.Config.Concurrency, todo, func(ctx context.Context, t transfer) error {
		err := r.opt.Store.Put(ctx, t.key, t.object(r.opt.Config.CacheControl))
		r.emit(ImageUploaded{Path: t.path, Bytes: t.size, Err: err})
		return err
	})
	if err := stopping(ctx, errs); err != nil {
		return false, err
	}
	for i, t := range todo {
		if errs[i] != nil {
			r.failed(byKey[t.key], errs[i])
			narrowed = true
			continue
		}
		r.isOnline(byKey[t.key], true)
	}
	return narrowed, nil
}

// isOnline notes that the content of ts, which share a key, is there.
func (r *run) isOnline(ts []transfer, uploaded bool) {
	for _, t := range ts {
		r.online[t.key] = t.sum
		r.sent[t.path] = t.size
		r.uploaded[t.path] = uploaded || r.uploaded[t.path]
	}
}

// stopping returns the error that ends the whole run: the context's, or a
// fatal one.
func stopping(ctx context.Context, errs []error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if _, fatal := errors.AsType[*upload.FatalError](err); fatal {
			return explain(err)
		}
	}
	return nil
}

// failed keeps images that could not be put online.
func (r *run) failed(ts []transfer, err error) {
	for _, t := range ts {
		if t.local && isChanged(err) {
			r.changed(t.path)
			continue
		}
		r.p.fail(rewrite.Offload{Path: t.path, Remembered: !t.local}, err)
		r.failures[t.path] = err
	}
}

// changed keeps an image that is not any more what the plan saw, for this
// round.
func (r *run) changed(path string) {
	r.again = true
	r.p.keep[path] = keepReason{rewrite.ChangedDuringRun, "it changed while wecos ran: run wecos again"}
}

// keepsBackups reports whether images that leave the app are backed up.
func (r *run) keepsBackups() bool { return r.opt.Config.BackupDir != "" && !r.copies() }

// copies reports whether the run writes a slimmed copy and leaves the app alone.
func (r *run) copies() bool { return r.opt.Config.OutDir != "" }
