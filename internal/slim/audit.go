package slim

import (
	"context"
	"net/url"

	"github.com/wecos-go/wecos/internal/audit"
	"github.com/wecos-go/wecos/internal/rewrite"
)

// Measure reports the sizes of the packages as they are, and what an audit has
// to say about the files in them. Where a slimmed copy was written that is what
// ships, and what is measured. It changes nothing and needs no destination.
func (e *Engine) Measure(ctx context.Context) (*Result, error) {
	start := e.opt.Now()
	cfg := e.opt.Config
	e.emit(PhaseStarted{Phase: PhaseScan})
	tree, err := e.scan(ctx)
	if err != nil {
		return nil, err
	}
	st, err := e.openState()
	if err != nil {
		return nil, err
	}
	if st != nil {
		defer st.close()
	}
	p := &plan{tree: tree, keep: map[string]keepReason{}, gone: map[string]bool{}}
	if p.man, err = st.loadManifest(tree.Root); err != nil {
		return nil, err
	}
	p.warn(nil)
	p.distrust()
	e.emit(PhaseStarted{Phase: PhasePlan})
	if p.facts, err = e.cache.extract(ctx, tree, imageSuffixes(cfg.Suffixes, tree, p.man)); err != nil {
		return nil, err
	}
	if c, err := e.ofCopy(ctx, p); err != nil {
		return nil, err
	} else if c != nil {
		p = c
	}
	res := &Result{Version: e.opt.Version, Command: "report", App: p.tree.Root, Warnings: p.warnings}
	res.countImages(p.tree)
	dec := e.usage(p)
	res.Report = audit.Look(audit.Input{Tree: p.tree, Uses: dec.Uses, StyleFiles: dec.StyleFiles, Hidden: p.hidden})
	res.Warnings = append(res.Warnings, misspelled(dec)...)
	res.measure(p.tree, p.tree, nil, nil)
	if res.Warnings, err = st.mention(res.Warnings); err != nil {
		return nil, err
	}
	return e.finishResult(res, start), nil
}

// usage decides as a run would, without a destination, and looks at who names
// what.
func (e *Engine) usage(p *plan) *rewrite.Decision {
	in := e.input(p)
	in.Usage = true
	// No address is written: any will do.
	in.URL = func(path string, _ bool) string {
		return (&url.URL{Scheme: "https", Host: "example.com", Path: "/" + path}).String()
	}
	return rewrite.Decide(in)
}
