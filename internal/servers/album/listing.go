package album

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxListed bounds the pictures of a listing, and with it the memory.
	maxListed = 200_000
	// listTime is the time for one listing. It goes on when the client that asked
	// first has gone, since others wait for it.
	listTime = time.Minute
	// maxRendered bounds the replies that are kept with a listing.
	maxRendered = 64
)

// snapshot is a complete listing.
type snapshot struct {
	items []Item // pictures in ascending order of keys
	made  time.Time
	gen   uint64 // what listing.gen was before it was made

	byTime func() []Item // the same, newest first

	mu       sync.Mutex
	rendered map[string][]byte // replies by what was asked for
}

// listing keeps the last snapshot until something changes.
type listing struct {
	store   Store
	folder  string
	age     time.Duration
	now     func() time.Time
	counted *counters

	mu     sync.Mutex
	gen    uint64 // counts the changes
	last   *snapshot
	flight *flight[*snapshot]
}

// errPanicked is what those hear who waited for work that panicked.
var errPanicked = errors.New("it panicked where another request waits for it")

// flight is work that one does and others wait for.
type flight[T any] struct {
	done  chan struct{}
	value T
	err   error
}

func newListing(store Store, folder string, age time.Duration, now func() time.Time, counted *counters) *listing {
	return &listing{store: store, folder: folder, age: age, now: now, counted: counted}
}

// changed says that a picture has come or gone, perhaps.
func (l *listing) changed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gen++
	l.last = nil
}

// get returns a listing that has every change up to the call. One listing is
// made at a time.
func (l *listing) get(ctx context.Context) (*snapshot, error) {
	l.mu.Lock()
	asked := l.gen
	for {
		if s := l.last; s != nil && l.fresh(s) {
			l.mu.Unlock()
			l.counted.listings.WithLabelValues("kept").Inc()
			return s, nil
		}
		f := l.flight
		if f == nil {
			break
		}
		l.mu.Unlock()
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if f.err != nil || f.value.gen >= asked {
			return f.value, f.err
		}
		l.mu.Lock()
	}
	f := &flight[*snapshot]{done: make(chan struct{})}
	l.flight, asked = f, l.gen
	l.mu.Unlock()
	l.counted.listings.WithLabelValues("made").Inc()
	l.fill(ctx, asked, f)
	return f.value, f.err
}

// fill ends the flight, also by a panic, which goes its way in this goroutine.
func (l *listing) fill(ctx context.Context, gen uint64, f *flight[*snapshot]) {
	f.err = errPanicked // until there is an outcome
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.flight = nil
		if f.err == nil && l.gen == gen {
			l.last = f.value
		}
		close(f.done)
	}()
	value, err := l.make(ctx, gen)
	f.value, f.err = value, err
}

func (l *listing) fresh(s *snapshot) bool {
	return l.age == 0 || l.now().Sub(s.made) < l.age
}

func (l *listing) make(ctx context.Context, gen uint64) (*snapshot, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listTime)
	defer cancel()
	s := &snapshot{items: make([]Item, 0, 64), made: l.now(), gen: gen, rendered: make(map[string][]byte)}
	for item, err := range l.store.List(ctx, l.folder) {
		if err != nil {
			return nil, err
		}
		if !isPicture(item.Key) {
			continue
		}
		if len(s.items) == maxListed {
			return nil, fmt.Errorf("there are more than %d pictures in %q", maxListed, "/"+l.folder)
		}
		item.Time = item.Time.Truncate(time.Millisecond) // as markers tell it
		s.items = append(s.items, item)
	}
	s.byTime = sync.OnceValue(func() []Item {
		items := slices.Clone(s.items)
		slices.SortFunc(items, func(a, b Item) int { return newer(a.Time, a.Key, b) })
		return items
	})
	return s, nil
}

// newer orders a picture of a time and key before an older one; of the same
// time, the later key comes first.
func newer(at time.Time, key string, than Item) int {
	if c := than.Time.Compare(at); c != 0 {
		return c
	}
	return strings.Compare(than.Key, key)
}

// reply returns the text that render makes for the question, which is made once.
func (s *snapshot) reply(question string, render func() ([]byte, error)) ([]byte, error) {
	s.mu.Lock()
	text, ok := s.rendered[question]
	s.mu.Unlock()
	if ok {
		return text, nil
	}
	text, err := render()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rendered) < maxRendered {
		s.rendered[question] = text
	}
	return text, nil
}
