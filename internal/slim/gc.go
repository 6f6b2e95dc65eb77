package slim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/upload"
)

// object is one that this project put online.
type object struct {
	key  string
	path string // of the image, as far as it is known
	sums []sum  // contents that were put there
	size int64
}

// Object is an object that gc may delete.
type Object struct {
	Key   string
	Bytes int64
}

// GCOptions say what GC deletes.
type GCOptions struct {
	// Unreferenced deletes images too that no source ever named. They may be
	// wanted by paths that a server sends.
	Unreferenced bool
	// Confirm is asked before anything is deleted; nil deletes nothing.
	Confirm func([]Object) (bool, error)
}

// GC deletes objects that this project put into the bucket and that nothing
// names any more. An object whose content is not what was put there is
// somebody else's and stays. Backups stay too, so that restore still works.
func (e *Engine) GC(ctx context.Context, opt GCOptions) (_ *Result, err error) {
	start := e.opt.Now()
	known, err := e.openState()
	if err != nil {
		return nil, err
	}
	if known == nil {
		layout, err := scan.OpenLayout(e.opt.Config.AppDir)
		if err != nil {
			return nil, err
		}
		return e.finishResult(&Result{
			Version: e.opt.Version, Command: "gc", App: layout.Root, Deleted: []string{},
			Notes: []string{"nothing is online: there is nothing to delete"},
		}, start), nil
	}
	if err := known.close(); err != nil {
		return nil, err
	}
	st, release, err := e.lockState(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if j, err := st.loadJournal(); err != nil {
		return nil, err
	} else if j != nil {
		return nil, &Error{Text: "a run was interrupted, and what it needs is not certain", Fix: "finish it first: wecos, or wecos restore"}
	}
	if err := st.known(); err != nil {
		return nil, err
	}
	p, err := e.plan(ctx, st, false)
	if err != nil {
		return nil, err
	}
	res := e.result("gc", p)
	res.Warnings, res.Deleted = slices.Clone(p.warnings), []string{}
	if p.hidden != "" {
		return nil, unreadableSource(p.tree.Problems)
	}
	e.inspect(p)
	c, err := e.ofCopy(ctx, p)
	if err != nil {
		return nil, err
	}
	if c != nil && c.hidden != "" {
		return nil, unreadableSource(c.tree.Problems)
	}
	unused, err := e.unused(st, p, c, opt.Unreferenced)
	if err != nil {
		return nil, err
	}
	unused, only, err := e.onlyCopies(st, p, unused)
	if err != nil {
		return nil, err
	}
	for _, key := range only {
		res.Notes = append(res.Notes, fmt.Sprintf("%s is the only copy of its image: it stays", key))
	}
	mine, foreign, err := e.stillOurs(ctx, unused)
	if err != nil {
		return nil, explain(err)
	}
	for _, key := range foreign {
		res.Notes = append(res.Notes, fmt.Sprintf("%s holds other content than this project put there: it stays", key))
	}
	if len(mine) == 0 {
		res.Notes = append(res.Notes, "there is nothing to delete")
		res.measure(p.tree, p.tree, nil, nil)
		return e.finishResult(res, start), nil
	}
	list := make([]Object, len(mine))
	for i, o := range mine {
		list[i] = Object{o.key, o.size}
	}
	if opt.Confirm == nil {
		opt.Confirm = func([]Object) (bool, error) { return false, nil }
	}
	yes, err := opt.Confirm(list)
	if err != nil {
		return nil, err
	}
	if !yes {
		res.Notes = append(res.Notes, "nothing was deleted")
	} else {
		err = e.deleteObjects(ctx, st, p, mine, res)
	}
	res.measure(p.tree, p.tree, nil, nil)
	return e.finishResult(res, start), err
}

// unreadableSource says why nothing can be deleted.
func unreadableSource(problems []scan.Problem) error {
	i := slices.IndexFunc(problems, func(p scan.Problem) bool { return p.Source })
	return &Error{
		Text: fmt.Sprintf("%s cannot be read and may name any image: nothing is deleted", problems[i].Path),
		Fix:  "make it readable first", Err: problems[i].Err,
	}
}

// deleteObjects deletes, then forgets what is gone. The manifest says first what
// may be gone, and goes on saying so where a deletion failed: a run puts online
// again what a source names, and trusts no address of it.
func (e *Engine) deleteObjects(ctx context.Context, st *state, p *plan, objects []object, res *Result) error {
	owned, err := st.loadClaims()
	if err != nil {
		return err
	}
	going := map[string]bool{}
	for _, o := range objects {
		going[o.key] = true
	}
	for path, img := range p.man.Images {
		if inBucket, _ := p.man.holds(p.dest, img); inBucket && going[img.Key] {
			img.Deleted = true
			p.man.Images[path] = img
		}
	}
	if err := st.saveManifest(p.man); err != nil {
		return err
	}
	errs := upload.Each(ctx, e.opt.Config.Concurrency, objects, func(ctx context.Context, o object) error {
		return e.opt.Store.Delete(ctx, o.key)
	})
	gone := map[string]bool{}
	for i, o := range objects {
		if errs[i] != nil {
			res.Failed = append(res.Failed, Failed{Path: o.key, Error: errs[i].Error()})
			continue
		}
		gone[o.key] = true
		res.Deleted = append(res.Deleted, o.key)
	}
	maps.DeleteFunc(owned[bucketOf(p.dest)], func(key string, _ []sum) bool { return gone[key] })
	return errors.Join(st.saveClaims(owned), ctx.Err(), stopping(ctx, errs))
}

// unused lists the objects of the destination's bucket that this project put
// there and that nothing names any more, by key. With never also those that
// nothing ever named. c, when not nil, is the plan over the slimmed copy, whose
// objects p's sources do not name yet.
func (e *Engine) unused(st *state, p, c *plan, never bool) ([]object, error) {
	owned, err := st.loadClaims()
	if err != nil {
		return nil, err
	}
	named, err := st.named()
	if err != nil {
		return nil, err
	}
	needed := map[string]bool{} // keys
	paths := map[string]string{}
	referenced := map[string]bool{}
	for _, o := range p.dec.Offload {
		referenced[o.Path] = o.Referenced
		if c != nil && (o.Referenced || !never) {
			needed[p.keys[o.Path]] = true
		}
	}
	for path, img := range p.man.Images {
		if inBucket, _ := p.man.holds(p.dest, img); !inBucket {
			continue
		}
		paths[img.Key] = path
		local := p.tree.File(path) != nil
		switch {
		case referenced[path], p.man.OutDir != "":
			needed[img.Key] = true
		case !never && !local && !named[path]:
			needed[img.Key] = true
		}
	}
	texts, copied := sourceTexts(p), sourceTexts(c)
	var out []object
	keys := owned[bucketOf(p.dest)]
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		if needed[key] || p.mentions(texts, key) || c != nil && c.mentions(copied, key) {
			continue
		}
		out = append(out, object{key: key, path: paths[key], sums: keys[key]})
	}
	return out, nil
}

// named are the images that a run ever found a reference to. st may be nil.
func (s *state) named() (map[string]bool, error) {
	out := map[string]bool{}
	if s == nil {
		return out, nil
	}
	records, err := s.loadRecords()
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		for _, f := range r.Files {
			for _, e := range f.Edits {
				for _, path := range e.Images {
					out[path] = true
				}
			}
		}
	}
	return out, nil
}

// sourceTexts are the sources with the slashes as addresses have them; p may be
// nil.
func sourceTexts(p *plan) [][]byte {
	if p == nil {
		return nil
	}
	var out [][]byte
	for i := range p.tree.Files {
		if f := &p.tree.Files[i]; f.Kind != source.Other && f.Data != nil {
			out = append(out, bytes.ReplaceAll(f.Data, []byte(`\/`), []byte("/")))
		}
	}
	return out
}

// mentions reports whether the address of key, under any host that this project
// used, stands anywhere in the sources, comments included: what is deleted must
// be beyond doubt.
func (p *plan) mentions(texts [][]byte, key string) bool {
	for _, base := range p.man.urlBases(p.dest) {
		address := p.dest.URL(key)
		if rest, ok := strings.CutPrefix(address, p.dest.URLPrefix()); ok {
			address = base + rest
		}
		if slices.ContainsFunc(p.dec.Addresses, func(a rewrite.Address) bool { return a.Matches(address) }) {
			return true
		}
		_, bare, _ := strings.Cut(address, "://")
		plain, err := url.PathUnescape(bare)
		if err != nil {
			plain = bare
		}
		for _, spelling := range []string{bare, plain} {
			if slices.ContainsFunc(texts, func(t []byte) bool { return bytes.Contains(t, []byte(spelling)) }) {
				return true
			}
		}
	}
	return false
}

// onlyCopies takes out the objects whose image has left the app and is in no
// backup.
func (e *Engine) onlyCopies(st *state, p *plan, objects []object) (rest []object, only []string, err error) {
	b, err := e.openBackups(st, false)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	for _, o := range objects {
		img, known := p.man.Images[o.path]
		if known && img.Key == o.key && p.tree.File(o.path) == nil {
			if _, _, ok := b.find(o.path, img.Sum); !ok {
				only = append(only, o.key)
				continue
			}
		}
		rest = append(rest, o)
	}
	return rest, only, nil
}

// stillOurs asks the store what lies under the keys, and sorts out what is not
// what this project put there. Keys that hold nothing are ours, to be
// forgotten.
func (e *Engine) stillOurs(ctx context.Context, objects []object) (mine []object, foreign []string, err error) {
	same := make([]bool, len(objects))
	errs := upload.Each(ctx, e.opt.Config.Concurrency, indices(len(objects)), func(ctx context.Context, i int) error {
		body, _, err := e.opt.Store.Get(ctx, objects[i].key)
		if errors.Is(err, upload.ErrNotFound) {
			same[i] = true
			return nil
		}
		if err != nil {
			return err
		}
		defer body.Close()
		h := sha256.New()
		objects[i].size, err = io.Copy(h, body)
		same[i] = err == nil && slices.Contains(objects[i].sums, sum(h.Sum(nil)))
		return err
	})
	if err := errors.Join(errs...); err != nil {
		return nil, nil, err
	}
	for i, o := range objects {
		if same[i] {
			mine = append(mine, o)
		} else {
			foreign = append(foreign, o.key)
		}
	}
	return mine, foreign, ctx.Err()
}
