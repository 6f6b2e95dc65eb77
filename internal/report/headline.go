package report

import "github.com/wecos-go/wecos/internal/slim"

// headline says in one line what a run, or a plan, came to. Whoever reads no
// further must not think that all is well when something holds images back.
func (p *page) headline(res *slim.Result, plan bool) {
	app := p.folder(res.App)
	switch {
	case plan && res.Pending():
		p.title("Plan for %s", app)
	case res.Unfinished != nil:
		p.title("Stopped in %s", app)
	case !plan && res.OutDir != "":
		p.title("Slimmed copy of %s in %s", app, p.folder(res.OutDir))
	case !plan && res.Run != "":
		p.title("Slimmed %s", app)
	case len(res.Failed) > 0:
		p.title("Nothing was changed in %s: %s failed", app, count(len(res.Failed), "file"))
	case res.Stuck != "":
		p.title("Nothing to do in %s: %s", app, safe(res.Stuck))
	default:
		p.title("Nothing to do in %s", app)
	}
}
