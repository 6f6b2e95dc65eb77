package slim

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/upload"
)

// plan is what a run would do, from one scan. It is narrowed while uploads
// fail, never widened.
type plan struct {
	tree  *scan.Tree
	facts []*rewrite.Facts
	man   *manifest
	dest  upload.Destination
	dec   *rewrite.Decision
	keys  map[string]string // key of every image that goes or is online

	// keep are reasons that this run found for images to stay.
	keep map[string]keepReason
	// hidden is a source that could not be read, so that no image may go; "" is
	// none.
	hidden string
	// gone are images that only the manifest knows and whose upload to a new
	// destination failed: their references stay as they are.
	gone map[string]bool

	warnings []Warning
}

type keepReason struct {
	reason rewrite.Reason
	hint   string
}

// Plan says what Run would do, and changes nothing.
func (e *Engine) Plan(ctx context.Context) (*Result, error) {
	start := e.opt.Now()
	st, p, res, err := e.survey(ctx, "plan")
	if st != nil {
		defer st.close()
	}
	if err != nil {
		return nil, err
	}
	mine := claims{}
	if p.leaving() > 0 { // else nothing is to be told apart
		if mine, err = st.loadClaims(); err != nil {
			return nil, err
		}
	}
	res.planned(p, mine)
	return e.finishResult(res, start), nil
}

// survey plans without changing anything, and begins the report of a command
// on that. The state, which may be nil, is for the caller to close.
func (e *Engine) survey(ctx context.Context, command string) (*state, *plan, *Result, error) {
	st, err := e.openState()
	if err != nil {
		return nil, nil, nil, err
	}
	if err := st.known(); err != nil {
		return st, nil, nil, err
	}
	p, err := e.plan(ctx, st, false)
	if err != nil {
		return st, nil, nil, err
	}
	res := e.result(command, p)
	res.Warnings, err = st.mention(res.Warnings)
	return st, p, res, err
}

// mention adds a warning when a run was interrupted. s may be nil.
func (s *state) mention(to []Warning) ([]Warning, error) {
	j, err := s.loadJournal()
	if j == nil || err != nil {
		return to, err
	}
	return append(to, Warning{
		Text: fmt.Sprintf("the run of %s was interrupted", j.Started.Local().Format(time.DateTime)),
		Hint: "wecos finishes it, wecos restore undoes it",
	}), nil
}

// Check looks at what must be right before anything is written, even a lock:
// the app's layout, and where backups and state lie. Plan and Run do it
// themselves; it is for those who have to make a folder earlier.
func Check(cfg *config.Wecos) error {
	_, _, err := preflight(cfg)
	return err
}

func preflight(cfg *config.Wecos) (*scan.Layout, []config.Warning, error) {
	layout, err := scan.OpenLayout(cfg.AppDir)
	if err != nil {
		return nil, nil, err
	}
	warnings, err := cfg.CheckPlacement(layout.Ships)
	return layout, warnings, err
}

// plan scans the app and decides. st may be nil; with update only at what is
// noted as changed is looked.
func (e *Engine) plan(ctx context.Context, st *state, update bool) (*plan, error) {
	cfg := e.opt.Config
	e.emit(PhaseStarted{Phase: PhaseScan})
	if !update {
		e.scanner.Note(scan.Changes{All: true})
	}
	tree, err := e.scanner.Scan(ctx)
	if err != nil {
		return nil, err
	}
	placed, err := cfg.CheckPlacement(tree.Ships)
	if err != nil {
		return nil, err
	}
	man, err := st.loadManifest(tree.Root)
	if err != nil {
		return nil, err
	}
	e.emit(PhaseStarted{Phase: PhasePlan})
	facts, err := e.cache.extract(ctx, tree, imageSuffixes(cfg.Suffixes, tree, man))
	if err != nil {
		return nil, err
	}
	p := &plan{
		tree: tree, facts: facts, man: man, dest: e.opt.Destination,
		keep: map[string]keepReason{}, gone: map[string]bool{},
	}
	p.warn(placed)
	p.distrust()
	if err := e.settle(p); err != nil {
		return nil, err
	}
	return p, nil
}

// scan walks the app as it is.
func (e *Engine) scan(ctx context.Context) (*scan.Tree, error) {
	return scan.Scan(ctx, e.scanOptions())
}

func (e *Engine) scanOptions() scan.Options {
	cfg := e.opt.Config
	return scan.Options{
		AppDir: cfg.AppDir, Suffixes: cfg.Suffixes, Blacklist: cfg.Blacklist,
		ConfigDir: cfg.Dir, Exclude: cfg.Exclude(), Workers: workers(),
	}
}

// warn collects what the configuration and the scan have to say.
func (p *plan) warn(placed []config.Warning) {
	for _, w := range placed {
		p.warnings = append(p.warnings, Warning{At: w.File, Text: w.Text, Hint: w.Hint})
	}
	for _, entry := range p.tree.UnusedBlacklist {
		p.warnings = append(p.warnings, Warning{
			Text: fmt.Sprintf("the blacklist entry %q matches no image", entry),
			Hint: "check its spelling; entries are relative to the configuration's folder or to appDir",
		})
	}
	for _, problem := range p.tree.Problems {
		hint := ""
		if problem.Source {
			hint = "all images stay until it can be read: nobody knows which ones it names"
		}
		p.warnings = append(p.warnings, Warning{At: problem.Path, Text: problem.Err.Error(), Hint: hint})
	}
}

// distrust keeps what cannot be judged: every image while a source is hidden,
// and names that no state file could hold.
func (p *plan) distrust() {
	for _, problem := range p.tree.Problems {
		if problem.Source {
			p.hidden = problem.Path
			break
		}
	}
	for i := range p.tree.Files {
		f := &p.tree.Files[i]
		switch {
		case !f.Candidate():
		case p.hidden != "":
			p.keep[f.Path] = keepReason{rewrite.Unreadable, p.hidden + " cannot be read and may name it"}
		case !utf8.ValidString(f.Path):
			p.keep[f.Path] = keepReason{rewrite.UploadFailed, "its name is not UTF-8: rename it"}
		}
	}
}

// settle decides, finds keys, and decides again without the images that can
// have none, until all have one.
func (e *Engine) settle(p *plan) error {
	for {
		p.dec = e.decide(e.input(p))
		err := e.assignKeys(p)
		if _, refused := errors.AsType[*upload.KeyError](err); !refused {
			return err
		}
	}
}

// input is what rewrite.Decide looks at.
func (e *Engine) input(p *plan) rewrite.Input {
	cfg := e.opt.Config
	in := rewrite.Input{
		Sources: p.facts, Pages: p.tree.Pages,
		URL:         func(path string, plain bool) string { return e.opt.Destination.URL(e.key(p, path, plain)) },
		URLBases:    p.man.urlBases(e.opt.Destination),
		ReplaceHost: cfg.ReplaceHost, TargetHost: cfg.TargetHost,
		KeepUnreferenced: cfg.KeepUnreferenced,
		ReadOnly: func(path string) bool {
			f := p.tree.File(path)
			return f == nil || f.ReadOnly || !utf8.ValidString(path)
		},
	}
	for i := range p.tree.Files {
		f := &p.tree.Files[i]
		if !f.Image {
			continue
		}
		img := rewrite.Image{Path: f.Path, Keep: f.Keep, Hint: f.Hint}
		if k, ok := p.keep[f.Path]; ok && img.Keep == "" {
			img.Keep, img.Hint = k.reason, k.hint
		}
		in.Images = append(in.Images, img)
	}
	for _, o := range p.man.online() {
		if !p.gone[o.Path] {
			in.Online = append(in.Online, o)
		}
	}
	return in
}

// sources are the hashes of all sources as the plan saw them.
func (p *plan) sources() map[string]sum {
	out := map[string]sum{}
	for i := range p.tree.Files {
		if f := &p.tree.Files[i]; f.Kind != source.Other && f.Data != nil {
			out[f.Path] = f.Sum
		}
	}
	return out
}

// texts are the sources that the plan edits, before and after, by path.
func (p *plan) texts() (t editedTexts, err error) {
	t = editedTexts{originals: map[string][]byte{}, edited: map[string][]byte{}}
	for _, fe := range p.dec.Edits {
		f := p.tree.File(fe.Path)
		if f == nil {
			return t, fmt.Errorf("%s has edits but is no source", fe.Path)
		}
		t.originals[fe.Path] = f.Data
		if t.edited[fe.Path], err = rewrite.Apply(f.Data, fe.Edits); err != nil {
			return t, fmt.Errorf("%s: %w", fe.Path, err)
		}
	}
	return t, nil
}
