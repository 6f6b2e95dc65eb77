// Package watch turns file-system events below a mini-program's folder into
// settled batches of changed paths: after a save, a checkout or a build has
// come to rest, one batch names everything that it touched.
//
// It never reads a file's content, and it never scans, decides or edits. What
// a batch names is a hint: whoever receives it looks at the disk.
package watch

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// The times that people do not notice and editors do not exceed.
const (
	defaultQuiet = 300 * time.Millisecond
	defaultMost  = 2 * time.Second
	// fallbackPoll is the interval when events cannot be had.
	fallbackPoll = 2 * time.Second
	// holdFactor times Most is how long a file that keeps changing is waited
	// for. After that it is reported as it is, or a log file inside the app
	// would never be.
	holdFactor = 10
)

// Options say what to watch.
type Options struct {
	// Root is the absolute folder.
	Root string
	// Skip says which files and folders are never watched or reported; rel is
	// relative to Root, with slashes. Nil skips nothing. It is called from one
	// goroutine at a time.
	Skip func(rel string, dir bool) bool
	// Quiet is the silence that ends a batch; 0 is 300 ms.
	Quiet time.Duration
	// Most is the longest time that a batch stays open while changes keep
	// coming, and the time that a removed Root has to come back; 0 is 2 s.
	Most time.Duration
	// Poll, if positive, compares listings (size, modification time, mode)
	// instead of asking for events, with this pause between two of them: network
	// folders send no events. A change that leaves all three as they were goes
	// unnoticed.
	Poll time.Duration
	// Notice, if set, hears what a person should know. It is called from the
	// goroutine that watches and must not block.
	Notice func(Notice)

	// fault, if set, makes watching or listing a folder fail: tests neither use
	// up the system's watches nor run as users whom permissions stop.
	fault func(rel string) error
}

// Batch is what changed since the one before.
type Batch struct {
	// Paths are relative to Root, with slashes, sorted and unique. A path that
	// is or was a folder stands for everything below it; the files of a folder
	// that is merely new are named one by one. A path may be gone again.
	Paths []string
	// Full says that changes were lost: look at everything, whatever Paths says.
	Full bool
	// Moving are files that have not come to rest, in no order: look at them
	// when a later batch names them.
	Moving []string
}

// maxPaths bounds one batch. A full scan is cheaper than that many single
// looks.
const maxPaths = 50_000

// empty reports whether there is nothing to tell.
func (b Batch) empty() bool { return !b.Full && len(b.Paths) == 0 }

// merge returns both batches as one.
func (b Batch) merge(c Batch) Batch {
	switch {
	case c.empty():
		return b
	case b.empty():
		return c
	}
	paths := slices.Concat(b.Paths, c.Paths)
	slices.Sort(paths)
	m := Batch{Paths: slices.Compact(paths), Full: b.Full || c.Full}
	if len(m.Paths) > maxPaths {
		return Batch{Full: true}
	}
	return m
}

// Watcher watches one folder until it is closed, its context ends or the folder
// is gone.
type Watcher struct {
	opt     Options
	disk    disk
	settler *settler
	src     source
	batches chan Batch
	cancel  context.CancelFunc
	done    chan struct{}

	ready Batch     // settled, not yet received
	gone  time.Time // since when the root is missing; zero while it is there

	// Written before done is closed.
	err      error
	closeErr error
}

// Watch begins to watch. When it returns, all folders below Root are watched:
// a scan that begins afterwards misses nothing that no batch tells.
//
// When the system has no events to give (its limit of watches is reached, for
// one), it compares listings instead and says so in a Notice. The error is of
// the Root alone: it cannot be read or is no folder.
func Watch(ctx context.Context, opt Options) (*Watcher, error) {
	w, err := newWatcher(opt)
	if err != nil {
		return nil, err
	}
	if opt.Poll <= 0 {
		w.src, err = newEvents(ctx, w.disk, w)
		if err != nil && ctx.Err() == nil {
			w.notice(Notice{Kind: Polling, Err: err})
		}
	}
	if opt.Poll > 0 || err != nil {
		w.src, err = newPoller(ctx, w.disk, opt.Poll, w)
	}
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", opt.Root, err)
	}
	w.start(ctx)
	return w, nil
}

// newWatcher checks the options and returns a watcher without a source.
func newWatcher(opt Options) (*Watcher, error) {
	info, err := os.Stat(opt.Root)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "watch", Path: opt.Root, Err: syscall.ENOTDIR}
	}
	if err != nil {
		return nil, err
	}
	if opt.Quiet <= 0 {
		opt.Quiet = defaultQuiet
	}
	if opt.Most <= 0 {
		opt.Most = defaultMost
	}
	opt.Most = max(opt.Most, opt.Quiet)
	if opt.Skip == nil {
		opt.Skip = func(string, bool) bool { return false }
	}
	if opt.Notice == nil {
		opt.Notice = func(Notice) {}
	}
	d := disk{root: filepath.Clean(opt.Root), skip: opt.Skip, fault: opt.fault}
	// Some systems name the real folder in their events. Where a link cannot be
	// resolved the path is used as it came.
	if real, err := filepath.EvalSymlinks(d.root); err == nil {
		d.root = real
	}
	return &Watcher{
		opt:     opt,
		disk:    d,
		settler: newSettler(opt.Quiet, opt.Most, d.stamp),
		batches: make(chan Batch),
		done:    make(chan struct{}),
	}, nil
}

// Batches delivers what changed. A slow receiver delays nothing: batches that
// it did not take are merged into one. The channel is closed when the watcher
// ends; Wait says why it did.
func (w *Watcher) Batches() <-chan Batch { return w.batches }

// Wait blocks until the watcher has ended and all it started has too. It
// returns nil after Close, the context's error, or a *RootGoneError.
func (w *Watcher) Wait() error {
	<-w.done
	return w.err
}

// Close ends the watcher at once and waits for it. Changes that were not yet
// received are dropped. It may be called more than once.
func (w *Watcher) Close() error {
	w.cancel()
	<-w.done
	return w.closeErr
}
