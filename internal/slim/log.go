package slim

import (
	"context"
	"time"
)

// RunInfo is one run of the log.
type RunInfo struct {
	ID         string    `json:"id"`
	Started    time.Time `json:"started"`
	Version    string    `json:"version"`
	Files      int       `json:"files"`      // sources that are still as the run rewrote them, in part at least
	References int       `json:"references"` // edits in them
	Images     int       `json:"images"`     // put or kept online
	Removed    int       `json:"removed"`    // of those, taken out of the app
	Bytes      int64     `json:"bytes"`      // of those
	URLBase    string    `json:"urlBase"`
	OutDir     string    `json:"outDir,omitempty"`     // where a slimmed copy was written instead
	Restored   bool      `json:"restored,omitempty"`   // everything was brought back since
	Unfinished bool      `json:"unfinished,omitempty"` // interrupted: the next run finishes it
}

// Log lists the runs that changed anything, oldest first.
func (e *Engine) Log(context.Context) ([]RunInfo, error) {
	st, err := e.openState()
	if err != nil || st == nil {
		return nil, err
	}
	defer st.close()
	records, err := st.loadRecords()
	if err != nil {
		return nil, err
	}
	out := make([]RunInfo, 0, len(records)+1)
	for _, r := range records {
		out = append(out, r.info())
	}
	j, err := st.loadJournal()
	if err != nil {
		return nil, err
	}
	if j != nil {
		info := j.info()
		info.Unfinished = true
		out = append(out, info)
	}
	return out, nil
}

func (r *record) info() RunInfo {
	info := RunInfo{
		ID: r.ID, Started: r.Started, Version: r.Version, Files: len(r.Files), Images: len(r.Images),
		URLBase: r.Destination.URLBase, OutDir: r.OutDir, Restored: r.Restored,
	}
	for _, f := range r.Files {
		info.References += len(f.Edits)
	}
	for _, img := range r.Images {
		if img.Remove {
			info.Removed++
			info.Bytes += img.Size
		}
	}
	return info
}

// Measure reports the sizes of the packages as they are.
func (e *Engine) Measure(ctx context.Context) (*Result, error) {
	start := e.opt.Now()
	tree, err := e.scan(ctx)
	if err != nil {
		return nil, err
	}
	res := &Result{Version: e.opt.Version, Command: "report", App: tree.Root}
	res.countImages(tree)
	for _, p := range tree.Problems {
		res.Warnings = append(res.Warnings, Warning{At: p.Path, Text: p.Err.Error()})
	}
	res.measure(tree, tree, nil, nil)
	st, err := e.openState()
	if err != nil {
		return nil, err
	}
	if st != nil {
		defer st.close()
		if res.Warnings, err = st.mention(res.Warnings); err != nil {
			return nil, err
		}
	}
	return e.finishResult(res, start), nil
}
