package watch

import (
	"errors"
	"sync"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

// maxQueued bounds the names that wait to be looked at.
const maxQueued = 1 << 16

// event is what the system told about one name since it was last asked.
type event struct {
	name string // absolute
	ops  fsnotify.Op
}

// queue keeps the system's events while the watcher is busy, one for each name:
// a file that is written in a thousand pieces waits once.
type queue struct {
	signal chan struct{} // holds one token while something waits

	mu     sync.Mutex
	events []event
	index  map[string]int // name → position in events
	err    error          // why events may be missing
}

func newQueue() *queue {
	return &queue{signal: make(chan struct{}, 1), index: map[string]int{}}
}

func (q *queue) put(ev fsnotify.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i, ok := q.index[ev.Name]
	if !ok {
		if len(q.events) == maxQueued {
			q.fail(fsnotify.ErrEventOverflow)
			return
		}
		i = len(q.events)
		q.index[ev.Name] = i
		q.events = append(q.events, event{name: ev.Name})
	}
	q.events[i].ops |= ev.Op
	q.wake()
}

// putError notes that events may be missing. The first cause counts.
func (q *queue) putError(err error) {
	// The watch on a folder that moved was to be given up, and went with the
	// folder before that. No event is missing.
	if errors.Is(err, syscall.EINVAL) {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.fail(err)
}

func (q *queue) fail(err error) {
	if q.err == nil {
		q.err = err
	}
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.signal <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (q *queue) take() ([]event, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events, err := q.events, q.err
	q.events, q.err = nil, nil
	clear(q.index)
	return events, err
}
