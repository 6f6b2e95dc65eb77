package upload

import (
	"container/list"
	"context"
	"sync"
)

// limiter bounds the requests that one client has in flight, however many
// workers share it. The bound adapts as TCP's window does: a request that the
// service turns away because of its load halves it, every answered one lets it
// grow a little, by one for as many answers as it is wide.
type limiter struct {
	mu      sync.Mutex
	most    float64
	width   float64 // the bound of now, from 1 to most
	busy    int
	cuts    int       // how often width was halved
	waiting list.List // of chan int, in the order of their coming
}

func newLimiter(most int) *limiter {
	return &limiter{most: float64(most), width: float64(most)}
}

// slot is the leave to send one request. It knows how often the bound had been
// cut when it was given.
type slot struct{ cuts int }

// acquire waits for a slot. The error is the cause of ctx's end.
func (l *limiter) acquire(ctx context.Context) (slot, error) {
	l.mu.Lock()
	if l.busy < int(l.width) && l.waiting.Len() == 0 {
		l.busy++
		defer l.mu.Unlock()
		return slot{l.cuts}, nil
	}
	given := make(chan int, 1)
	place := l.waiting.PushBack(given)
	l.mu.Unlock()
	select {
	case cuts := <-given:
		return slot{cuts}, nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-given: // at the same moment
		l.busy--
		l.admit()
	default:
		l.waiting.Remove(place)
	}
	return slot{}, context.Cause(ctx)
}

// outcome is what an attempt says about the load of the service.
type outcome uint8

const (
	silent   outcome = iota // nothing: there was no answer
	answered                // it has room
	throttled
)

// release gives the slot back. Of the requests that were in flight together
// only one halves the bound: they all met the same moment.
func (l *limiter) release(s slot, o outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case o == answered:
		l.width = min(l.most, l.width+1/l.width)
	case o == throttled && s.cuts == l.cuts:
		l.width = max(1, l.width/2)
		l.cuts++
	}
	l.busy--
	l.admit()
}

func (l *limiter) admit() {
	for l.busy < int(l.width) && l.waiting.Len() > 0 {
		l.waiting.Remove(l.waiting.Front()).(chan int) <- l.cuts
		l.busy++
	}
}

// budget bounds the second attempts of one client. While most requests succeed
// it is never felt; when none does any more, thousands of objects shall not
// each wait for all their attempts before a person learns of it.
type budget struct {
	mu         sync.Mutex
	left, most int
}

func newBudget(most int) *budget { return &budget{left: most, most: most} }

// take asks for one more attempt.
func (b *budget) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left == 0 {
		return false
	}
	b.left--
	return true
}

// earn notes a success.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+1, b.most)
}
