package slim

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
)

// location is where the content of an image lies.
type location struct {
	root *safefs.Root
	name string
}

// locate finds the content of every image that comes back. What no backup holds
// is downloaded from where it is online, all of it before anything changes;
// cleanup removes these downloads again.
func (r *restore) locate(ctx context.Context) (from map[string]location, cleanup func() error, err error) {
	from = map[string]location{}
	missing := map[sum]string{} // one image for each content
	for _, path := range slices.Sorted(maps.Keys(r.want)) {
		content := r.want[path]
		if got, _, err := r.app.Hash(path); err == nil && sum(got) == content {
			from[path] = location{r.app, path}
		} else if root, name, ok := r.backups.find(path, content); ok {
			from[path] = location{root, name}
		} else {
			missing[content] = path
			from[path] = location{r.st.root, objectName(content)}
		}
	}
	cleanup = func() error {
		var errs []error
		for content := range missing {
			if err := r.st.root.Remove(objectName(content)); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
	if r.ask.DryRun || len(missing) == 0 {
		return from, func() error { return nil }, nil
	}
	paths := slices.Sorted(maps.Values(missing))
	for i, err := range upload.Each(ctx, r.opt.Config.Concurrency, paths, r.fetch) {
		if ctx.Err() != nil {
			return nil, nil, errors.Join(ctx.Err(), cleanup())
		}
		if fix := diskHint(err); fix != "" {
			err = &Error{Text: "nothing was changed: cannot keep what is downloaded in " + r.st.root.Dir(), Fix: fix, Err: cause(err)}
			return nil, nil, errors.Join(err, cleanup())
		}
		if err != nil {
			err = &Error{
				Text: fmt.Sprintf("nothing was changed: %s is in no backup and cannot be downloaded", paths[i]),
				Fix:  "check that " + r.man.url(r.man.Images[paths[i]]) + " can be reached; with --local it is served while wecos --local runs",
				Err:  err,
			}
			return nil, nil, errors.Join(err, cleanup())
		}
	}
	return from, cleanup, nil
}

// downloadTime bounds one download, besides what its size needs at 32 KiB/s.
const downloadTime = 30 * time.Second

// fetch downloads the image at path into the objects and checks its content.
func (r *restore) fetch(ctx context.Context, path string) error {
	want := r.want[path]
	img, ok := r.man.Images[path]
	if !ok || img.Sum != want {
		return errors.New("no address is known for it")
	}
	address := r.man.url(img)
	ctx, cancel := context.WithTimeout(ctx, downloadTime+time.Duration(img.Size/(32<<10))*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := r.opt.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers with status %d", address, resp.StatusCode)
	}
	return r.st.root.WriteFunc(objectName(want), 0o644, nil, func(w io.Writer) error {
		h := sha256.New()
		if _, err := io.Copy(io.MultiWriter(w, h), io.LimitReader(resp.Body, img.Size+1)); err != nil {
			return err
		}
		if sum(h.Sum(nil)) != want {
			return fmt.Errorf("%s serves other bytes than were uploaded", address)
		}
		return nil
	})
}

// images puts the images back. One whose place is taken by another file is put
// beside it.
func (r *restore) images(ctx context.Context, from map[string]location) error {
	batch := safefs.NewBatch(syncers)
	var back []string
	for _, path := range slices.Sorted(maps.Keys(r.want)) {
		if ctx.Err() != nil {
			break // the flush tidies up
		}
		got, _, err := r.app.Hash(path)
		switch {
		case err == nil && sum(got) == r.want[path]:
			// It never left, or a restore that was interrupted brought it.
		case errors.Is(err, fs.ErrNotExist):
			err = r.copyBack(from[path], path, path, batch)
		case exists(r.app, path):
			err = r.beside(from[path], path, batch)
		default: // the disk does not say what is there
		}
		if err != nil {
			r.failed[path] = err
			continue
		}
		back = append(back, path)
	}
	waiting := r.flush(ctx, batch)
	for _, path := range back {
		if !waiting[path] {
			r.local[path] = true
			r.res.Restored = append(r.res.Restored, path)
			r.emit(FileChanged{Path: path})
		}
	}
	return ctx.Err()
}

// flush empties batch and returns the files that are not done. Those that are
// not because ctx ended are no failures.
func (r *restore) flush(ctx context.Context, batch *safefs.Batch) map[string]bool {
	waiting := map[string]bool{}
	if flushed, ok := errors.AsType[*safefs.BatchError](batch.Flush(ctx)); ok {
		for _, f := range flushed.Failures {
			waiting[f.Name] = true
			if ctx.Err() == nil {
				r.failed[f.Name] = f.Err
			}
		}
	}
	return waiting
}

func (r *restore) copyBack(from location, path, to string, batch *safefs.Batch) error {
	if r.ask.DryRun {
		return nil
	}
	return safefs.CopyVerified(from.root, from.name, r.app, to, r.want[path], batch)
}

// beside handles an image whose place is taken: its backup goes beside what is
// there, which is never overwritten.
func (r *restore) beside(from location, path string, batch *safefs.Batch) error {
	name := path + ".restored"
	if got, _, err := r.app.Hash(name); err != nil || sum(got) != r.want[path] {
		if err := r.copyBack(from, path, name, batch); errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("another file is in its place, and %s is taken too", name)
		} else if err != nil {
			return err
		}
	}
	return fmt.Errorf("another file is in its place; the one that went online is in %s", name)
}

// change is what becomes of one source.
type change struct {
	before sum
	text   []byte
	edits  []editRecord
	apply  []func() // on the records, once the file is written
	stuck  []editRecord
}

// sources takes back the references of everything that is in the app again.
func (r *restore) sources(ctx context.Context) error {
	paths := map[string]bool{}
	for _, rec := range r.records {
		for _, f := range rec.Files {
			if slices.ContainsFunc(f.Edits, func(e editRecord) bool { return r.picks(rec, e) }) {
				paths[f.Path] = true
			}
		}
	}
	batch := safefs.NewBatch(syncers)
	changes := map[string]*change{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if ctx.Err() != nil {
			break
		}
		c, err := r.source(path)
		if err == nil && sumOf(c.text) != c.before && !r.ask.DryRun {
			err = r.app.ReplaceIf(path, c.before, c.text, batch)
		}
		if err != nil {
			r.failed[path] = err
			continue
		}
		changes[path] = c
	}
	waiting := r.flush(ctx, batch)
	for _, path := range slices.Sorted(maps.Keys(changes)) {
		if !waiting[path] {
			r.took(path, changes[path])
		}
	}
	return ctx.Err()
}

// source takes the edits of the file at path back, those of the latest run
// first.
func (r *restore) source(path string) (*change, error) {
	text, err := r.app.ReadFile(path, maxStateFile)
	gone := errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone {
		return nil, err
	}
	c := &change{before: sumOf(text), text: text}
	for _, rec := range slices.Backward(r.records) {
		i := slices.IndexFunc(rec.Files, func(f fileRecord) bool { return f.Path == path })
		if i < 0 {
			continue
		}
		f := rec.Files[i]
		originals, err := r.texts(rec)
		if err != nil {
			return nil, err
		}
		u := f.undo(c.text, originals.text(path, f.Before), func(e editRecord) bool { return r.picks(rec, e) })
		left := append(u.left, u.stuck...)
		slices.SortFunc(left, func(a, b editRecord) int { return a.Start - b.Start })
		if gone {
			left = nil
		}
		after := f.After
		if sumOf(c.text) == f.After {
			after = sumOf(u.text)
		}
		c.text = u.text
		c.edits = append(c.edits, u.edits...)
		c.stuck = append(c.stuck, u.stuck...)
		c.apply = append(c.apply, func() { r.shrink(rec, path, left, after) })
	}
	if gone {
		c.edits = nil
	}
	return c, nil
}

// texts opens the original texts of one run; closeTexts closes them all.
func (r *restore) texts(rec *record) (*texts, error) {
	if t := r.originals[rec.ID]; t != nil {
		return t, nil
	}
	t, err := r.st.openTexts(rec.ID)
	if err == nil {
		r.originals[rec.ID] = t
	}
	return t, err
}

func (r *restore) closeTexts() error {
	var errs []error
	for _, t := range r.originals {
		errs = append(errs, t.close())
	}
	return errors.Join(errs...)
}

// shrink leaves in the record of one run the edits of the file at path that are
// still in it.
func (r *restore) shrink(rec *record, path string, left []editRecord, after sum) {
	i := slices.IndexFunc(rec.Files, func(f fileRecord) bool { return f.Path == path })
	if len(left) == len(rec.Files[i].Edits) {
		return
	}
	r.touched[rec] = true
	if len(left) == 0 {
		rec.Files = slices.Delete(rec.Files, i, i+1)
		return
	}
	rec.Files[i].Edits, rec.Files[i].After = left, after
}

// took notes what was taken back in the file at path.
func (r *restore) took(path string, c *change) {
	for _, e := range c.edits {
		if e.Host {
			r.res.References.HostsReplaced++
		} else {
			r.res.References.Rewritten++
		}
		r.res.Edits = append(r.res.Edits, Edit{File: path, Line: e.Line, Column: e.Column, From: e.To, To: e.From})
	}
	for _, e := range c.stuck {
		r.failed[path] = fmt.Errorf("%s was moved, and whether it stood for %s is not sure any more: it stays", e.To, e.From)
	}
	for _, apply := range c.apply {
		apply()
	}
	if len(c.edits) > 0 {
		r.emit(FileChanged{Path: path})
	}
}
