package kit

import (
	"sync"
	"time"
)

// gate counts those inside, lets nobody in once it is closed, and waits for the
// last to leave. Unlike a sync.WaitGroup it may be entered while it closes.
type gate struct {
	mu     sync.Mutex
	inside int
	closed bool
	empty  chan struct{} // made by close
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.inside++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside--; g.inside == 0 && g.closed {
		close(g.empty)
	}
}

// close waits until nobody is inside, for at most d, and returns how many are
// left.
func (g *gate) close(d time.Duration) int {
	g.mu.Lock()
	g.closed = true
	g.empty = make(chan struct{})
	if g.inside == 0 {
		close(g.empty)
	}
	g.mu.Unlock()
	enough := time.NewTimer(d)
	defer enough.Stop()
	select {
	case <-g.empty:
	case <-enough.C:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.inside
}
