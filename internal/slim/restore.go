package slim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/within"
)

// RestoreOptions say what comes back.
type RestoreOptions struct {
	// Paths are images or folders, relative to the app root or to Dir; none is
	// everything.
	Paths []string
	Dir   string // working directory, absolute
	// Run brings back what one run took away, in the form it had then.
	Run    string
	DryRun bool // change nothing
}

// restore is one call of Restore.
type restore struct {
	*Engine
	ask     RestoreOptions
	st      *state
	app     *safefs.Root
	backups *backups
	man     *manifest
	records []*record
	res     *Result

	want    map[string]sum // images that come back, with their content
	local   map[string]bool
	failed  map[string]error
	touched map[*record]bool // records that lost edits

	originals map[string]*texts // by run
	addresses []address         // sorted, once they are needed
	partners  map[string][]string
	moved     bool // a source with edits that were asked for is gone
}

// Restore brings images and their references back, byte for byte where nobody
// changed them since. The app works at every moment: images are back before
// the first reference is.
func (e *Engine) Restore(ctx context.Context, opt RestoreOptions) (_ *Result, err error) {
	defer func() { err = explainDisk(err) }()
	start := e.opt.Now()
	layout, err := scan.OpenLayout(e.opt.Config.AppDir)
	if err != nil {
		return nil, err
	}
	r := &restore{
		Engine: e, ask: opt, want: map[string]sum{}, local: map[string]bool{}, failed: map[string]error{},
		touched: map[*record]bool{}, originals: map[string]*texts{},
		res: &Result{Version: e.opt.Version, Command: "restore", App: layout.Root, DryRun: opt.DryRun},
	}
	if r.app, err = safefs.OpenRoot(layout.Root, safefs.WithHook(e.hook)); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.app.Close()) }()
	if known, err := e.openState(); err != nil {
		return nil, err
	} else if known == nil {
		r.res.Notes = []string{"nothing is online: there is nothing to restore"}
		return e.finishResult(r.res, start), nil
	} else if opt.DryRun {
		r.st = known
		defer known.close()
	} else {
		release := func() error { return nil }
		if err := known.close(); err != nil {
			return nil, err
		}
		if r.st, release, err = e.lockState(ctx); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, release()) }()
		unwatch, held := e.watchLock(ctx, r.st.root)
		if held != nil {
			return nil, held
		}
		defer func() { err = errors.Join(err, unwatch()) }()
	}
	if r.backups, err = e.openBackups(r.st, false); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.backups.close()) }()
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	err = r.run(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, err
	}
	if err != nil {
		r.res.Unfinished = &Unfinished{Restored: len(r.res.Restored), ToRestore: len(r.want)}
	}
	for path, err := range r.failed {
		r.res.Failed = append(r.res.Failed, Failed{Path: path, Error: err.Error()})
	}
	return e.finishResult(r.res, start), err
}

// open finishes an interrupted run and reads what is known.
func (r *restore) open(ctx context.Context) error {
	j, err := r.st.loadJournal()
	if err != nil {
		return err
	}
	if j != nil && r.ask.DryRun {
		r.res.Notes = append(r.res.Notes, fmt.Sprintf("the run of %s was interrupted: restore finishes it first", j.Started.Local().Format(time.DateTime)))
	} else if r.res.Notes, err = r.recover(ctx, r.st, r.app, r.backups); err != nil {
		return err
	}
	if r.man, err = r.st.loadManifest(r.app.Dir()); err != nil {
		return err
	}
	if r.records, err = r.st.loadRecords(); err != nil {
		return err
	}
	if r.ask.Run == "" {
		return r.st.lost(r.records)
	}
	return nil
}

func (r *restore) run(ctx context.Context) error {
	if err := r.choose(); err != nil {
		return err
	}
	if done := r.isBack(); done || len(r.want) == 0 && !r.hosts() {
		note := "nothing is online: there is nothing to restore"
		if done {
			note = "everything that the run " + r.ask.Run + " took away is back: there is nothing to restore"
		} else if r.man.OutDir != "" {
			note = "the slimmed copy is in " + r.man.OutDir + "; the app itself was never changed: there is nothing to restore"
		}
		r.res.Notes = append(r.res.Notes, note)
		return nil
	}
	r.emit(PhaseStarted{Phase: PhaseRestore, Files: len(r.want)})
	from, cleanup, err := r.locate(ctx)
	if err != nil {
		return err
	}
	err = r.images(ctx, from)
	if err == nil {
		err = r.sources(ctx)
	}
	if err == nil && r.moved {
		err = r.elsewhere(ctx)
	}
	if err == nil && !r.ask.DryRun {
		err = r.forget()
	}
	return errors.Join(err, cleanup(), r.closeTexts())
}

// isBack reports whether a single run that was asked for is undone already.
func (r *restore) isBack() bool {
	if r.ask.Run == "" || len(r.want) == 0 {
		return false
	}
	for path, content := range r.want {
		if _, online := r.man.Images[path]; online {
			return false
		}
		if got, _, err := r.app.Hash(path); err != nil || sum(got) != content {
			return false
		}
	}
	return !r.pending(func(editRecord) bool { return true })
}

// choose finds the images that were asked for.
func (r *restore) choose() error {
	all := map[string]sum{}
	if r.ask.Run == "" {
		for path, img := range r.man.Images {
			all[path] = img.Sum
		}
	} else {
		i := slices.IndexFunc(r.records, func(rec *record) bool { return rec.ID == r.ask.Run })
		if i < 0 {
			return &ConfigError{Text: fmt.Sprintf("there is no run %q", r.ask.Run), Fix: "wecos log lists the runs"}
		}
		for _, img := range r.records[i].Images {
			all[img.Path] = img.Sum
		}
	}
	if len(r.ask.Paths) == 0 {
		r.want = all
		return nil
	}
	for _, p := range r.ask.Paths {
		names := r.names(p)
		if plain := strings.ReplaceAll(p, `\`, "/"); plain != p { // as it is written on Windows
			names = append(names, r.names(plain)...)
		}
		hit := false
		for _, spell := range []func(string) string{strings.Clone, within.Fold} { // as it is, else in any case
			for path, content := range all {
				if slices.ContainsFunc(names, func(n string) bool {
					return n == "." || spell(n) == spell(path) || strings.HasPrefix(spell(path), spell(n)+"/")
				}) {
					r.want[path], hit = content, true
				}
			}
			if hit {
				break
			}
		}
		if !hit {
			return &ConfigError{
				Text: "no image that went online is " + p + " or lies below it",
				Fix:  "name it as the report does, relative to the app",
			}
		}
	}
	return nil
}

// names are the paths below the app that a person may mean by p.
func (r *restore) names(p string) []string {
	var out []string
	abs := p
	if !filepath.IsAbs(p) {
		if n := filepath.ToSlash(filepath.Clean(p)); fs.ValidPath(n) {
			out = append(out, n)
		}
		abs = filepath.Join(r.ask.Dir, p)
	}
	if rel, ok := within.Rel(r.app.Dir(), abs); ok {
		out = append(out, rel)
	}
	return out
}

// hosts reports whether there are replaced origins to bring back: they come
// back only when everything does.
func (r *restore) hosts() bool {
	return r.pending(func(e editRecord) bool { return len(e.Images) == 0 })
}

// pending reports whether any of the edits that is selects was asked for and is
// still to be taken back.
func (r *restore) pending(is func(editRecord) bool) bool {
	for _, rec := range r.records {
		for _, f := range rec.Files {
			if slices.ContainsFunc(f.Edits, func(e editRecord) bool { return is(e) && r.picks(rec, e) }) {
				return true
			}
		}
	}
	return false
}

// picks reports whether the edit e of rec is to be taken back. A place that
// needs several images, such as the head of a dynamic path, comes back with the
// last of them.
func (r *restore) picks(rec *record, e editRecord) bool {
	if len(e.Images) == 0 { // an origin
		return len(r.ask.Paths) == 0 && (r.ask.Run == "" || r.ask.Run == rec.ID)
	}
	asked := false
	for _, path := range append(r.behind(e), e.Images...) {
		if !r.comes(path) {
			return false
		}
		if _, ok := r.want[path]; ok {
			asked = true
		}
	}
	return asked
}

// comes reports whether an image is in the app, or about to be.
func (r *restore) comes(path string) bool {
	_, wanted := r.want[path]
	return wanted && r.failed[path] == nil || r.isLocal(path)
}

func (r *restore) isLocal(path string) bool {
	is, known := r.local[path]
	if !known {
		is = exists(r.app, path) && r.otherwise(path) == nil
		r.local[path] = is
	}
	return is
}

// forget writes down what is back. The records come first: a crash in between
// leaves images in the manifest that the next restore finds in place.
func (r *restore) forget() error {
	still := map[string]bool{}
	for _, rec := range r.records {
		for _, f := range rec.Files {
			for _, e := range f.Edits {
				for _, path := range e.Images {
					still[path] = true
				}
			}
		}
	}
	for path := range r.want {
		if r.failed[path] == nil && !still[path] {
			delete(r.man.Images, path)
		}
	}
	for _, rec := range r.records {
		back := rec.OutDir == "" && len(rec.Files) == 0 && !slices.ContainsFunc(rec.Images, func(img imageRecord) bool {
			return r.man.Images[img.Path].Sum == img.Sum
		})
		if back != rec.Restored || r.touched[rec] {
			rec.Restored = back
			if err := r.st.saveRecord(rec); err != nil {
				return err
			}
		}
	}
	return r.st.saveManifest(r.man)
}
