package slim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
	"github.com/wecos-go/wecos/internal/within"
)

// backups hold the content of images that left the app. The latest lies under
// the image's own path in backupDir; whatever lay there before is among the
// objects of the state folder.
type backups struct {
	root *safefs.Root // nil when no image backups are kept
	st   *state
}

// openBackups opens backupDir; with create it comes into being. With no
// backupDir only the objects are looked at.
func (e *Engine) openBackups(st *state, create bool) (*backups, error) {
	dir := e.opt.Config.BackupDir
	if dir == "" {
		return &backups{st: st}, nil
	}
	open := safefs.OpenRoot
	if create {
		open = safefs.CreateRoot
	}
	root, err := open(dir, safefs.WithHook(e.hook))
	if err != nil && (create || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	return &backups{root: root, st: st}, nil
}

func (b *backups) close() error {
	if b.root == nil {
		return nil
	}
	return b.root.Close()
}

// find tells where the content want of the image at path lies, whole.
func (b *backups) find(path string, want sum) (root *safefs.Root, name string, ok bool) {
	if b.root != nil {
		if got, _, err := b.root.Hash(path); err == nil && sum(got) == want {
			return b.root, path, true
		}
	}
	if b.st.hasObject(want) {
		return b.st.root, objectName(want), true
	}
	return nil, "", false
}

// keep backs up the image t, whose content data is when that was read already.
// The copy is there when batch is flushed.
func (b *backups) keep(app *safefs.Root, t transfer, data []byte, batch *safefs.Batch) error {
	got, _, err := b.root.Hash(t.path)
	switch {
	case err == nil && sum(got) == t.sum:
		return nil
	case err == nil:
		if err := b.archive(t.path, got); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if data != nil {
		return b.root.CreateVerified(t.path, data, t.mode, t.sum, batch)
	}
	return safefs.CopyVerified(app, t.path, b.root, t.path, t.sum, batch)
}

// archive moves the backup at path, whose content is old, to the objects: a
// backup is never overwritten.
func (b *backups) archive(path string, old sum) error {
	err := b.st.putObject(old, func(w io.Writer) error {
		f, err := b.root.Open(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, f)
		return errors.Join(err, f.Close())
	})
	if err != nil {
		return err
	}
	return b.root.RemoveIf(path, old, nil, nil)
}

// saver backs up images while they are uploaded, and the rest of them
// afterwards.
type saver struct {
	*backups
	app   *safefs.Root
	off   bool   // no backups are kept
	stop  func() // ends the uploads, which are for nothing without backups; may be nil
	batch *safefs.Batch
	// rivals are images that share a path but for case: on some disks they have
	// one place in the backups, so that they are kept one after the other.
	rivals map[string]bool

	mu       sync.Mutex
	done     map[string]bool
	failures []safefs.Failure
}

// saver returns one for the images ts.
func (b *backups) saver(app *safefs.Root, ts []transfer, stop func()) *saver {
	s := &saver{backups: b, app: app, stop: stop, batch: safefs.NewBatch(syncers).Eager(), rivals: map[string]bool{}, done: map[string]bool{}}
	known := map[string]string{}
	for _, t := range ts {
		folded := within.Fold(t.path)
		if other, ok := known[folded]; ok && other != t.path {
			s.rivals[other], s.rivals[t.path] = true, true
		}
		known[folded] = t.path
	}
	return s
}

// errNotSaved says that an image has no backup; why is told by finish.
var errNotSaved = errors.New("it has no backup")

// save backs up one image, with its content if that was read already.
func (s *saver) save(t transfer, data []byte) error {
	if s.off || !t.local || s.rivals[t.path] {
		return nil
	}
	return s.saveIn(t, data, s.batch)
}

// saveIn is save with a batch, or with none.
func (s *saver) saveIn(t transfer, data []byte, batch *safefs.Batch) error {
	s.mu.Lock()
	known := s.done[t.path]
	s.done[t.path] = true
	s.mu.Unlock()
	if known {
		return nil
	}
	err := s.keep(s.app, t, data, batch)
	if err == nil {
		return nil
	}
	s.mu.Lock()
	s.failures = append(s.failures, safefs.Failure{Name: t.path, Err: err})
	s.mu.Unlock()
	if !isChanged(err) && s.stop != nil {
		s.stop()
	}
	return errNotSaved
}

// finish backs up those of images that are not yet, and makes all backups
// durable. Images that changed meanwhile are returned; any other failure is an
// error, since nothing may be removed without its backup.
func (s *saver) finish(ctx context.Context, images []transfer) (changed []string, err error) {
	upload.Each(ctx, workers(), images, func(_ context.Context, t transfer) error { return s.save(t, nil) })
	if flushed, ok := errors.AsType[*safefs.BatchError](s.batch.Flush(ctx)); ok && ctx.Err() == nil {
		s.failures = append(s.failures, flushed.Failures...)
	}
	for _, t := range images {
		if ctx.Err() == nil && s.rivals[t.path] && t.local && !s.off {
			_ = s.saveIn(t, nil, nil) // is among the failures
		}
	}
	for _, f := range s.failures {
		if !isChanged(f.Err) {
			return nil, &Error{
				Text: fmt.Sprintf("cannot keep a backup of %s in %s; nothing was changed in the app", f.Name, s.root.Dir()),
				Fix:  "make room or mend the rights of backupDir; without backups: \"backupDir\": \"\"",
				Err:  cause(f.Err),
			}
		}
		changed = append(changed, f.Name)
	}
	return changed, ctx.Err()
}

// isChanged reports whether err says that a file is not what it was, or gone.
func isChanged(err error) bool {
	_, changed := errors.AsType[*safefs.ChangedError](err)
	return changed || errors.Is(err, fs.ErrNotExist) || errors.Is(err, upload.ErrSizeChanged)
}
