package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// source finds changes and hands them to a sink. All its methods are called
// from the one goroutine that owns the watcher.
type source interface {
	// wake fires when collect has something to do; nil never does.
	wake() <-chan struct{}
	// next is when collect is due of itself; zero is never.
	next() time.Time
	// collect hands over what changed. An error means that this source is of no
	// further use.
	collect(ctx context.Context) error
	// confirm is told what stands in the root's place now and reports whether
	// that is another folder than the one that was watched so far. If it is, it
	// is watched from now on. Errors are those of collect.
	confirm(ctx context.Context, root fs.FileInfo) (replaced bool, err error)
	// close frees what the source holds and waits for what it started.
	close() error
}

// sink takes what a source finds.
type sink interface {
	touch(rel string, st stamp)
	lost()
	notice(n Notice)
}

func (w *Watcher) touch(rel string, st stamp) { w.settler.touch(time.Now(), rel, st) }
func (w *Watcher) lost()                      { w.settler.lost(time.Now()) }
func (w *Watcher) notice(n Notice)            { w.opt.Notice(n) }

// start runs the watcher in a goroutine of its own until done is closed.
func (w *Watcher) start(ctx context.Context) {
	inner, cancel := context.WithCancel(ctx)
	w.cancel = cancel
	go func() {
		defer close(w.done)
		defer close(w.batches)
		defer cancel()
		w.err = w.run(inner)
		if inner.Err() != nil {
			w.err = ctx.Err() // nil after Close
		}
		w.closeErr = w.src.close()
	}()
}

// run ends with the context's error or with what makes watching impossible. The
// one timer is armed only while something is pending, or for the next listing.
func (w *Watcher) run(ctx context.Context) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if at := w.deadline(); at.IsZero() {
			timer.Stop()
		} else {
			timer.Reset(time.Until(at))
		}
		var out chan Batch // nil: nothing to tell
		offer := w.settler.offer(w.ready)
		if !offer.empty() {
			out = w.batches
		}
		var err error
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case out <- offer:
			w.ready = Batch{}
		case <-w.src.wake():
			err = w.collect(ctx)
		case <-timer.C:
			err = w.tick(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// deadline is when tick has something to do; zero is never.
func (w *Watcher) deadline() time.Time {
	at := w.src.next()
	if due, ok := w.settler.due(); ok && (at.IsZero() || due.Before(at)) {
		at = due
	}
	return at
}

func (w *Watcher) tick(ctx context.Context) error {
	now := time.Now()
	if at := w.src.next(); !at.IsZero() && !now.Before(at) {
		if err := w.collect(ctx); err != nil {
			return err
		}
	}
	if due, ok := w.settler.due(); ok && !now.Before(due) {
		return w.settle(ctx, now)
	}
	return nil
}

func (w *Watcher) collect(ctx context.Context) error { return w.orPoll(ctx, w.src.collect(ctx)) }

// settle moves what has come to rest to the batch that waits for the receiver.
func (w *Watcher) settle(ctx context.Context, now time.Time) error {
	info, err := os.Stat(w.disk.root)
	if vanished(err) || err == nil && !info.IsDir() {
		// Builds remove their output folder and make it again: it has a moment to
		// come back.
		if w.gone.IsZero() {
			w.gone = now
		} else if now.Sub(w.gone) >= w.opt.Most {
			return &RootGoneError{Root: w.opt.Root}
		}
		w.settler.restart(now)
		return nil
	}
	w.gone = time.Time{}
	// A root that cannot be looked at for another reason is the scan's to report.
	if err == nil {
		replaced, err := w.src.confirm(ctx, info)
		if err := w.orPoll(ctx, err); err != nil {
			return err
		}
		if replaced {
			w.notice(Notice{Kind: Replaced})
			w.settler.restart(now)
			return nil
		}
	}
	w.ready = w.ready.merge(w.settler.settle(now))
	return nil
}

// orPoll goes on with listings when err says that events are of no further use.
// What changed in between is not known, so the next batch is Full.
func (w *Watcher) orPoll(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	w.notice(Notice{Kind: Polling, Err: err})
	p, err := newPoller(ctx, w.disk, fallbackPoll, w)
	if errors.Is(err, fs.ErrNotExist) {
		return &RootGoneError{Root: w.opt.Root}
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", w.opt.Root, err)
	}
	// Closing what fails already has nothing more to tell.
	_ = w.src.close()
	w.src = p
	w.lost()
	return nil
}
