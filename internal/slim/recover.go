package slim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
)

// recover finishes what an interrupted run began. It needs no network: a
// journal exists only when everything in it is online and proven. Forward is
// always possible, since the backup of an image that is still in the app can be
// made again, and one that is not had its backup before it went.
func (e *Engine) recover(ctx context.Context, st *state, app *safefs.Root, b *backups) ([]string, error) {
	j, err := st.loadJournal()
	if j == nil || err != nil {
		return nil, err
	}
	man, err := st.loadManifest(app.Dir())
	if err != nil {
		return nil, err
	}
	e.emit(PhaseStarted{Phase: PhaseRecover, Files: len(j.Files) + len(j.Images)})
	if err := backUpAgain(ctx, st, app, b, j); err != nil {
		return nil, err
	}
	c := e.newCommit(st, app, b, man, j)
	if err := c.run(ctx); err != nil {
		return nil, err
	}
	notes := []string{fmt.Sprintf("finished the interrupted run of %s: %d files rewritten, %d images removed",
		j.Started.Local().Format(time.DateTime), len(c.rewritten), len(c.removed))}
	for _, path := range c.changed {
		notes = append(notes, path+" was changed since and is left as it is")
	}
	for path, err := range c.failures {
		notes = append(notes, fmt.Sprintf("%s: %v", path, err))
	}
	return notes, nil
}

// backUpAgain makes the backups of everything that the journal is about to
// change whole, and removes temporary files that the crash left.
func backUpAgain(ctx context.Context, st *state, app *safefs.Root, b *backups, j *journal) error {
	had, err := st.openTexts(j.ID)
	if err != nil {
		return err
	}
	originals, lost := map[string][]byte{}, false
	for _, f := range j.Files {
		if temp := safefs.TempName(f.Path); exists(app, temp) {
			if err := app.Remove(temp); err != nil {
				return errors.Join(err, had.close())
			}
		}
		text := had.text(f.Path, f.Before)
		if text == nil {
			lost = true
			if data, err := app.ReadFile(f.Path, maxStateFile); err != nil || sumOf(data) != f.Before {
				continue
			} else {
				text = data
			}
		}
		originals[f.Path] = text
	}
	if err := had.close(); err != nil {
		return err
	}
	if lost {
		if err := st.saveTexts(j.ID, originals); err != nil {
			return err
		}
	}
	if !j.Backup || b.root == nil {
		return nil
	}
	var images []transfer
	for _, img := range j.Images {
		if info, err := app.Lstat(img.Path); err == nil && img.Remove {
			images = append(images, transfer{path: img.Path, sum: img.Sum, size: img.Size, mode: info.Mode(), local: true})
		}
	}
	// One that changed stays anyway.
	_, err = b.saver(app, nil).finish(ctx, images)
	return err
}

func exists(r *safefs.Root, name string) bool {
	_, err := r.Lstat(name)
	return err == nil
}
