package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/fsnotify/fsnotify"
)

// events is the source that asks the system. The system's own view of names
// goes stale when folders move, so an event is only a reason to look at the
// disk: what stands there now decides.
type events struct {
	disk
	sink  sink
	queue *queue

	notify *fsnotify.Watcher
	pumped chan struct{} // closed when nothing more comes from notify

	top  *folder // the root; nil while it cannot be watched
	torn bool    // the root itself was removed or moved
}

// newEvents watches every folder below the root.
func newEvents(ctx context.Context, d disk, s sink) (*events, error) {
	e := &events{disk: d, sink: s, queue: newQueue()}
	err := e.begin(ctx)
	if err == nil && e.top == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// begin takes a new handle from the system and watches all folders with it.
func (e *events) begin(ctx context.Context) error {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	e.notify, e.pumped = notify, make(chan struct{})
	// Adding a folder waits, on some systems, until earlier events were taken:
	// that must not be left to the goroutine that adds.
	go func() {
		defer close(e.pumped)
		pump(notify, e.queue)
	}()
	e.torn = false
	e.top, err = e.attach(ctx, ".", false)
	return err
}

// pump moves everything from the system to the queue until notify is closed.
func pump(notify *fsnotify.Watcher, q *queue) {
	events, errs := notify.Events, notify.Errors
	for events != nil || errs != nil {
		select {
		case ev, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			q.put(ev)
		case err, ok := <-errs:
			if !ok {
				errs = nil
				continue
			}
			q.putError(err)
		}
	}
}

func (e *events) close() error {
	if e.notify == nil {
		return nil
	}
	err := e.notify.Close()
	<-e.pumped
	e.notify = nil
	return err
}

// rebuild starts over: what the system watches can no longer be trusted.
func (e *events) rebuild(ctx context.Context) error {
	if err := e.close(); err != nil {
		return err
	}
	return e.begin(ctx)
}

func (e *events) wake() <-chan struct{} { return e.queue.signal }
func (e *events) next() time.Time       { return time.Time{} }

func (e *events) confirm(ctx context.Context, root fs.FileInfo) (bool, error) {
	if e.top != nil && !e.torn && os.SameFile(e.top.info, root) {
		return false, nil
	}
	return true, e.rebuild(ctx)
}

func (e *events) collect(ctx context.Context) error {
	waiting, err := e.queue.take()
	if err != nil {
		// A name that was gone or closed to us when the system looked is no reason
		// to do without events.
		if !errors.Is(err, fsnotify.ErrEventOverflow) && !vanished(err) && !errors.Is(err, fs.ErrPermission) {
			return err
		}
		e.sink.notice(Notice{Kind: Lost, Err: err})
		e.sink.lost()
		if err := e.rebuild(ctx); err != nil {
			return err
		}
	}
	moved := false
	for _, ev := range waiting {
		m, err := e.apply(ctx, ev)
		if err != nil {
			return err
		}
		moved = moved || m
	}
	if moved {
		return e.mend(ctx)
	}
	return nil
}

// apply looks at what an event named and reports whether a watched folder was
// moved.
func (e *events) apply(ctx context.Context, ev event) (moved bool, err error) {
	rel, ok := e.rel(ev.name)
	if !ok {
		return false, nil
	}
	left := ev.ops.Has(fsnotify.Remove | fsnotify.Rename)
	if rel == "." {
		if left {
			e.torn = true
			e.sink.lost()
		}
		return false, nil
	}
	parent, name := e.parent(rel)
	if parent == nil {
		return false, nil // removed since
	}
	known := parent.sub[name]
	info, err := os.Lstat(e.abs(rel))
	if err != nil || !info.IsDir() {
		return e.applyFile(rel, ev.ops, parent, info), nil
	}

	if e.skip(rel, true) {
		if left && !parent.skipped[name] {
			e.sink.touch(rel, stampOf(info)) // a file stood there, maybe
		}
		parent.skipped[name] = true
		return false, nil
	}
	if known != nil && !left && os.SameFile(known.info, info) {
		return false, nil // its files speak for themselves
	}
	if left || known != nil {
		// Something else stood there: what was below it is gone.
		e.detach(rel, parent)
		e.sink.touch(rel, stampOf(info))
	}
	f, err := e.attach(ctx, rel, true)
	if f != nil {
		parent.sub[name] = f
	}
	return known != nil && ev.ops.Has(fsnotify.Rename), err
}

// applyFile is apply for a name at which no folder stands; info is nil if
// nothing does.
func (e *events) applyFile(rel string, ops fsnotify.Op, parent *folder, info fs.FileInfo) (moved bool) {
	name := path.Base(rel)
	st := stamp{}
	if info != nil {
		st = stampOf(info)
	}
	if parent.sub[name] != nil {
		e.detach(rel, parent)
		e.sink.touch(rel, st)
		return ops.Has(fsnotify.Rename)
	}
	if parent.skipped[name] {
		delete(parent.skipped, name)
		if info == nil {
			return false
		}
	}
	if !e.skip(rel, false) {
		e.sink.touch(rel, st)
	}
	return false
}

// unwatched decides what an error means for the folder at rel: nil if the watch
// goes on without it.
func (e *events) unwatched(rel string, err error) error {
	switch {
	case rel == "." && vanished(err):
		e.torn = true
		e.sink.lost()
		return nil
	case rel == ".", exhausted(err):
		return fmt.Errorf("folder %s: %w", rel, plain(err))
	case vanished(err):
		return nil
	}
	e.sink.notice(Notice{Kind: Unwatched, Path: rel, Err: plain(err)})
	return nil
}
