package slim

import (
	"cmp"
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
	for {
		ts, err := r.transfers()
		if err != nil {
			return err
		}
		narrowed, err := r.transferAndSave(ctx, ts)
		if err != nil || !narrowed {
			return err
		}
		if err := r.settle(r.p); err != nil {
			return err
		}
	}
}

// transferAndSave puts the content of ts online and backs up what is going to
// leave. It reports whether any image failed, so that the plan has to be made
// again without it.
func (r *run) transferAndSave(ctx context.Context, ts []transfer) (narrowed bool, err error) {
	if len(ts) == 0 {
		return false, nil
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	s := r.backups.saver(r.app, ts, stop)
	s.off = !r.keepsBackups()
	r.prepare()
	narrowed, err = r.transferAll(working, ts, s)
	if err != nil {
		stop() // whatever waits to be put in place is dropped
	}
	leaving := slices.DeleteFunc(slices.Clone(ts), func(t transfer) bool { return r.online[t.key] != t.sum })
	proof := make(chan error, 1)
	go func() {
		if err != nil {
			proof <- nil
		} else {
			proof <- r.prove(ctx) // meanwhile: it is a matter of waiting
		}
	}()
	changed, saveErr := s.finish(working, leaving)
	proveErr := <-proof
	// A backup that failed stopped the uploads, not the other way round.
	if saveErr != nil && !errors.Is(saveErr, context.Canceled) {
		return false, saveErr
	}
	if err := cmp.Or(err, saveErr, proveErr); err != nil {
		return false, err
	}
	for _, t := range leaving {
		r.sent[t.path] = sent{t.key, t.sum, t.size}
	}
	for _, path := range changed {
		delete(r.sent, path)
		r.changed(path)
	}
	return narrowed || len(changed) > 0, nil
}

// transfers lists what the plan needs online, and this run has not put or found
// there.
func (r *run) transfers() (out []transfer, err error) {
	if err := r.loadClaims(true); err != nil {
		return nil, err
	}
	for _, o := range r.p.dec.Offload {
		key := r.p.keys[o.Path]
		content, size := r.p.content(o.Path)
		if was := r.sent[o.Path]; was.key == key && was.sum == content || r.p.inPlace(o) && !r.overtaken(o) {
			continue
		}
		t := transfer{path: o.Path, key: key, sum: content, size: size, local: !o.Remembered, from: r.app, name: o.Path}
		if f := r.p.tree.File(o.Path); f != nil {
			t.mode = f.Mode.Perm()
		}
		if o.Remembered {
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
	if len(out) > 0 {
		err = r.loadClaims(false)
	}
	return out, err
}

// loadClaims reads the claims, unless that was done. For whoever wants to know
// only what contradicts the manifest, unlessSettled leaves out claims that do
// not.
func (r *run) loadClaims(unlessSettled bool) (err error) {
	if r.claims != nil {
		return nil
	}
	if unlessSettled {
		if settled, err := r.st.claimsAre(r.p.man.Claims); settled || err != nil {
			return err
		}
	}
	r.claims, err = r.st.loadClaims()
	return err
}

// overtaken reports whether an interrupted run put newer content under the key
// of an image that has left the app, and the image with that content never left:
// a person took it back. What the backup holds goes online again.
func (r *run) overtaken(o rewrite.Offload) bool {
	content, _ := r.p.content(o.Path)
	latest, ok := r.claims.latest(r.opt.Destination, r.p.keys[o.Path])
	if !ok || latest == content || latest == r.p.man.Images[o.Path].served().Sum {
		return false
	}
	_, _, ok = r.backups.find(o.Path, content)
	return ok
}

// transferAll puts the content of ts online, and backs up on the way what it
// reads anyway.
func (r *run) transferAll(ctx context.Context, ts []transfer, s *saver) (narrowed bool, err error) {
	r.emit(PhaseStarted{Phase: PhaseList})
	found, err := r.listing(ctx, ts)
	if err != nil {
		return false, r.unreachable(err)
	}
	// Equal images with the hash in their key share one object.
	byKey := map[string][]transfer{}
	for _, t := range ts {
		byKey[t.key] = append(byKey[t.key], t)
	}
	keys := slices.Sorted(maps.Keys(byKey))

	fates, served := make([]fate, len(keys)), make([]content, len(keys))
	errs := upload.Each(ctx, r.opt.Config.Concurrency, indices(len(keys)), func(ctx context.Context, i int) (err error) {
		if info, ok := found[keys[i]]; ok {
			fates[i], served[i], err = r.judge(ctx, byKey[keys[i]][0], info)
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
			r.online[key], r.served[key] = t.sum, served[i]
			if latest, ok := r.claims.latest(r.opt.Destination, key); ok && latest != t.sum && latest != served[i].Sum {
				claimed = r.claims.add(r.opt.Destination, key, served[i].Sum) || claimed
			}
		default:
			r.replaced[key] = fates[i] == replace
			claimed = r.claims.add(r.opt.Destination, key, t.sum) || claimed
			todo = append(todo, t)
			bytes += t.size
		}
	}
	// Claimed before it is put: after a crash the object is still ours.
	if claimed {
		if err := r.st.saveClaims(r.claims); err != nil {
			return false, err
		}
	}
	r.missing += len(todo)
	r.emit(PhaseStarted{Phase: PhaseUpload, Files: len(todo), Bytes: bytes})
	served = make([]content, len(todo))
	errs = upload.Each(ctx, r.opt.Config.Concurrency, indices(len(todo)), func(ctx context.Context, i int) (err error) {
		t := todo[i]
		served[i], err = r.send(ctx, t, s)
		if ctx.Err() == nil && !errors.Is(err, errNotSaved) { // else it is not this image that failed
			r.emit(ImageUploaded{Path: t.path, Bytes: t.size, Err: err})
		}
		return err
	})
	claimed = false
	for i, t := range todo { // what is online is online, whatever ends the run
		if errs[i] == nil {
			r.online[t.key], r.put[t.key], r.served[t.key] = t.sum, true, served[i]
			if served[i].Sum != t.sum {
				claimed = r.claims.add(r.opt.Destination, t.key, served[i].Sum) || claimed
			}
		}
	}
	if claimed {
		if err := r.st.saveClaims(r.claims); err != nil {
			return false, err
		}
	}
	if err := stopping(ctx, errs); err != nil {
		return false, err
	}
	for i, t := range todo {
		if errs[i] != nil && !errors.Is(errs[i], errNotSaved) {
			r.failed(byKey[t.key], errs[i])
			narrowed = true
		}
	}
	return narrowed, nil
}

// send uploads one image and returns what its address answers with. If it is
// small enough to be read at once it is backed up while the service is busy
// with it.
func (r *run) send(ctx context.Context, t transfer, s *saver) (content, error) {
	data, err := t.read()
	if err != nil {
		return content{}, err
	}
	saved := make(chan error, 1)
	go func() {
		if data == nil {
			saved <- nil
		} else {
			saved <- s.save(t, data)
		}
	}()
	served, err := r.deliver(ctx, t, data)
	if e, ok := err.(*upload.Error); ok {
		err = &unnamed{e}
	}
	return served, cmp.Or(<-saved, err)
}

// deliver puts t into the store, compressed if that is wanted; data is its content
// when that was read already.
func (r *run) deliver(ctx context.Context, t transfer, data []byte) (content, error) {
	o := upload.Object{Data: data, Open: t.open, Size: t.size, CacheControl: r.opt.Config.CacheControl}
	served := t.content()
	small, err := r.compressor.smaller(ctx, t, data)
	switch {
	case err != nil:
		return served, err
	case small != nil:
		o.Data, served = small, contentOf(small)
	case r.compressor.byService():
		var got upload.Processed
		o.Process = &upload.Processing{Rule: r.compressor.rule, Stored: func(p upload.Processed) { got = p }}
		if err := r.opt.Store.Put(ctx, t.key, o); err != nil {
			return served, err
		}
		return r.processed(ctx, t, got)
	}
	return served, r.opt.Store.Put(ctx, t.key, o)
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
