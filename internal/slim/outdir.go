package slim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/upload"
)

const (
	// markerFile says that a folder is one of ours. It has no suffix, so that
	// the platform's uploader leaves it out of the package.
	markerFile = ".wecos-out"
	// oldMarkerFile is the name that it had before, with which it shipped.
	oldMarkerFile = ".wecos-out.json"

	markerFormat = "wecos output 1"
)

// marker lists what is ours in an output folder, or is about to be.
type marker struct {
	Files map[string]sum `json:"files"`
}

// checkOutDir refuses an output folder that holds what is not ours.
func (e *Engine) checkOutDir() error {
	dir := e.opt.Config.OutDir
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A crash before the marker was in place leaves its temporary file.
	entries = slices.DeleteFunc(entries, func(d fs.DirEntry) bool { return safefs.IsTemp(d.Name()) })
	if len(entries) == 0 {
		return nil
	}
	if !slices.ContainsFunc(entries, isMarker) {
		return &ConfigError{
			Text: dir + " is not empty, and wecos did not write it",
			Fix:  "name an empty or new folder in outDir",
		}
	}
	return nil
}

func isMarker(d fs.DirEntry) bool {
	return (d.Name() == markerFile || d.Name() == oldMarkerFile) && d.Type().IsRegular()
}

// readMarker reads the marker of out; a new folder has an empty one. old says
// that there is one under the old name, which has to go.
func readMarker(out *state) (m marker, old bool, err error) {
	old = exists(out.root, oldMarkerFile)
	err = out.read(markerFile, markerFormat, &m)
	if old && errors.Is(err, fs.ErrNotExist) {
		err = out.read(oldMarkerFile, markerFormat, &m)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return m, old, err
}

// copied is one file of the slimmed copy.
type copied struct {
	name string // below outDir
	sum  sum
	mode fs.FileMode
	open func() (io.ReadCloser, error)
}

// writeCopy makes outDir the slimmed copy of the app: everything but the images
// that are online, and sources with their edits. What is right already is left
// alone.
func (r *run) writeCopy(ctx context.Context) error {
	if err := r.prove(ctx); err != nil {
		return err
	}
	project, err := safefs.OpenRoot(r.p.tree.AppDir)
	if err != nil {
		return err
	}
	defer project.Close()
	texts, err := r.p.texts()
	if err != nil {
		return err
	}
	files, err := r.copyList(ctx, project, texts.edited)
	if err != nil {
		return err
	}
	r.emit(PhaseStarted{Phase: PhaseCommit, Files: len(files)})
	out, err := safefs.CreateRoot(r.opt.Config.OutDir, safefs.WithHook(r.hook))
	if err != nil {
		return err
	}
	changed, err := r.fill(ctx, &state{root: out}, files)
	if err := errors.Join(err, out.Close()); err != nil {
		return err
	}
	r.last, r.edits = r.p.dec.Edits, append(r.edits, r.p.dec.Edits...)
	for _, o := range r.p.dec.Offload {
		if !o.Remembered {
			r.removed[o.Path] = true
		}
	}
	if !changed {
		return nil
	}
	return r.logCopy(texts.edited)
}

// copyList lists what the copy consists of. It mirrors AppDir, so that a
// miniprogramRoot stays where project.config.json says.
func (r *run) copyList(ctx context.Context, project *safefs.Root, edited map[string][]byte) ([]copied, error) {
	tree := r.p.tree
	prefix, err := filepath.Rel(tree.AppDir, tree.Root)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, o := range r.p.dec.Offload {
		gone[o.Path] = !o.Remembered
	}
	var out []copied
	for i := range tree.Files {
		f := &tree.Files[i]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if gone[f.Path] || safefs.IsTemp(f.Path) {
			continue
		}
		name := path.Join(filepath.ToSlash(prefix), f.Path)
		// Sources are those of the scan, edited or not: what was saved since may
		// name an image that this copy lacks.
		text, ok := edited[f.Path]
		if !ok && f.Kind != source.Other {
			text, ok = f.Data, f.Data != nil
		}
		if ok {
			out = append(out, copied{name, sumOf(text), f.Mode.Perm(), func() (io.ReadCloser, error) {
				return io.NopCloser(bytes.NewReader(text)), nil
			}})
			continue
		}
		c, err := copyOf(r.app, f.Path, name)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	if prefix == "." {
		return out, nil
	}
	for _, name := range []string{"project.config.json", "project.private.config.json"} {
		c, err := copyOf(project, name, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// copyOf is the file from below root under a new name. A link that stays in the
// app becomes the file that it leads to.
func copyOf(root *safefs.Root, from, name string) (copied, error) {
	f, err := root.OpenLinked(from)
	if err != nil {
		return copied{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return copied{}, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return copied{}, err
	}
	c := copied{name: name, sum: sum(h.Sum(nil)), mode: info.Mode().Perm()}
	c.open = func() (io.ReadCloser, error) {
		f, err := root.OpenLinked(from)
		if err != nil {
			return nil, err
		}
		return &verifying{f: f, name: from, want: c.sum, hash: sha256.New()}, nil
	}
	return c, nil
}

// fill brings the output folder to hold exactly files, as far as it is ours,
// and reports whether anything was to do.
func (r *run) fill(ctx context.Context, out *state, files []copied) (changed bool, err error) {
	old, outdated, err := readMarker(out)
	if err != nil {
		return false, err
	}
	want := marker{Files: map[string]sum{}}
	for _, f := range files {
		want.Files[f.name] = f.sum
	}
	if err := errors.Join(sweepCopy(out, slices.Values([]string{markerFile})), sweepCopy(out, maps.Keys(old.Files))); err != nil {
		return false, err
	}
	if err := respell(out.root, old, files); err != nil {
		return false, err
	}
	if err := sweepCopy(out, maps.Keys(want.Files)); err != nil {
		return false, err
	}
	var todo []copied
	for _, f := range files {
		if got, _, err := out.root.Hash(f.name); err != nil || sum(got) != f.sum {
			todo = append(todo, f)
		}
	}
	if len(todo) == 0 && maps.Equal(old.Files, want.Files) && !outdated {
		return false, nil
	}
	// First the names, so that what a crash leaves is known to be ours.
	both := marker{Files: maps.Clone(old.Files)}
	if both.Files == nil {
		both.Files = map[string]sum{}
	}
	maps.Copy(both.Files, want.Files)
	if err := out.write(markerFile, markerFormat, both); err != nil {
		return false, err
	}
	batch := safefs.NewBatch(syncers)
	errs := upload.Each(ctx, workers(), todo, func(_ context.Context, f copied) error {
		return out.root.WriteFunc(f.name, f.mode, batch, func(w io.Writer) error {
			src, err := f.open()
			if err != nil {
				return err
			}
			_, err = io.Copy(w, src)
			return errors.Join(err, src.Close())
		})
	})
	if err := cmp.Or(errors.Join(errs...), batch.Flush(ctx)); err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return false, &Error{
			Text: "cannot write outDir " + out.root.Dir() + "; the app itself was not changed",
			Fix:  diskHint(err), Err: cause(err),
		}
	}
	listed, err := distinct(out.root, files)
	if err != nil {
		return false, err
	}
	for _, name := range slices.Sorted(maps.Keys(old.Files)) {
		if _, ok := want.Files[name]; !ok && listed[name] {
			r.dropStale(out.root, name, old.Files[name])
		}
	}
	if err := out.write(markerFile, markerFormat, want); err != nil {
		return false, err
	}
	if outdated {
		return true, out.root.Remove(oldMarkerFile)
	}
	return true, nil
}

// sweepCopy removes temporary files of names that a crash left in the output
// folder, also when there is nothing else to do: they would ship.
func sweepCopy(out *state, names iter.Seq[string]) error {
	for name := range names {
		if temp := safefs.TempName(name); exists(out.root, temp) {
			if err := out.root.Remove(temp); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropStale removes a file that an earlier run wrote and that is no part of the
// copy any more, with the folders that it leaves empty.
func (r *run) dropStale(out *safefs.Root, name string, was sum) {
	if err := out.RemoveIf(name, was, nil, nil); err != nil {
		r.warnings = append(r.warnings, Warning{
			At: filepath.Join(out.Dir(), filepath.FromSlash(name)), Text: "is no part of the app any more, but was not removed: " + err.Error(),
			Hint: "remove it if it is not yours",
		})
		return
	}
	pruneAbove(out, name)
}

// logCopy enters the run into the log.
func (r *run) logCopy(edited map[string][]byte) error {
	id, err := r.st.newID(r.start)
	if err != nil {
		return err
	}
	j := r.journal(id, edited)
	j.Files, j.OutDir = nil, r.opt.Config.OutDir
	for i := range j.Images {
		j.Images[i].Remove = false
	}
	r.id, r.p.man.OutDir = j.ID, j.OutDir
	if err := r.st.saveManifest(r.p.man); err != nil {
		return err
	}
	return r.st.saveRecord(&j.record)
}
