package slim

import (
	"context"
	"fmt"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
)

// recover finishes what an interrupted run began. It needs no network: a
// journal exists only when everything in it is online and proven. It goes
// forward whatever the crash left: a source points at what is online, and an
// image without a whole backup stays for the run that follows.
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
	if err := st.mendTexts(app, j); err != nil {
		return nil, err
	}
	for _, f := range j.Files {
		if err := sweep(app, f.Path); err != nil {
			return nil, err
		}
	}
	c := e.newCommit(st, app, b, man, j)
	err = c.run(ctx)
	e.leaves(c)
	if err != nil {
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

// mendTexts makes the archive of original texts whole again, as far as sources
// still are what they were.
func (s *state) mendTexts(app *safefs.Root, j *journal) error {
	had, err := s.openTexts(j.ID)
	if err != nil {
		return err
	}
	originals, lost := map[string][]byte{}, false
	for _, f := range j.Files {
		if text := had.text(f.Path, f.Before); text != nil {
			originals[f.Path] = text
			continue
		}
		lost = true
		if text, err := app.ReadFile(f.Path, maxStateFile); err == nil && sumOf(text) == f.Before {
			originals[f.Path] = text
		}
	}
	if err := had.close(); err != nil || !lost {
		return err
	}
	return s.saveTexts(j.ID, originals)
}

// sweep removes what an interrupted write of name left.
func sweep(r *safefs.Root, name string) error {
	if temp := safefs.TempName(name); exists(r, temp) {
		return r.Remove(temp)
	}
	return nil
}

func exists(r *safefs.Root, name string) bool {
	_, err := r.Lstat(name)
	return err == nil
}
