package safefs

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"sync"
)

// Batch makes many file operations durable together. Syncing a file while
// others still wait to be written makes the file system commit its journal over
// and over; a batch writes first, then syncs all files in parallel, renames
// them, and syncs every folder once.
//
// It may be filled from several goroutines.
type Batch struct {
	workers int

	mu      sync.Mutex
	pending []pending
	folders map[folder]bool
}

// pending is a filled temporary file that waits for its sync and rename.
type pending struct {
	root       *Root
	temp, name string
	mode       fs.FileMode
	old        fs.FileInfo // what is replaced; nil for a new file
	guard      func() error
}

type folder struct {
	root *Root
	name string
}

// NewBatch returns an empty batch that syncs up to workers files at once.
func NewBatch(workers int) *Batch {
	return &Batch{workers: max(workers, 1), folders: map[folder]bool{}}
}

func (b *Batch) add(p pending) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = append(b.pending, p)
}

// touched remembers that the folder name has to be synced.
func (b *Batch) touched(r *Root, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.folders[folder{r, name}] = true
}

// Flush puts everything in place and makes it durable, then the batch is empty.
// One file's failure is its own: the error is a *BatchError that names those
// that were not put in place. When ctx ends, the files that were not put in
// place yet fail with its error.
func (b *Batch) Flush(ctx context.Context) error {
	b.mu.Lock()
	files := b.pending
	b.pending = nil
	b.mu.Unlock()

	errs := make([]error, len(files))
	b.parallel(len(files), func(i int) {
		if errs[i] = ctx.Err(); errs[i] == nil {
			errs[i] = files[i].sync()
		}
	})
	b.parallel(len(files), func(i int) {
		if errs[i] == nil {
			errs[i] = ctx.Err()
		}
		if errs[i] == nil {
			errs[i] = files[i].place()
		}
		if errs[i] != nil {
			errs[i] = errors.Join(errs[i], files[i].root.discard(files[i].temp))
			return
		}
		b.touched(files[i].root, path.Dir(files[i].name))
	})
	var failures []Failure
	for i, err := range errs {
		if err != nil {
			failures = append(failures, Failure{files[i].name, err})
		}
	}
	failures = append(failures, b.syncFolders()...)
	if failures == nil {
		return nil
	}
	return &BatchError{Failures: failures}
}

func (b *Batch) syncFolders() []Failure {
	b.mu.Lock()
	folders := make([]folder, 0, len(b.folders))
	for f := range b.folders {
		folders = append(folders, f)
	}
	b.folders = map[folder]bool{}
	b.mu.Unlock()

	errs := make([]error, len(folders))
	b.parallel(len(folders), func(i int) { errs[i] = folders[i].root.syncDir(folders[i].name) })
	var failures []Failure
	for i, err := range errs {
		if err != nil {
			failures = append(failures, Failure{folders[i].name, err})
		}
	}
	return failures
}

// sync gives the temporary file its mode and makes it durable.
func (p pending) sync() error {
	asked := p.root.before(OpSync, p.temp)
	if err := skipped(asked); err != nil {
		return err
	}
	l, err := local(p.temp)
	if err != nil {
		return err
	}
	// Syncing covers what other handles wrote; Windows wants a writable one.
	f, err := p.root.root.OpenFile(l, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	keepOwner(f, p.old)
	err = f.Chmod(p.mode)
	if err == nil && asked == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// place puts the temporary file where it belongs.
func (p pending) place() error {
	if p.guard != nil {
		if err := p.guard(); err != nil {
			return err
		}
	}
	return p.root.rename(p.temp, p.name)
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
