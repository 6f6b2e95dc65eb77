package safefs

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"sync"
)

// Batch makes many file operations durable together. Syncing a file while
// others still wait to be written makes the file system commit its journal over
// and over; a batch syncs files in parallel and in groups, while more of them
// are still being written, renames all of them at the end, and syncs every
// folder once.
//
// It may be filled from several goroutines, but not while it is flushed. A batch
// must be flushed, if only with a context that has ended: that tidies up.
type Batch struct {
	workers int
	eager   bool

	mu      sync.Mutex
	pending []*pending
	open    []*pending // those that are not synced yet
	folders map[touch]bool

	group   sync.Mutex // held while one group is synced
	syncing sync.WaitGroup
}

const (
	// groupSize is the number of files that are synced as a group, and kept
	// open till then.
	groupSize = 512
	// worthwhile is the number of files from which on the whole file system is
	// synced instead of each file: it may have to write what others left too.
	worthwhile = 32
)

// pending is a filled temporary file that waits for its sync and rename.
type pending struct {
	root       *Root
	temp, name string
	mode       fs.FileMode
	old        fs.FileInfo // what is replaced; nil for a new file
	guard      func() error

	file   *os.File // open until it is synced
	placed bool
	err    error
}

type touch struct {
	root *Root
	name string
}

// NewBatch returns an empty batch that syncs up to workers files at once.
func NewBatch(workers int) *Batch {
	return &Batch{workers: max(workers, 1), folders: map[touch]bool{}}
}

// Eager lets the batch put each group of files in place as soon as it is synced,
// for files that nobody is waiting to see together. It returns b.
func (b *Batch) Eager() *Batch {
	b.eager = true
	return b
}

func (b *Batch) add(p *pending) {
	b.mu.Lock()
	b.pending = append(b.pending, p)
	b.open = append(b.open, p)
	var group []*pending
	if len(b.open) >= groupSize {
		group, b.open = b.open, nil
	}
	b.mu.Unlock()
	if group == nil {
		return
	}
	// Whoever fills the next group before this one is synced waits here, so
	// that a slow disk does not gather open files.
	b.group.Lock()
	b.syncing.Go(func() {
		defer b.group.Unlock()
		b.sync(group)
		if b.eager {
			b.place(context.Background(), group)
		}
	})
}

// sync makes the files of one group durable and closes them.
func (b *Batch) sync(group []*pending) {
	var files []*os.File
	var of []*pending
	for _, p := range group {
		// A file whose sync a hook forbids fails, one that it skips is done.
		if err := p.root.before(OpSync, p.temp); err != nil {
			p.err = errors.Join(skipped(err), p.close())
			continue
		}
		files, of = append(files, p.file), append(of, p)
		p.file = nil
	}
	for i, err := range b.syncAndClose(files) {
		of[i].err = err
	}
}

// syncAndClose makes files or folders durable: all at once where the system can
// do that and it pays, else several at a time.
func (b *Batch) syncAndClose(files []*os.File) []error {
	errs := make([]error, len(files))
	if len(files) >= worthwhile {
		if done, err := syncTogether(files); done {
			for i, f := range files {
				errs[i] = errors.Join(err, f.Close())
			}
			return errs
		}
	}
	b.parallel(len(files), func(i int) { errs[i] = errors.Join(files[i].Sync(), files[i].Close()) })
	return errs
}

// touched remembers that the folder name has to be synced.
func (b *Batch) touched(r *Root, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.folders[touch{r, name}] = true
}

// Flush puts everything in place and makes it durable, then the batch is empty.
// One file's failure is its own: the error is a *BatchError that names those
// that were not put in place. When ctx ends, the files that were not put in
// place yet fail with its error.
func (b *Batch) Flush(ctx context.Context) error {
	b.syncing.Wait()
	files, open := b.pending, b.open
	b.pending, b.open = nil, nil
	b.sync(open)
	b.place(ctx, slices.DeleteFunc(slices.Clone(files), func(p *pending) bool { return p.placed }))
	var failures []Failure
	for _, p := range files {
		if p.err != nil {
			failures = append(failures, Failure{p.name, p.err})
		}
	}
	failures = append(failures, b.syncFolders()...)
	if failures == nil {
		return nil
	}
	return &BatchError{Failures: failures}
}

// place puts synced files in place, or tidies up where that fails.
func (b *Batch) place(ctx context.Context, files []*pending) {
	b.parallel(len(files), func(i int) {
		p := files[i]
		if p.err == nil {
			p.err = ctx.Err()
		}
		if p.err == nil {
			p.err = p.place()
		}
		if p.placed = p.err == nil; !p.placed {
			p.err = errors.Join(p.err, p.discard())
			return
		}
		b.touched(p.root, path.Dir(p.name))
	})
}

func (b *Batch) syncFolders() []Failure {
	folders := slices.Collect(maps.Keys(b.folders))
	clear(b.folders)
	var failures []Failure
	for group := range slices.Chunk(folders, groupSize) {
		var files []*os.File
		var of []touch
		for _, t := range group {
			f, err := t.root.openDir(t.name)
			if err != nil {
				failures = append(failures, Failure{t.name, err})
			} else if f != nil {
				files, of = append(files, f), append(of, t)
			}
		}
		for i, err := range b.syncAndClose(files) {
			if err != nil {
				failures = append(failures, Failure{of[i].name, err})
			}
		}
	}
	return failures
}

func (p *pending) close() error {
	f := p.file
	p.file = nil
	if f == nil {
		return nil
	}
	return f.Close()
}

// place puts the temporary file where it belongs.
func (p *pending) place() error {
	if p.guard != nil {
		if err := p.guard(); err != nil {
			return err
		}
	}
	as := p.name
	if p.old != nil { // whoever changed its case since keeps that
		var err error
		if as, err = p.root.spelled(p.name); err != nil {
			return err
		}
	}
	return p.root.rename(p.temp, as)
}

// discard removes a temporary file that is not wanted any more.
func (p *pending) discard() error {
	err := p.close()
	if p.root.missing(p.temp) == nil {
		return err
	}
	return errors.Join(err, p.root.remove(p.temp))
}

// parallel runs fn for 0 to n-1 and returns when all are done.
func (b *Batch) parallel(n int, fn func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(b.workers, n) {
		wg.Go(func() {
			for i := range next {
				fn(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
