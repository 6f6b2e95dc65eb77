package watch

import (
	"maps"
	"slices"
	"time"
)

// settler decides when changes have come to rest. It has no clock and starts
// nothing: times come in as arguments, and due says when to ask again.
//
// A batch opens with its first change. It ends after quiet without another
// one, or when it has been open for most. A file that was still changing at
// that moment stays behind for the next batch, so that no half-written file is
// handed out, but no longer than hold.
type settler struct {
	quiet, most, hold time.Duration
	look              func(rel string) stamp

	pending map[string]*change
	full    bool      // changes were lost
	since   time.Time // when the open batch began
	last    time.Time // the latest change of all
}

// change is one path that is not yet reported.
type change struct {
	seen        stamp
	first, last time.Time
}

func newSettler(quiet, most time.Duration, look func(rel string) stamp) *settler {
	return &settler{
		quiet:   quiet,
		most:    most,
		hold:    holdFactor * most,
		look:    look,
		pending: map[string]*change{},
	}
}

func (s *settler) open() bool { return s.full || len(s.pending) > 0 }

func (s *settler) note(now time.Time) {
	if !s.open() {
		s.since = now
	}
	s.last = now
}

// touch notes that rel changed and looked like st just after.
func (s *settler) touch(now time.Time, rel string, st stamp) {
	s.note(now)
	c := s.pending[rel]
	if c == nil {
		if len(s.pending) == maxPaths {
			s.full = true
			return
		}
		c = &change{first: now}
		s.pending[rel] = c
	}
	c.seen, c.last = st, now
}

// lost notes that something changed and nobody knows what.
func (s *settler) lost(now time.Time) {
	s.note(now)
	s.full = true
}

// restart is lost, with the batch beginning anew.
func (s *settler) restart(now time.Time) {
	s.since, s.last, s.full = now, now, true
}

// due returns when settle may have something; false means not before the next
// change.
func (s *settler) due() (time.Time, bool) {
	if !s.open() {
		return time.Time{}, false
	}
	quiet, most := s.last.Add(s.quiet), s.since.Add(s.most)
	if most.Before(quiet) {
		return most, true
	}
	return quiet, true
}

// settle returns what has come to rest. An empty batch means that due tells a
// later time.
func (s *settler) settle(now time.Time) Batch {
	over := now.Sub(s.since) >= s.most
	if !s.open() || !over && now.Sub(s.last) < s.quiet {
		return Batch{}
	}
	// Not every write sends an event in time: memory maps, network folders and
	// listings far apart do not.
	moving := false
	for rel, c := range s.pending {
		if st := s.look(rel); st != c.seen {
			c.seen, c.last = st, now
			moving = true
		}
	}
	if moving {
		s.last = now
		if !over {
			return Batch{}
		}
	}
	b := Batch{Full: s.full}
	for rel, c := range s.pending {
		if now.Sub(c.last) >= s.quiet || now.Sub(c.first) >= s.hold {
			b.Paths = append(b.Paths, rel)
			delete(s.pending, rel)
		}
	}
	slices.Sort(b.Paths)
	s.full = false
	s.since = now
	return b
}

// offer is b as it may be handed out now: without the paths that changed again
// since they came to rest.
func (s *settler) offer(b Batch) Batch {
	if b.empty() || len(s.pending) == 0 {
		return b
	}
	b.Paths = slices.DeleteFunc(slices.Clone(b.Paths), func(rel string) bool { return s.pending[rel] != nil })
	b.Moving = slices.Collect(maps.Keys(s.pending))
	return b
}
