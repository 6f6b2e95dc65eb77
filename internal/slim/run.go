package slim

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/safefs"
)

// maxRounds is how often a run plans again because files changed under it.
const maxRounds = 3

// run is one call of Run. It goes through one round, or more when files change
// while it works: every round is a plan and a commit of its own.
type run struct {
	*Engine
	st      *state
	app     *safefs.Root
	backups *backups
	start   time.Time
	id      string
	update  bool // for a watcher

	p *plan // of this round
	// again asks for another round: something changed during this one.
	again bool

	// last are the edits of this round, stays the images that it was to remove
	// and did not.
	last  []rewrite.FileEdits
	stays []Kept

	// What all rounds together know and did.
	first    *plan
	claims   claims             // nil until they are needed
	online   map[string]sum     // content seen or put under a key, and verified
	put      map[string]bool    // keys that this run put content under
	missing  int                // keys that had to be put
	replaced map[string]bool    // keys whose content is new
	served   map[string]content // by key: what the addresses answer with
	sent     map[string]sent    // by path: images that are online and backed up
	removed  map[string]bool
	failures map[string]error
	edits    []rewrite.FileEdits
	warnings []Warning
	service  service
	proven   bool
	asked    map[string]bool // suffixes of images whose addresses answered; nil before any
	prep     *preparation    // of this round's commit; nil before it begins
}

// sent is an image that is online and, if backups are kept, backed up.
type sent struct {
	key  string
	sum  sum
	size int64
}

// Run slims the app: it finishes what an interrupted run began, puts images
// online, rewrites the references and removes the images. There may be a Result
// beside an error: it says how far the run came.
func (e *Engine) Run(ctx context.Context) (*Result, error) { return e.run(ctx, false) }

// run is Run, or with update what Update does.
func (e *Engine) run(ctx context.Context, update bool) (_ *Result, err error) {
	defer func() { err = explainDisk(err) }()
	start := e.opt.Now()
	layout, _, err := preflight(e.opt.Config)
	if err != nil {
		return nil, err
	}
	if err := e.checkOutDir(); err != nil {
		return nil, err
	}
	st, release, err := e.lockState(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	app, err := safefs.OpenRoot(layout.Root, safefs.WithHook(e.hook))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	backups, err := e.openBackups(st, true)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, backups.close()) }()

	if err := st.known(); err != nil {
		return nil, err
	}
	recovered, err := e.recover(ctx, st, app, backups)
	if err != nil {
		return nil, err
	}
	if err := st.sweep(); err != nil {
		return nil, err
	}
	r := &run{
		Engine: e, st: st, app: app, backups: backups, start: start, update: update,
		online: map[string]sum{}, put: map[string]bool{}, replaced: map[string]bool{}, served: map[string]content{}, sent: map[string]sent{},
		removed: map[string]bool{}, failures: map[string]error{},
	}
	res, err := r.rounds(ctx)
	if res != nil {
		res.Notes = append(recovered, res.Notes...)
		res = e.finishResult(res, start)
	}
	return res, err
}

// rounds plans and commits until nothing changes under it. There is a result
// beside an error when the run was interrupted or had changed something.
func (r *run) rounds(ctx context.Context) (*Result, error) {
	for round := 1; ; round++ {
		reached, err := r.planAndCommit(ctx)
		switch {
		case err == nil && r.again && !r.update && round < maxRounds:
			continue
		case r.copies() && isChanged(err) && round < maxRounds: // a file of the copy
			continue
		case r.p == nil && ctx.Err() != nil: // before there was a plan
			return &Result{Version: r.opt.Version, Command: "run", App: r.app.Dir(), Unfinished: &Unfinished{}}, err
		case r.p == nil || err != nil && ctx.Err() == nil && r.id == "":
			return nil, err
		}
		if err == nil {
			r.sample(ctx)
		}
		res := r.result("run", r.p)
		res.ran(r)
		if err != nil && ctx.Err() != nil {
			if reached == nil { // while planning again: the rounds before are done
				reached = &Unfinished{Rewritten: len(r.edits), ToRewrite: len(r.edits), Removed: len(r.removed), ToRemove: len(r.removed)}
			}
			reached.Uploaded, reached.ToUpload = len(r.put), r.missing
			res.Unfinished = reached
		}
		return res, err
	}
}

// planAndCommit is one round. It says how far it came.
func (r *run) planAndCommit(ctx context.Context) (*Unfinished, error) {
	r.app.Refresh()
	p, err := r.plan(ctx, r.st, r.update)
	if err != nil {
		return nil, err
	}
	r.p, r.first = p, cmp.Or(r.first, p)
	r.again, r.last, r.stays = false, nil, nil
	if err := r.sweep(); err != nil {
		return nil, err
	}
	return r.round(ctx)
}

// round carries out one plan and says how far it came.
func (r *run) round(ctx context.Context) (_ *Unfinished, err error) {
	nothing := r.unfinished(nil)
	defer r.forget(&err)
	if err := r.goOnline(ctx); err != nil {
		return nothing, err
	}
	if r.copies() {
		return nothing, r.writeCopy(ctx)
	}
	prep, err := r.prepared()
	if err != nil {
		return nothing, err
	}
	j := r.journal(prep.id, prep.texts.edited)
	if len(j.Files) == 0 && len(j.Images) == 0 {
		return nothing, nil
	}
	if err := r.prove(ctx); err != nil {
		return nothing, err
	}
	if err := ctx.Err(); err != nil {
		return nothing, err
	}
	r.emit(PhaseStarted{Phase: PhaseCommit, Files: len(j.Files) + len(j.Images)})
	prep.journaled = true // as far as anybody can tell, whatever comes of this
	if err := r.st.write(journalFile, journalFormat, j); err != nil {
		return nothing, err
	}
	r.id = j.ID
	c := r.newCommit(r.st, r.app, r.backups, r.p.man, j)
	c.backedUp, c.edited, c.claims, c.seen = true, prep.texts.edited, r.claims, r.p.tree
	planned := slices.Clone(j.Images)
	err = c.run(ctx)
	r.leaves(c)
	if ctx.Err() != nil { // what was not reached was not refused either
		planned = nil
	}
	r.took(c, planned)
	return r.unfinished(c), err
}

// journal turns the plan into what commit carries out.
func (r *run) journal(id string, edited map[string][]byte) *journal {
	dest := r.opt.Destination
	j := &journal{
		record: record{
			ID: id, Started: r.start.UTC(), Version: r.opt.Version,
			Dest:        destID(dest),
			Destination: destination{dest.Endpoint, dest.Bucket, dest.Folder, dest.URLBase},
		},
		Sources: r.p.sources(), Backup: r.keepsBackups(),
	}
	for _, fe := range r.p.dec.Edits {
		j.Files = append(j.Files, recordFile(fe.Path, r.p.tree.File(fe.Path).Sum, sumOf(edited[fe.Path]), fe.Edits))
	}
	for _, o := range r.p.dec.Offload {
		content, size := r.p.content(o.Path)
		img := imageRecord{
			Path: o.Path, Sum: content, Size: size, Key: r.p.keys[o.Path],
			URL: dest.URL(r.p.keys[o.Path]), Plain: o.Plain, Remove: !o.Remembered,
			Partners: o.Partners,
		}
		known := r.p.man.Images[o.Path]
		if known.Deleted && r.p.inPlace(o) {
			continue // there is nothing online to remember
		}
		img.Served = r.servedAs(img, known, j.Dest)
		if img.Remove || known.Dest != j.Dest || known.Key != img.Key || known.Plain != img.Plain || known.Deleted && o.Referenced {
			j.Images = append(j.Images, img)
		}
	}
	return j
}

// servedAs is what the address of img answers with if that is not img itself.
// known is what the manifest has of it.
func (r *run) servedAs(img imageRecord, known image, dest string) *content {
	now, ok := r.served[img.Key]
	switch {
	case ok && now != content{img.Sum, img.Size}:
		return &now
	case !ok && known.Dest == dest && known.Key == img.Key && known.Sum == img.Sum:
		return known.Served
	}
	return nil
}

// took adds what a commit did to what the run did; planned are the images as it
// was asked to treat them.
func (r *run) took(c *commit, planned []imageRecord) {
	for _, fe := range r.p.dec.Edits {
		if c.rewritten[fe.Path] {
			r.last = append(r.last, fe)
		}
	}
	r.edits = append(r.edits, r.last...)
	for path := range c.removed {
		r.removed[path] = true
	}
	for path, err := range c.failures {
		r.failures[path] = err
	}
	r.again = r.again || len(c.changed) > 0
	for _, img := range planned {
		if !img.Remove || c.removed[img.Path] || c.failures[img.Path] != nil {
			continue
		}
		k := Kept{Path: img.Path, Reason: rewrite.ChangedDuringRun, Hint: "run wecos again"}
		if len(c.changed) > 0 {
			k.At = c.changed[0]
		}
		r.stays = append(r.stays, k)
	}
}

// unfinished says how far the commit c came; nil is one that did not begin.
func (r *run) unfinished(c *commit) *Unfinished {
	u := &Unfinished{ToRewrite: len(r.p.dec.Edits), ToRemove: r.p.leaving()}
	if c != nil {
		u.Rewritten, u.Removed = len(c.rewritten), len(c.removed)
	}
	return u
}

// sweep removes temporary files that a crash left in the app.
func (r *run) sweep() error {
	for i := range r.p.tree.Files {
		name := r.p.tree.Files[i].Path
		if !safefs.IsTemp(name) {
			continue
		}
		if err := r.app.Remove(name); err != nil {
			return err
		}
	}
	return nil
}
