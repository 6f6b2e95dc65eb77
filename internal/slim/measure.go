package slim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/scan"
)

// result begins the report on the plan p.
func (e *Engine) result(command string, p *plan) *Result {
	res := &Result{
		Version: e.opt.Version, Command: command, App: p.tree.Root,
		OutDir:   e.opt.Config.OutDir,
		Warnings: slices.Clone(p.warnings),
	}
	res.countImages(p.tree)
	for _, o := range p.dec.Offload {
		if _, size := p.content(o.Path); !o.Remembered {
			res.Images.BytesOnline += size
			if !o.Referenced && (command == "plan" || res.OutDir != "") {
				res.Unreferenced = append(res.Unreferenced, o.Path)
			}
		}
	}
	for _, k := range p.dec.Kept {
		if f := p.tree.File(k.Path); f != nil && f.Foreign {
			continue
		}
		res.Kept = append(res.Kept, Kept{Path: k.Path, Reason: k.Reason, At: k.At.String(), Hint: k.Hint})
	}
	for _, w := range p.dec.Warnings {
		res.Warnings = append(res.Warnings, Warning{At: w.At.String(), Text: w.Text, Hint: w.Hint})
	}
	res.Warnings = append(res.Warnings, misspelled(p.dec)...)
	res.Stuck = p.stuck()
	if e.opt.Config.BackupDir == "" && e.opt.Config.OutDir == "" && p.leaving() > 0 {
		res.Warnings = append(res.Warnings, Warning{
			Text: "no backups of images are kept: restore has to download them",
			Hint: "set backupDir to keep them",
		})
	}
	refs := p.dec.Refs
	res.References = RefCounts{Found: refs.Found, Kept: refs.Kept, Dynamic: refs.Dynamic}
	return res
}

// misspelled warns of the paths that name an image but for the case of letters.
func misspelled(dec *rewrite.Decision) (out []Warning) {
	for _, m := range dec.Misspelled {
		out = append(out, Warning{
			At: m.At.String(), Text: fmt.Sprintf("%q is called %s", m.Value, m.Path),
			Hint: "correct the case: devices are case-sensitive",
		})
	}
	return out
}

// stuck is the sentence for Result.Stuck: the first thing to mend, with the
// images that it holds back.
func (p *plan) stuck() string {
	var because string
	var reason rewrite.Reason
	n := 0
	for _, k := range p.dec.Kept {
		if reason == "" {
			switch {
			case k.Reason == rewrite.Unreadable && p.hidden != "":
				because = p.hidden + " cannot be read"
			case k.Reason == rewrite.UnparsedSource:
				because = k.At.File + " cannot be parsed"
			case k.Reason == rewrite.KeyTaken:
				because = "the bucket holds others under their names"
			default:
				continue
			}
			reason = k.Reason
		}
		if k.Reason == reason {
			n++
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "1 image stays because " + because
	}
	return fmt.Sprintf("%d images stay because %s", n, because)
}

// leaving is the number of images that leave the app.
func (p *plan) leaving() int {
	n := 0
	for _, o := range p.dec.Offload {
		if !o.Remembered {
			n++
		}
	}
	return n
}

// planned fills in what would be done. mine are what is thought to be online.
func (res *Result) planned(p *plan, mine claims) {
	gone := map[string]bool{}
	for _, o := range p.dec.Offload {
		if p.inPlace(o) {
			continue
		}
		if content, _ := p.content(o.Path); mine.has(p.dest, p.keys[o.Path], content) {
			res.Images.AlreadyOnline++
		} else {
			res.Images.Uploaded++
		}
		gone[o.Path] = !o.Remembered
	}
	res.left(p.tree, gone)
	res.addEdits(p.dec.Edits)
	res.measure(p.tree, p.tree, gone, p.dec.Edits)
}

// ran fills in what was done.
func (res *Result) ran(r *run) {
	first := r.first.tree
	res.Run = r.id
	res.Images.Found, res.Images.BytesBefore = 0, 0
	res.countImages(first)
	res.Images.BytesOnline = 0
	known := map[string]bool{}
	for _, t := range r.sent {
		known[t.key] = true
		res.Images.BytesOnline += r.served[t.key].Size
		res.Images.BytesSaved += t.size - r.served[t.key].Size
		if r.put[t.key] {
			res.Images.Uploaded++
		} else {
			res.Images.AlreadyOnline++
		}
	}
	for key := range r.put { // interrupted before its backup was sure
		if !known[key] {
			res.Images.Uploaded++
		}
	}
	res.left(first, r.removed)
	refs := r.first.dec.Refs
	res.References = RefCounts{Found: refs.Found, Kept: refs.Kept, Dynamic: refs.Dynamic}
	res.addEdits(r.edits)
	for path, err := range r.failures {
		res.Failed = append(res.Failed, Failed{Path: path, Error: err.Error()})
		if f := first.File(path); f != nil && f.Image {
			res.Images.Failed++
		}
	}
	for _, o := range r.first.dec.Offload {
		if !o.Referenced && !o.Remembered && r.removed[o.Path] {
			res.Unreferenced = append(res.Unreferenced, o.Path)
		}
	}
	res.Kept = append(res.Kept, r.stays...)
	res.Warnings = append(res.Warnings, r.warnings...)
	res.Warnings = append(res.Warnings, r.service.warnings()...)
	res.measure(first, r.p.tree, r.removed, r.last)
}

func (res *Result) countImages(tree *scan.Tree) {
	for i := range tree.Files {
		if f := &tree.Files[i]; f.Image && !f.Foreign {
			res.Images.Found++
			res.Images.BytesBefore += f.Size
		}
	}
}

// left notes the images of tree that gone reports.
func (res *Result) left(tree *scan.Tree, gone map[string]bool) {
	for i := range tree.Files {
		if f := &tree.Files[i]; gone[f.Path] {
			res.Leaving = append(res.Leaving, Leaving{Path: f.Path, Bytes: f.Size})
		}
	}
	res.Images.Removed = len(res.Leaving)
}

// addEdits lists and counts edits.
func (res *Result) addEdits(files []rewrite.FileEdits) {
	for _, fe := range files {
		for _, e := range fe.Edits {
			res.Edits = append(res.Edits, Edit{File: fe.Path, Line: e.At.Line, Column: e.At.Column, From: e.From, To: e.To})
			if e.Host {
				res.References.HostsReplaced++
			} else {
				res.References.Rewritten++
			}
		}
	}
}

// measure fills in the packages: those of before, and those of after without
// the images that are gone and with the edits.
func (res *Result) measure(before, after *scan.Tree, gone map[string]bool, edits []rewrite.FileEdits) {
	grown := map[string]int64{}
	for _, fe := range edits {
		for _, e := range fe.Edits {
			grown[fe.Path] += int64(len(e.New) - e.Span.Len())
		}
	}
	was := before.Sizes(nil)
	is := after.SizesOf(func(f *scan.File) int64 {
		if gone[f.Path] {
			return 0
		}
		return f.Size + grown[f.Path]
	})
	earlier := map[string]int64{}
	for i, p := range before.Packages {
		earlier[p.Root] = was.Packages[i]
	}
	for i, p := range after.Packages {
		res.Packages = append(res.Packages, PackageSize{Name: p.Name, Root: p.Root, Size: size(earlier[p.Root], is.Packages[i], p.Limit)})
	}
	res.Total = size(was.Total, is.Total, after.TotalLimit)
}

func size(before, after, limit int64) Size {
	return Size{Before: before, After: after, Limit: limit, Over: after > limit}
}

// finishResult sorts the lists of res and takes the time.
func (e *Engine) finishResult(res *Result, start time.Time) *Result {
	slices.SortFunc(res.Edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	slices.SortFunc(res.Kept, func(a, b Kept) int { return cmp.Compare(a.Path, b.Path) })
	slices.SortFunc(res.Failed, func(a, b Failed) int { return cmp.Compare(a.Path, b.Path) })
	slices.Sort(res.Unreferenced)
	res.Unreferenced = slices.Compact(res.Unreferenced)
	res.Images.Kept = len(res.Kept)
	res.DurationMs = e.opt.Now().Sub(start).Milliseconds()
	res.complete()
	return res
}
