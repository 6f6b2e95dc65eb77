package slim

import (
	"cmp"
	"context"
	"errors"

	"github.com/wecos-go/wecos/internal/scan"
)

// inspect decides once more, with the addresses and paths that a check is about.
func (e *Engine) inspect(p *plan) {
	in := e.input(p)
	in.Inspect = true
	p.dec = e.decide(in)
}

// ofCopy is a plan over the slimmed copy that p's app was written to: what a
// device runs, and so what a check and gc have to look at. It is nil when there
// is no copy, or none yet.
func (e *Engine) ofCopy(ctx context.Context, p *plan) (*plan, error) {
	cfg := e.opt.Config
	dir := cmp.Or(cfg.OutDir, p.man.OutDir)
	if dir == "" {
		return nil, nil
	}
	tree, err := scan.Scan(ctx, scan.Options{AppDir: dir, Suffixes: cfg.Suffixes, ConfigDir: cfg.Dir, Workers: workers()})
	if _, none := errors.AsType[*scan.NotMiniProgramError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// A cache of its own: the engine's is for the app.
	facts, err := (&cache{}).extract(ctx, tree, imageSuffixes(cfg.Suffixes, tree, p.man))
	if err != nil {
		return nil, err
	}
	c := &plan{
		tree: tree, facts: facts, man: p.man, dest: p.dest,
		keep: map[string]keepReason{}, gone: map[string]bool{},
	}
	c.warn(nil)
	c.distrust()
	e.inspect(c)
	return c, nil
}
