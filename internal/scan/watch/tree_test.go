package watch

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// record is a sink that remembers.
type record struct {
	paths   []string
	full    bool
	notices []Notice
}

func (r *record) touch(rel string, _ stamp) { r.paths = append(r.paths, rel) }
func (r *record) lost()                     { r.full = true }
func (r *record) notice(n Notice)           { r.notices = append(r.notices, n) }

// stepper is a source whose events a test applies in an order of its own.
type stepper struct {
	*bench
	*record
	e *events
}

func newStepper(b *bench) *stepper {
	b.Helper()
	s := &stepper{bench: b, record: &record{}}
	e, err := newEvents(b.Context(), disk{root: b.root, skip: b.opt.Skip}, s.record)
	b.must(err)
	b.Cleanup(func() { b.must(e.close()) })
	s.e = e
	return s
}

func (s *stepper) apply(rel string, op fsnotify.Op, moved bool) {
	s.Helper()
	got, err := s.e.apply(s.Context(), event{name: s.abs(rel), ops: op})
	if err != nil || got != moved {
		s.Fatalf("%s: moved %v, error %v", rel, got, err)
	}
}

// told requires that the paths were told.
func (s *stepper) told(paths ...string) {
	s.Helper()
	for _, p := range paths {
		if !slices.Contains(s.paths, p) {
			s.Errorf("%s was not told, only %q", p, s.paths)
		}
	}
}

// watches requires that a new file at rel is told.
func (s *stepper) watches(rel string) {
	s.Helper()
	s.write(rel, "")
	for late := time.After(deadline); !slices.Contains(s.paths, rel); {
		select {
		case <-s.e.wake():
			s.must(s.e.collect(s.Context()))
		case <-late:
			s.Fatalf("%s was not told: its folder is not watched", rel)
		}
	}
}

// TestTreeFolderFoundBeforeItLeft looks at a folder's new place before its old
// one, which is what happens when it moves into a folder that is itself new.
func TestTreeFolderFoundBeforeItLeft(t *testing.T) {
	s := newStepper(newBench(t, "a/x/1.png"))
	s.mkdir("p")
	s.rename("a", "p/b")
	s.apply("p", fsnotify.Create, false)
	s.apply("a", fsnotify.Rename, true)
	s.write("p/b/x/unseen.png", "") // nothing watches just now
	s.must(s.e.mend(t.Context()))
	s.told("a", "p/b/x/1.png", "p/b/x/unseen.png")
	s.watches("p/b/new.png")
	s.watches("p/b/x/new.png")
}

// TestTreeFolderMadeAgain removes a folder and makes it again before anybody
// looks. Many file systems give it the same identity.
func TestTreeFolderMadeAgain(t *testing.T) {
	s := newStepper(newBench(t, "a/1.png"))
	before, err := os.Lstat(s.abs("a"))
	s.must(err)
	s.remove("a")
	s.mkdir("a")
	after, err := os.Lstat(s.abs("a"))
	s.must(err)
	t.Logf("same identity: %v", os.SameFile(before, after))
	s.apply("a", fsnotify.Remove|fsnotify.Create, false)
	s.told("a")
	s.watches("a/2.png")
}

// TestTreeRemovedBeforeLook applies events whose names are gone by then.
func TestTreeRemovedBeforeLook(t *testing.T) {
	s := newStepper(newBench(t, "a/b/1.png"))
	s.remove("a")
	s.apply("a", fsnotify.Remove, false)
	s.apply("a/b", fsnotify.Remove, false)
	s.apply("a/b/1.png", fsnotify.Remove, false)
	s.apply("..", fsnotify.Write, false)
	if !slices.Equal(s.paths, []string{"a"}) {
		t.Errorf("told %q", s.paths)
	}
	s.watches("a/b/2.png")
}
