package slim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/upload"
)

// commit carries out a journal: it rewrites sources, then removes images, then
// remembers. Every step looks at what is there first, so that a journal can be
// carried out any number of times: that is what recovery does.
type commit struct {
	*Engine
	st      *state
	app     *safefs.Root
	backups *backups
	man     *manifest
	j       *journal

	rewritten map[string]bool
	removed   map[string]bool
	// failures are files that could not be written or removed.
	failures map[string]error
	// changed are files that are no longer what the plan saw.
	changed []string
	// halt is set when edits may not be durable, so that nothing may go.
	halt bool

	// What a run knows of its own plan, and a recovery does not: that the
	// backups were verified just now, what the sources become, and what the
	// files were like.
	backedUp bool
	edited   map[string][]byte
	claims   claims
	seen     *scan.Tree
	// listed are the files of the app after the sources were rewritten; nil for
	// a recovery, which has to ask for each.
	listed map[string]bool
}

func (e *Engine) newCommit(st *state, app *safefs.Root, b *backups, man *manifest, j *journal) *commit {
	return &commit{
		Engine: e, st: st, app: app, backups: b, man: man, j: j,
		rewritten: map[string]bool{}, removed: map[string]bool{}, failures: map[string]error{},
	}
}

// run carries out the journal, which is on disk already. When ctx ends it stops
// between two files and leaves the journal for the next run.
//
// A file that cannot be changed does not stop the others: they name addresses
// that are proven, so the app works whichever of them are done. Only images
// that may still be needed stay.
func (c *commit) run(ctx context.Context) error {
	c.rewrite(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	c.stable(ctx)
	c.remove(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.prune(); err != nil {
		return err
	}
	c.man.OutDir = ""
	c.man.remember(&c.j.record)
	c.man.Claims = sum{}
	if c.claims != nil && c.man.agrees(c.claims) {
		c.man.Claims = c.st.claims
	}
	if err := c.st.saveManifest(c.man); err != nil {
		return err
	}
	return c.st.finish(&c.j.record)
}

// rewrite edits the sources.
func (c *commit) rewrite(ctx context.Context) {
	batch := safefs.NewBatch(syncers)
	wrong := map[string]error{}
	for i, err := range upload.Each(ctx, syncers, c.j.Files, func(_ context.Context, f fileRecord) error {
		return c.rewriteFile(f, batch)
	}) {
		if err != nil {
			wrong[c.j.Files[i].Path] = err
		}
	}
	c.flush(ctx, batch, wrong)
	for _, f := range c.j.Files {
		if c.note(f.Path, wrong[f.Path]) {
			c.rewritten[f.Path] = true
			c.emit(FileChanged{Path: f.Path})
		}
		delete(wrong, f.Path)
	}
	c.halt = len(wrong) > 0 // what is left are folders that could not be synced
}

func (c *commit) rewriteFile(f fileRecord, batch *safefs.Batch) error {
	if text, ok := c.edited[f.Path]; ok {
		return c.app.ReplaceIf(f.Path, f.Before, c.look(f.Path, f.Before), text, batch)
	}
	data, err := c.app.ReadFile(f.Path, maxStateFile)
	if err != nil {
		return err
	}
	switch sumOf(data) {
	case f.After:
		return nil
	case f.Before:
	default:
		return &safefs.ChangedError{Name: f.Path}
	}
	out, err := rewrite.Apply(data, f.edits())
	if err == nil && sumOf(out) != f.After {
		err = fmt.Errorf("the edits of %s do not give what was planned", f.Path)
	}
	if err != nil {
		return err
	}
	return c.app.ReplaceIf(f.Path, f.Before, nil, out, batch)
}

// flush empties batch and adds what failed to wrong.
func (c *commit) flush(ctx context.Context, batch *safefs.Batch, wrong map[string]error) {
	if flushed, ok := errors.AsType[*safefs.BatchError](batch.Flush(ctx)); ok {
		for _, f := range flushed.Failures {
			wrong[f.Name] = f.Err
		}
	}
}

// note sorts the outcome of one file and reports whether it is done.
func (c *commit) note(name string, err error) bool {
	switch {
	case err == nil:
		return true
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case isChanged(err):
		c.changed = append(c.changed, name)
	default:
		c.failures[name] = err
	}
	return false
}

// stable makes sure that no source has changed since the plan: a change may
// name an image that is about to go.
func (c *commit) stable(ctx context.Context) {
	// What was rewritten just now was looked at in that moment.
	want := maps.Clone(c.j.Sources)
	for path := range c.rewritten {
		delete(want, path)
	}
	names := slices.Sorted(maps.Keys(want))
	for i, err := range upload.Each(ctx, workers(), names, func(_ context.Context, name string) error {
		return c.app.Check(name, want[name], c.look(name, want[name]))
	}) {
		c.note(names[i], err)
	}
	if c.seen == nil || !slices.ContainsFunc(c.j.Images, func(img imageRecord) bool { return img.Remove }) {
		return
	}
	// Nor may one have come that nobody has read.
	now, err := scan.List(ctx, c.scanOptions())
	c.listed = make(map[string]bool, len(now))
	for i := range now {
		f := &now[i]
		c.listed[f.Path] = true
		if f.Kind != source.Other && c.seen.File(f.Path) == nil {
			c.changed = append(c.changed, f.Path)
		}
	}
	if err != nil && ctx.Err() == nil {
		c.note("app.json", err)
		c.halt = true
	}
}

// remove takes the images out of the app.
func (c *commit) remove(ctx context.Context) {
	if len(c.changed) > 0 || c.halt {
		return
	}
	needed := map[string]bool{}
	for _, f := range c.j.Files {
		if c.failures[f.Path] != nil {
			for _, e := range f.Edits {
				for _, path := range e.Images {
					needed[path] = true
				}
			}
		}
	}
	batch := safefs.NewBatch(syncers)
	errs := upload.Each(ctx, syncers, c.j.Images, func(_ context.Context, img imageRecord) error {
		if !img.Remove || needed[img.Path] {
			return errStays
		}
		return c.removeImage(img, batch)
	})
	// Removed is removed, whatever becomes of ctx.
	wrong := map[string]error{}
	c.flush(context.WithoutCancel(ctx), batch, wrong)
	maps.Copy(c.failures, wrong)
	for i, img := range c.j.Images {
		if errs[i] != errStays && c.note(img.Path, errs[i]) {
			c.removed[img.Path] = true
			c.emit(FileChanged{Path: img.Path})
		}
	}
}

// errStays marks an image that is not removed, on purpose.
var errStays = errors.New("stays")

func (c *commit) removeImage(img imageRecord, batch *safefs.Batch) error {
	if _, err := c.app.Lstat(img.Path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if same, err := c.spelled(img.Path); !same {
		return cmp.Or[error](err, &safefs.ChangedError{Name: img.Path})
	}
	if c.j.Backup && !c.backedUp {
		if _, _, ok := c.backups.find(img.Path, img.Sum); !ok {
			return fmt.Errorf("its backup is missing or damaged")
		}
	}
	return c.app.RemoveIf(img.Path, img.Sum, c.look(img.Path, img.Sum), batch)
}

// spelled reports whether what is called name is there under exactly that name:
// a person may have changed its case, which some disks do not tell.
func (c *commit) spelled(name string) (bool, error) {
	if c.listed != nil {
		return c.listed[name], nil
	}
	as, err := c.app.Spelling(name)
	return as == name, err
}

// look is what the scan saw of a file with the content want; nil when this run
// did not look.
func (c *commit) look(name string, want sum) *safefs.Seen {
	if c.seen == nil {
		return nil
	}
	f := c.seen.File(name)
	if f == nil || f.Sum != want {
		return nil
	}
	return &safefs.Seen{Info: f.Info, At: f.ReadAt}
}

// prune leaves in the record what really happened.
func (c *commit) prune() error {
	originals, err := c.st.openTexts(c.j.ID)
	if err != nil {
		return err
	}
	for i, f := range c.j.Files {
		if !c.rewritten[f.Path] {
			c.j.Files[i] = c.survived(f, originals.text(f.Path, f.Before))
		}
	}
	c.j.Files = slices.DeleteFunc(c.j.Files, func(f fileRecord) bool { return len(f.Edits) == 0 })
	for i, img := range c.j.Images {
		c.j.Images[i].Remove = c.removed[img.Path]
	}
	return originals.close()
}

// survived is f with the edits that are in the source although this commit did
// not make them: the one that was interrupted did, and a person changed the
// source since. Restore finds them by what stands around them. The original is
// nil when it is lost.
func (c *commit) survived(f fileRecord, original []byte) fileRecord {
	made := f.Edits
	f.Edits = nil
	if c.edited != nil { // no other commit did anything
		return f
	}
	text, err := c.app.ReadFile(f.Path, maxStateFile)
	if err != nil {
		if !isChanged(err) { // it may hold any of them
			f.Edits = made
		}
		return f
	}
	for _, e := range made {
		now, before := occurrences(text, e.New, e.Host, nil), occurrences(original, e.New, e.Host, nil)
		if len(now) > len(before) {
			f.Edits = append(f.Edits, e)
		}
	}
	if out, err := rewrite.Apply(original, f.edits()); err == nil {
		f.After = sumOf(out)
	}
	return f
}
