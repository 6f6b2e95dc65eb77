package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/slim"
)

// Text writes res for a person.
func Text(w io.Writer, res *slim.Result, opt Options) error {
	p := newPage(opt)
	switch res.Command {
	case "restore":
		p.restored(res)
	case "verify":
		p.verified(res)
	case "gc":
		p.collected(res)
	case "report":
		p.measured(res)
	default:
		p.slimmed(res)
	}
	p.warnings(res)
	p.failed(res)
	p.unfinished(res)
	return p.writeTo(w)
}

// slimmed shows a run, or the plan of one.
func (p *page) slimmed(res *slim.Result) {
	if p.opt.Quiet {
		return
	}
	plan := res.Command == "plan"
	for _, note := range res.Notes {
		p.line("%s", safe(note))
	}
	p.headline(res, plan)
	if len(res.Packages) == 0 { // stopped before anything was known
		return
	}
	p.sizes(res, true)
	p.line("")
	p.totals(res, plan)
	if plan || p.opt.Verbose {
		p.leaving(res, plan)
		p.edits(res, plan)
	}
	p.kept(res)
	p.unreferenced(res, plan)
	if !plan && res.Run != "" && res.OutDir == "" {
		p.line("")
		p.line("Take it back with: wecos restore%s", p.opt.Flags)
	}
	if !plan && res.Run != "" && len(p.opt.Serve) > 0 {
		p.line("")
		p.line("The images are served only while wecos runs. To serve them on, one of:")
		for _, command := range p.opt.Serve {
			p.line("    %s", command)
		}
	}
}

// totals are the lines that sum everything up.
func (p *page) totals(res *slim.Result, plan bool) {
	i, r := res.Images, res.References
	uploaded, removed, rewritten := "uploaded", "removed", "rewritten"
	if plan {
		uploaded, removed, rewritten = "to upload", "to remove", "to rewrite"
	}
	images := []string{fmt.Sprintf("%d found (%s)", i.Found, size(i.BytesBefore)), fmt.Sprintf("%d %s", i.Uploaded, uploaded)}
	if i.AlreadyOnline > 0 {
		images = append(images, fmt.Sprintf("%d already online", i.AlreadyOnline))
	}
	images = append(images, fmt.Sprintf("%d %s", i.Removed, removed), fmt.Sprintf("%d kept", i.Kept))
	if i.Failed > 0 {
		images = append(images, fmt.Sprintf("%d failed", i.Failed))
	}
	if i.BytesSaved > 0 {
		images = append(images, fmt.Sprintf("compressed %s → %s", size(i.BytesOnline+i.BytesSaved), size(i.BytesOnline)))
	}
	refs := []string{fmt.Sprintf("%d found", r.Found), fmt.Sprintf("%d %s", r.Rewritten, rewritten), fmt.Sprintf("%d kept", r.Kept)}
	if r.Dynamic > 0 {
		refs = append(refs, fmt.Sprintf("%d dynamic", r.Dynamic))
	}
	if r.HostsReplaced > 0 {
		refs = append(refs, count(r.HostsReplaced, "host")+" replaced")
	}
	p.figures("images", images)
	p.figures("references", refs)
}

// figures writes a row of figures, on as many lines as it takes.
func (p *page) figures(name string, parts []string) {
	const indent = 14
	for len(parts) > 0 {
		n, width := 1, indent+columns(parts[0])
		for n < len(parts) && width+3+columns(parts[n]) <= p.opt.Columns {
			width += 3 + columns(parts[n])
			n++
		}
		p.line("  %s%s", pad(name, indent-2), strings.Join(parts[:n], " · "))
		name, parts = "", parts[n:]
	}
}

// leaving lists the images that are in the app no more.
func (p *page) leaving(res *slim.Result, plan bool) {
	if len(res.Leaving) == 0 {
		return
	}
	if plan {
		p.title("Images to move online")
	} else {
		p.title("Images moved online")
	}
	shown := p.shown(len(res.Leaving))
	for _, l := range res.Leaving[:shown] {
		p.line("  %s  %s", padLeft(size(l.Bytes), 9), safe(l.Path))
	}
	p.more(len(res.Leaving)-shown, "  ")
}

// edits lists the rewritten references.
func (p *page) edits(res *slim.Result, plan bool) {
	if len(res.Edits) == 0 {
		return
	}
	if plan {
		p.title("References to rewrite")
	} else {
		p.title("References rewritten")
	}
	shown := p.shown(len(res.Edits))
	for _, e := range res.Edits[:shown] {
		p.line("  %s:%d:%d", safe(e.File), e.Line, e.Column)
		p.line("    %s", safe(e.From))
		p.line("  → %s", p.paint(green, safe(e.To)))
	}
	p.more(len(res.Edits)-shown, "  ")
}

// group are the images that stay for one reason.
type group struct {
	reason rewrite.Reason
	kept   []slim.Kept
}

// kept lists the images that stay, the most frequent reason first.
func (p *page) kept(res *slim.Result) {
	if len(res.Kept) == 0 {
		return
	}
	by := map[rewrite.Reason][]slim.Kept{}
	for _, k := range res.Kept {
		by[k.Reason] = append(by[k.Reason], k)
	}
	groups := make([]group, 0, len(by))
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		groups = append(groups, group{reason, by[reason]})
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b.kept), len(a.kept)) })
	p.title("Kept in the app: %s", count(len(res.Kept), "image"))
	for _, g := range groups {
		p.group(g)
	}
}

func (p *page) group(g group) {
	hint := g.kept[0].Hint
	if slices.ContainsFunc(g.kept, func(k slim.Kept) bool { return k.Hint != hint }) {
		hint = ""
	}
	p.line("  %s %s", p.paint(yellow, string(g.reason)), p.paint(dim, fmt.Sprintf("(%d)", len(g.kept))))
	p.hint(hint, "    ")
	shown := p.shown(len(g.kept))
	width := 0
	for _, k := range g.kept[:shown] {
		width = max(width, columns(safe(k.Path)))
	}
	width = min(width, (p.opt.Columns-6)/2)
	for _, k := range g.kept[:shown] {
		line := "    " + safe(k.Path)
		if k.At != "" {
			line = "    " + pad(safe(k.Path), width) + "  " + p.paint(dim, fit(safe(k.At), p.opt.Columns-6-width))
		}
		p.line("%s", line)
		if hint == "" {
			p.hint(k.Hint, "      ")
		}
	}
	p.more(len(g.kept)-shown, "    ")
}

// hint writes what a person can do, wrapped at the width of the page.
func (p *page) hint(text, indent string) {
	if text == "" {
		return
	}
	for _, line := range wrap("hint: "+safe(text), p.opt.Columns-len(indent)) {
		p.line("%s%s", indent, p.paint(dim, line))
	}
}

// unreferenced lists the images that nothing names.
func (p *page) unreferenced(res *slim.Result, plan bool) {
	if len(res.Unreferenced) == 0 {
		return
	}
	p.title("Named by nothing: %s", count(len(res.Unreferenced), "image"))
	back := "A path that a server sends would need it. To bring one back:"
	if plan || res.OutDir != "" {
		back = "A path that a server sends would need it. To keep one: uploadFileBlackList."
	}
	p.line("  %s", back)
	if !plan && res.OutDir == "" {
		p.line("    wecos restore %s%s", ShellQuote(safe(res.Unreferenced[0])), p.opt.Flags)
	}
	shown := p.shown(len(res.Unreferenced))
	for _, path := range res.Unreferenced[:shown] {
		p.line("  %s", safe(path))
	}
	p.more(len(res.Unreferenced)-shown, "  ")
}

// ShellQuote writes a path so that a shell reads it as one word.
func ShellQuote(s string) string {
	if s == "" {
		return `""`
	}
	if !strings.ContainsAny(s, " \t'\"\\$`&|;<>()*?[]{}~#!") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (p *page) warnings(res *slim.Result) {
	if len(res.Warnings) == 0 {
		return
	}
	p.title("%s", p.paint(yellow, "Warnings"))
	shown := p.shown(len(res.Warnings))
	for _, w := range res.Warnings[:shown] {
		text := safe(w.Text)
		if w.At != "" {
			text = safe(w.At) + ": " + text
		}
		for i, line := range wrap(text, p.opt.Columns-4) {
			p.line("  %s%s", strings.Repeat("  ", min(i, 1)), line)
		}
		p.hint(w.Hint, "    ")
	}
	p.more(len(res.Warnings)-shown, "  ")
}

// failed lists what went wrong. Files with which the same went wrong share the
// sentence.
func (p *page) failed(res *slim.Result) {
	if len(res.Failed) == 0 {
		return
	}
	p.title("%s", p.paint(red, "Failed"))
	by := map[string][]string{}
	var errors []string
	for _, f := range res.Failed {
		if by[f.Error] == nil {
			errors = append(errors, f.Error)
		}
		by[f.Error] = append(by[f.Error], f.Path)
	}
	shown := p.shown(len(errors))
	for _, text := range errors[:shown] {
		paths := by[text]
		what := safe(paths[0])
		if len(paths) > 1 {
			what = count(len(paths), "file")
		}
		for i, line := range wrap(what+": "+safe(text), p.opt.Columns-4) {
			p.line("  %s%s", strings.Repeat("  ", min(i, 1)), line)
		}
		if len(paths) == 1 {
			continue
		}
		listed := p.shown(len(paths))
		for _, path := range paths[:listed] {
			p.line("    %s", safe(path))
		}
		p.more(len(paths)-listed, "    ")
	}
	p.more(len(errors)-shown, "  ")
}

func (p *page) unfinished(res *slim.Result) {
	u := res.Unfinished
	if u == nil {
		return
	}
	p.title("%s", p.paint(yellow, "Interrupted"))
	if res.Command == "restore" {
		p.line("  %d of %s back; wecos restore brings the rest", u.Restored, count(u.ToRestore, "image"))
		return
	}
	if u.ToUpload > 0 {
		p.line("  uploaded: %d of %s", u.Uploaded, count(u.ToUpload, "image"))
	}
	if u.Rewritten+u.Removed == 0 {
		p.line("  nothing was changed in the app")
		return
	}
	p.line("  done: %d of %s rewritten, %d of %s removed", u.Rewritten, count(u.ToRewrite, "file"), u.Removed, count(u.ToRemove, "image"))
	p.line("  The app works as it is. The next wecos does the rest, wecos restore takes it back.")
}

// restored shows what came back.
func (p *page) restored(res *slim.Result) {
	if p.opt.Quiet {
		return
	}
	for _, note := range res.Notes {
		p.line("%s", safe(note))
	}
	if len(res.Restored)+len(res.Edits) == 0 {
		return
	}
	verb := "Restored"
	if res.DryRun {
		verb = "Would restore"
	}
	p.title("%s in %s", verb, p.folder(res.App))
	p.line("  %s, %s", count(len(res.Restored), "image"), count(res.References.Rewritten, "reference"))
	if res.References.HostsReplaced > 0 {
		p.line("  %s", count(res.References.HostsReplaced, "replaced host"))
	}
	shown := p.shown(len(res.Restored))
	for _, path := range res.Restored[:shown] {
		p.line("  %s", safe(path))
	}
	p.more(len(res.Restored)-shown, "  ")
}

// wrap breaks text at spaces into lines of at most width columns; a longer word
// stays whole.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) > width:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
