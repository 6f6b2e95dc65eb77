package slim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
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

// keep backs up the image at path, whose content is want. The copy is there
// when batch is flushed.
func (b *backups) keep(app *safefs.Root, path string, want sum, batch *safefs.Batch) error {
	got, _, err := b.root.Hash(path)
	switch {
	case err == nil && sum(got) == want:
		return nil
	case err == nil:
		if err := b.archive(path, got); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return safefs.CopyVerified(app, path, b.root, path, want, batch)
}

// archive moves the backup at path, whose content is old, to the objects: a
// backup is never overwritten.
func (b *backups) archive(path string, old sum) error {
	if !b.st.hasObject(old) {
		if err := b.st.root.Remove(objectName(old)); err != nil { // a damaged one
			return err
		}
		if err := safefs.CopyVerified(b.root, path, b.st.root, objectName(old), old, nil); err != nil {
			return err
		}
	}
	return b.root.RemoveIf(path, old, nil)
}

// keepImages backs up all the images and makes the copies durable. Images that
// changed meanwhile are returned; any other failure is an error, since nothing
// may be removed without its backup.
func (b *backups) keepImages(ctx context.Context, app *safefs.Root, images []transfer) (changed []string, err error) {
	batch := safefs.NewBatch(syncers)
	var failures []safefs.Failure
	for i, err := range upload.Each(ctx, workers(), images, func(_ context.Context, t transfer) error {
		return b.keep(app, t.path, t.sum, batch)
	}) {
		if err != nil {
			failures = append(failures, safefs.Failure{Name: images[i].path, Err: err})
		}
	}
	if flushed, ok := errors.AsType[*safefs.BatchError](batch.Flush(ctx)); ok {
		failures = append(failures, flushed.Failures...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, f := range failures {
		if !isChanged(f.Err) {
			return nil, &Error{
				Text: fmt.Sprintf("cannot back up %s; nothing was changed in the app", f.Name),
				Fix:  "make room or mend the rights of backupDir; without backups: \"backupDir\": \"\"",
				Err:  f.Err,
			}
		}
		changed = append(changed, f.Name)
	}
	return changed, nil
}

// isChanged reports whether err says that a file is not what it was, or gone.
func isChanged(err error) bool {
	_, changed := errors.AsType[*safefs.ChangedError](err)
	return changed || errors.Is(err, fs.ErrNotExist) || errors.Is(err, upload.ErrSizeChanged)
}

// keepTexts puts the original texts of edited sources among the objects.
func (st *state) keepTexts(ctx context.Context, texts map[sum][]byte) error {
	batch := safefs.NewBatch(syncers)
	for s, data := range texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if st.hasObject(s) {
			continue
		}
		if err := st.root.WriteFileAtomic(objectName(s), data, 0o644, batch); err != nil {
			return err
		}
	}
	return batch.Flush(ctx)
}
