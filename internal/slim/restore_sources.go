package slim

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/within"
)

// address is one of an image that is online.
type address struct{ url, path string }

// behind are the images that went online after the edit e and that its place
// leads to all the same: it is the head of a dynamic path, or code makes their
// names from it.
func (r *restore) behind(e editRecord) []string {
	if r.addresses == nil {
		r.addresses = []address{}
		r.partners = map[string][]string{}
		for path, img := range r.man.Images {
			for _, p := range img.Partners {
				r.partners[p] = append(r.partners[p], path)
			}
			for _, url := range r.man.urls(img) {
				r.addresses = append(r.addresses, address{url, path})
			}
		}
		slices.SortFunc(r.addresses, func(a, b address) int {
			return cmp.Or(strings.Compare(a.url, b.url), strings.Compare(a.path, b.path))
		})
	}
	i, _ := slices.BinarySearchFunc(r.addresses, e.To, func(a address, to string) int { return strings.Compare(a.url, to) })
	var out []string
	for _, path := range e.Images {
		out = append(out, r.partners[path]...)
	}
	for ; i < len(r.addresses) && strings.HasPrefix(r.addresses[i].url, e.To); i++ {
		if a := r.addresses[i]; a.url != e.To && !slices.Contains(e.Images, a.path) {
			out = append(out, a.path)
		}
	}
	return out
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
	waiting, under := map[string]bool{}, map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if ctx.Err() != nil {
			break
		}
		if folded := within.Fold(path); under[folded] { // they may be one file
			maps.Copy(waiting, r.flush(ctx, batch))
		} else {
			under[folded] = true
		}
		if err := r.sweep(path); err != nil {
			return err
		}
		c, err := r.source(path)
		if err == nil && sumOf(c.text) != c.before && !r.ask.DryRun {
			err = r.app.ReplaceIf(path, c.before, nil, c.text, batch)
		}
		if err != nil {
			r.failed[path] = err
			continue
		}
		changes[path] = c
	}
	maps.Copy(waiting, r.flush(ctx, batch))
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
	// What a later run wrote again and is not taken back now still stands there:
	// what it wrote over has to wait.
	over := map[string]bool{}
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
		u := f.undo(c.text, originals.text(path, f.Before), func(e editRecord) bool { return r.picks(rec, e) && !over[e.To] })
		left := append(u.left, u.stuck...)
		for _, e := range left {
			over[e.From] = true
		}
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
		r.moved = r.moved || len(c.edits) > 0
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

// elsewhere looks for the addresses of images that are back in sources that no
// run edited: a person moved or copied there what a run had edited. Where these
// paths have to lead nobody knows, so that the addresses stay.
func (r *restore) elsewhere(ctx context.Context) error {
	tree, err := r.scan(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, rec := range r.records {
		for _, f := range rec.Files {
			known[f.Path] = true
		}
	}
	ours := func(text []byte) bool { // most sources name nothing of ours
		for _, d := range r.man.Destinations {
			if bytes.Contains(text, []byte(d.upload().URLPrefix())) {
				return true
			}
		}
		return false
	}
	for i := range tree.Files {
		f := &tree.Files[i]
		if f.Kind == source.Other || known[f.Path] || !ours(f.Data) {
			continue
		}
		n := 0
		for path := range r.want {
			if img, ok := r.man.Images[path]; ok && r.comes(path) {
				n += len(occurrences(f.Data, r.man.url(img), false, nil))
			}
		}
		if n > 0 {
			r.res.Warnings = append(r.res.Warnings, Warning{
				At: f.Path, Text: fmt.Sprintf("still names images that are back by their addresses (%d times): it was moved or written since", n),
				Hint: "put the paths in by hand before the objects are deleted",
			})
		}
	}
	return nil
}
