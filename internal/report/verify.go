package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/wecos-go/wecos/internal/slim"
)

// verified shows what a check found, sorted by kind.
func (p *page) verified(res *slim.Result) {
	v := res.Verify
	for _, note := range res.Notes {
		p.line("%s", safe(note))
	}
	if len(v.Findings) > 0 || !p.opt.Quiet {
		p.title("Checked %s: %s asked for, %s", p.folder(cmp.Or(res.OutDir, res.App)), addresses(v.URLs), count(len(v.Findings), "finding"))
	}
	by := map[slim.FindingKind][]slim.Finding{}
	for _, f := range v.Findings {
		by[f.Kind] = append(by[f.Kind], f)
	}
	for _, kind := range slices.Sorted(maps.Keys(by)) {
		p.findings(kind, by[kind])
	}
	if p.opt.Quiet {
		return
	}
	if v.Skipped > 0 {
		p.line("")
		p.line("%s of other hosts not asked for; --all-hosts asks for them too", addresses(v.Skipped))
	}
	if len(v.Unused) > 0 {
		p.title("Online, but named by nothing any more: %s", count(len(v.Unused), "object"))
		p.keys(v.Unused)
		p.hint("wecos gc deletes them; a released version may still need them", "  ")
	}
}

func (p *page) findings(kind slim.FindingKind, fs []slim.Finding) {
	p.line("")
	p.line("  %s %s", p.paint(red, string(kind)), p.paint(dim, fmt.Sprintf("(%d)", len(fs))))
	shown := p.shown(len(fs))
	last := ""
	for _, f := range fs[:shown] {
		subject := f.URL
		if subject == "" {
			subject = f.At
		}
		p.line("    %s", safe(subject))
		where := safe(f.Text)
		if f.URL != "" && f.At != "" {
			where = safe(f.At) + ": " + where
		}
		p.line("      %s", where)
		if f.Hint != last {
			p.hint(f.Hint, "      ")
		}
		last = f.Hint
	}
	p.more(len(fs)-shown, "    ")
}

func (p *page) keys(keys []string) {
	shown := p.shown(len(keys))
	for _, key := range keys[:shown] {
		p.line("  %s", safe(key))
	}
	p.more(len(keys)-shown, "  ")
}

// collected shows what gc deleted.
func (p *page) collected(res *slim.Result) {
	if p.opt.Quiet {
		return
	}
	for _, note := range res.Notes {
		p.line("%s", safe(note))
	}
	if len(res.Deleted) > 0 {
		p.title("Deleted %s", count(len(res.Deleted), "object"))
		p.keys(res.Deleted)
	}
}

// GCQuestion shows what gc is about to delete.
func GCQuestion(objects []slim.Object, opt Options) string {
	p := newPage(opt)
	var bytes int64
	keys := make([]string, len(objects))
	for i, o := range objects {
		keys[i] = o.Key
		bytes += o.Bytes
	}
	p.title("%s online, %s, that nothing names any more", count(len(objects), "object"), size(bytes))
	p.keys(keys)
	p.line("")
	p.line("A version of the app that is released already may still need them.")
	return p.String()
}

func addresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return count(n, "addresse")
}
