package slim

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"time"

	"github.com/wecos-go/wecos/internal/rewrite"
	"github.com/wecos-go/wecos/internal/rewrite/source"
)

const (
	journalFormat = "wecos journal 1"
	recordFormat  = "wecos run 1"
)

// record is what one run changes: its journal while it commits, and its entry
// in the log afterwards. Together with the original texts it is all that undoing
// the run takes.
type record struct {
	ID      string    `json:"id"`
	Started time.Time `json:"started"`
	Version string    `json:"version,omitempty"`
	// OutDir is set for a run that wrote a copy: it changed nothing in the app.
	OutDir string `json:"outDir,omitempty"`
	// Dest is the short id of Destination.
	Dest        string        `json:"destinationId"`
	Destination destination   `json:"destination"`
	Files       []fileRecord  `json:"files"`
	Images      []imageRecord `json:"images"`
	// Restored says that everything was undone since.
	Restored bool `json:"restored,omitempty"`
}

// fileRecord is one edited source. Before is the original text, After the text
// with all Edits.
type fileRecord struct {
	Path   string       `json:"path"`
	Before sum          `json:"before"`
	After  sum          `json:"after"`
	Edits  []editRecord `json:"edits"`
}

// editRecord is one edit; Start and End are byte offsets in the original text.
type editRecord struct {
	Start  int      `json:"start"`
	End    int      `json:"end"`
	New    string   `json:"new"`
	From   string   `json:"from"` // decoded, as the report shows it
	To     string   `json:"to"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Images []string `json:"images,omitempty"` // what the place needs to be local again
	Host   bool     `json:"host,omitempty"`
}

// imageRecord is one image that is online. Remove says that the run takes it
// out of the app.
type imageRecord struct {
	Path  string `json:"path"`
	Sum   sum    `json:"sha256"`
	Size  int64  `json:"size"`
	Key   string `json:"key"`
	URL   string `json:"url"`
	Plain bool   `json:"plain,omitempty"`
	// Served is as in the manifest.
	Served *content `json:"served,omitempty"`
	Remove bool     `json:"remove,omitempty"`
	// Partners are images whose names code makes from this one's, or the other
	// way round.
	Partners []string `json:"partners,omitempty"`
}

// journal is a record whose run is not finished, with what finishing needs.
type journal struct {
	record
	// Sources are all sources of the app as the plan saw them: if one has
	// changed it may name an image that is about to go.
	Sources map[string]sum `json:"sources"`
	// Backup says that an image may only be removed when its backup is whole.
	Backup bool `json:"backup"`
}

// edits converts back to what rewrite.Apply takes.
func (f *fileRecord) edits() []rewrite.Edit {
	out := make([]rewrite.Edit, len(f.Edits))
	for i, e := range f.Edits {
		out[i] = rewrite.Edit{Span: source.Span{Start: e.Start, End: e.End}, New: e.New}
	}
	return out
}

func recordFile(path string, before, after sum, edits []rewrite.Edit) fileRecord {
	f := fileRecord{Path: path, Before: before, After: after, Edits: make([]editRecord, len(edits))}
	for i, e := range edits {
		images := e.Images
		if e.Image != "" {
			images = append([]string{e.Image}, images...)
		}
		f.Edits[i] = editRecord{
			Start: e.Span.Start, End: e.Span.End, New: e.New, From: e.From, To: e.To,
			Line: e.At.Line, Column: e.At.Column, Images: images, Host: e.Host,
		}
	}
	return f
}

// check refuses a record that points outside the app or whose edits are out of
// order.
func (r *record) check() error {
	if r.ID == "" || !fs.ValidPath(r.ID) || path.Base(r.ID) != r.ID {
		return errors.New("has a bad id")
	}
	for _, f := range r.Files {
		if !fs.ValidPath(f.Path) || f.Path == "." {
			return fmt.Errorf("names the file %q", f.Path)
		}
		last := 0
		for _, e := range f.Edits {
			if e.Start < last || e.End < e.Start {
				return fmt.Errorf("has a bad edit of %s", f.Path)
			}
			last = e.End
		}
	}
	for _, img := range r.Images {
		if !fs.ValidPath(img.Path) || img.Path == "." {
			return fmt.Errorf("names the image %q", img.Path)
		}
	}
	return nil
}

// loadJournal returns the journal of an unfinished run, or nil. s may be nil.
func (s *state) loadJournal() (*journal, error) {
	if s == nil {
		return nil, nil
	}
	var j journal
	err := s.read(journalFile, journalFormat, &j)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		if bad := j.check(); bad != nil {
			err = &StateError{File: filepath.Join(s.root.Dir(), journalFile), Text: bad.Error()}
		}
	}
	if err != nil {
		return nil, err
	}
	return &j, nil
}

// finish ends the run of j: its record enters the log, then the journal goes.
// A crash in between leaves a journal all of whose steps are done already.
func (s *state) finish(r *record) error {
	if err := s.saveRecord(r); err != nil {
		return err
	}
	return s.root.Remove(journalFile)
}

func recordName(id string) string { return path.Join(runsDir, id+".json") }

func (s *state) saveRecord(r *record) error { return s.write(recordName(r.ID), recordFormat, r) }

// loadRecords returns the log, oldest run first. s may be nil.
func (s *state) loadRecords() ([]*record, error) {
	if s == nil {
		return nil, nil
	}
	entries, err := s.root.ReadDir(runsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []*record
	for _, entry := range entries { // sorted by name, which begins with the time
		name := path.Join(runsDir, entry.Name())
		if path.Ext(name) != ".json" || !entry.Type().IsRegular() {
			continue
		}
		r := &record{}
		if err := s.read(name, recordFormat, r); err != nil {
			return nil, err
		}
		if err := r.check(); err != nil || recordName(r.ID) != name {
			return nil, &StateError{File: filepath.Join(s.root.Dir(), filepath.FromSlash(name)), Text: "is not the record of a run"}
		}
		out = append(out, r)
	}
	return out, nil
}

// newID names a run by its start; two in one second are told apart.
func (s *state) newID(start time.Time) (string, error) {
	base := start.UTC().Format("20060102-150405")
	for n := 0; ; n++ {
		id := fmt.Sprintf("%s-%02d", base, n)
		_, err := s.root.Lstat(recordName(id))
		if errors.Is(err, fs.ErrNotExist) {
			return id, nil
		}
		if err != nil {
			return "", err
		}
	}
}
