package slim

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/safefs"
	"github.com/wecos-go/wecos/internal/scan"
	"github.com/wecos-go/wecos/internal/upload"
)

// samples are the projects of testdata: between them they have every form of
// reference.
const samples = "../../testdata/projects"

// variants are the ways in which a project may be slimmed that differ in what a
// crash can leave.
var variants = []struct {
	name     string
	settings map[string]any
}{
	{"plain", nil},
	{"hashed", map[string]any{"fileName": "[path][name].[hash:8][ext]"}},
	{"no backups", map[string]any{"backupDir": ""}},
	{"outDir", map[string]any{"outDir": "./out"}},
}

// sample is a project of testdata under one variant; fresh gives copies of it.
type sample struct {
	t        *testing.T
	project  string // its folder
	settings map[string]any
	dir      string // holds the copies
	copies   int

	before losstest.Tree
	ledger *losstest.Ledger // of an undisturbed run
	out    losstest.Tree    // what that writes to outDir
}

// copy is a fresh copy of a sample with a bucket of its own.
type sampleCopy struct {
	*world
	s      *sample
	root   string // of the app
	bucket *losstest.Store
}

func newSample(t *testing.T, name string, settings map[string]any) *sample {
	t.Helper()
	s := &sample{t: t, project: filepath.Join(samples, name), settings: settings, dir: t.TempDir()}
	var err error
	if s.before, err = losstest.ReadTree(filepath.Join(s.project, "in")); err != nil {
		t.Fatal(err)
	}
	c := s.fresh()
	root := c.tree(c.root)
	c.run()
	if s.ledger, err = losstest.Learn(root, c.root, c.cfg.StateDir()); err != nil {
		t.Fatal(err)
	}
	s.out = c.outTree()
	c.drop()
	return s
}

func (s *sample) fresh() *sampleCopy {
	s.t.Helper()
	s.copies++
	w := &world{t: s.t, dir: filepath.Join(s.dir, strconv.Itoa(s.copies))}
	app := filepath.Join(w.dir, "app")
	if err := s.before.Write(app); err != nil {
		s.t.Fatal(err)
	}
	w.cfg = losstest.Configure(s.t, s.project, w.dir, s.settings, map[string]any{
		"bucket": "shop-1250000000", "region": "ap-guangzhou", "secret_id": "id", "secret_key": "key",
	})
	layout, err := scan.OpenLayout(w.cfg.AppDir)
	if err != nil {
		s.t.Fatal(err)
	}
	w.dest, err = upload.NewDestination(upload.Settings{
		Bucket: w.cfg.COS.Bucket, Region: w.cfg.COS.Region, Folder: w.cfg.COS.Folder, TargetHost: w.cfg.TargetHost,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	bucket := &losstest.Store{}
	w.store, w.client = bucket, bucket.Client(w.dest.URLBase)
	return &sampleCopy{world: w, s: s, root: layout.Root, bucket: bucket}
}

// drop removes the copy from the disk.
func (c *sampleCopy) drop() {
	if err := os.RemoveAll(c.dir); err != nil {
		c.t.Fatal(err)
	}
}

func (c *sampleCopy) tree(dir string) losstest.Tree {
	c.t.Helper()
	tree, err := losstest.ReadTree(dir)
	if err != nil {
		c.t.Fatal(err)
	}
	return tree
}

// outTree is what lies in outDir, without the marker; nil when there is none.
func (c *sampleCopy) outTree() losstest.Tree {
	if c.cfg.OutDir == "" {
		return nil
	}
	tree := c.tree(c.cfg.OutDir)
	delete(tree, markerFile)
	return tree
}

// whole fails when anything is lost; leftovers says that temporary files may lie
// around.
func (c *sampleCopy) whole(when string, leftovers bool) {
	c.t.Helper()
	now := losstest.Now{App: c.tree(c.root), Online: c.bucket.Object, Leftovers: leftovers}
	if c.cfg.BackupDir != "" {
		now.Backup = c.tree(c.cfg.BackupDir)
	}
	c.none(when, c.s.ledger.Lost(now))
}

// slimmed fails unless the app is what an undisturbed run makes of it.
func (c *sampleCopy) slimmed(when string) {
	c.t.Helper()
	c.whole(when, false)
	c.none(when, c.tree(c.root).Differences(c.s.ledger.After))
	c.none(when+", in outDir", c.outTree().Differences(c.s.out))
}

// restored fails unless the app is what it was.
func (c *sampleCopy) restored(when string) {
	c.t.Helper()
	c.none(when, c.tree(filepath.Join(c.dir, "app")).Differences(c.s.before))
}

func (c *sampleCopy) none(when string, problems []string) {
	c.t.Helper()
	if len(problems) > 0 {
		c.t.Fatalf("%s (%v), %s:\n  %s", c.s.project, c.s.settings, when, strings.Join(problems, "\n  "))
	}
}

// stopper lets some operations, on files and on the bucket, happen and none
// after them: a process that is killed, as far as the disk and the bucket can
// tell.
type stopper struct {
	after int64
	count atomic.Int64
}

func (s *stopper) happened() bool { return s.count.Load() > s.after }

func (s *stopper) file(op safefs.Op) error {
	if op.Kind.Changes() && s.count.Add(1) > s.after || s.happened() {
		return errCrash
	}
	return noSync(op)
}

func (s *stopper) object(string, string) error {
	if s.count.Add(1) > s.after {
		return errCrash
	}
	return nil
}

// RoundTrip answers nothing after the stop.
func (s *stopper) RoundTrip(r *http.Request) (*http.Response, error) { return nil, errCrash }

// during stops act after so many operations, and reports whether it came that
// far.
func (c *sampleCopy) during(after int64, act func() (*Result, error)) (stopped bool) {
	c.t.Helper()
	s := &stopper{after: after}
	c.hook, c.bucket.Before = s.file, s.object
	res, err := act()
	c.hook, c.bucket.Before = nil, nil
	// A bucket that takes no image any more fails the images, not the run.
	if s.happened() && err == nil && !res.Incomplete() {
		c.t.Fatalf("%s (%v): stopped after %d operations, it says nothing", c.s.project, c.s.settings, after)
	}
	if !s.happened() && err != nil {
		c.t.Fatalf("%s (%v): %v", c.s.project, c.s.settings, err)
	}
	return s.happened()
}

func (c *sampleCopy) tryRun() (*Result, error) { return c.engine().Run(context.Background()) }

func (c *sampleCopy) tryRestore() (*Result, error) {
	return c.engine().Restore(context.Background(), RestoreOptions{Dir: c.dir})
}

// unfinished reports whether a journal waits.
func (c *sampleCopy) unfinished() bool {
	_, err := os.Lstat(filepath.Join(c.cfg.StateDir(), journalFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		c.t.Fatal(err)
	}
	return err == nil
}

// goesOn runs wecos or restore as if nothing had happened, and checks
// everything.
func (c *sampleCopy) goesOn(when, next string) {
	c.t.Helper()
	when += ", then " + next
	journal := c.unfinished()
	var res *Result
	if next == "run" {
		res = c.run()
		c.slimmed(when)
		c.tidy(when)
	} else {
		res = c.restore()
		c.restored(when)
	}
	if res.Incomplete() {
		c.t.Fatalf("%s (%v), %s: failed are %v", c.s.project, c.s.settings, when, res.Failed)
	}
	if said := strings.Contains(strings.Join(res.Notes, "\n"), "finished the interrupted run"); said != journal {
		c.t.Fatalf("%s (%v), %s: a journal waits: %v, the notes are %q", c.s.project, c.s.settings, when, journal, res.Notes)
	}
	if c.unfinished() {
		c.t.Fatalf("%s (%v), %s: the journal is still there", c.s.project, c.s.settings, when)
	}
}

// forEachSample calls check for every sample, in parallel: under every variant in
// the full form, else under one, another for the next sample.
func forEachSample(t *testing.T, check func(t *testing.T, nth int, s *sample)) {
	nth := 0
	for i, name := range losstest.Projects(t, samples) {
		for j, v := range variants {
			if nth++; !losstest.Full() && i%len(variants) != j {
				continue
			}
			nth := nth // the others are counted before this one goes on
			t.Run(name+"/"+v.name, func(t *testing.T) {
				t.Parallel()
				check(t, nth, newSample(t, name, maps.Clone(v.settings)))
			})
		}
	}
}

// tidy fails when temporary files are left anywhere, or texts of no run.
func (c *sampleCopy) tidy(when string) {
	c.t.Helper()
	var left []string
	for name := range c.tree(c.dir) {
		dir, base := filepath.Split(name)
		id, isTexts := strings.CutSuffix(base, textsSuffix)
		if safefs.IsTemp(name) || isTexts && strings.HasSuffix(dir, "/"+textsDir+"/") {
			if _, err := os.Lstat(filepath.Join(c.cfg.StateDir(), filepath.FromSlash(recordName(id)))); err != nil {
				left = append(left, name+" was left behind")
			}
		}
	}
	c.none(when, left)
}
