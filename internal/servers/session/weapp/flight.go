package weapp

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// maxExchanges is how many codes are exchanged at once; others wait.
	maxExchanges = 64
	// A code lives for five minutes at WeChat, and so does what is known of it.
	answerLifetime  = 5 * time.Minute
	refusalLifetime = time.Minute
	maxFlights      = 10_000
)

// flight is the exchange of one code, under way or remembered. A code works
// once, so however many first requests come with it, it is exchanged once.
type flight struct {
	done    chan struct{} // closed when id or err is there
	id      Identity
	err     error
	expires time.Time // guarded by flights.mu

	lock  chan struct{} // of one place: held by who logs in, and guards what follows
	login string        // what the code has logged in as, once
	since time.Time     // of that
}

// enter waits for everybody else who logs in with the code.
func (f *flight) enter(ctx context.Context) error {
	select {
	case f.lock <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *flight) leave() { <-f.lock }

// flights are those of all codes that were seen lately.
type flights struct {
	exchanger Exchanger
	now       func() time.Time
	ended     func(time.Duration, error) // is told of every exchange

	ctx    context.Context // of exchanges: they outlive the request that began them
	cancel context.CancelFunc
	wg     sync.WaitGroup
	slots  chan struct{}

	mu    sync.Mutex
	known map[string]*flight
	order []string // of known, oldest first; may name codes that have gone
}

func newFlights(e Exchanger, now func() time.Time, ended func(time.Duration, error)) *flights {
	ctx, cancel := context.WithCancel(context.Background())
	return &flights{
		exchanger: e, now: now, ended: ended, ctx: ctx, cancel: cancel,
		slots: make(chan struct{}, maxExchanges), known: make(map[string]*flight),
	}
}

// of returns the flight of a code, and begins it where there is none yet.
// Whoever began it has entered it.
func (fs *flights) of(code string) (f *flight, entered bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f := fs.find(code); f != nil {
		return f, false
	}
	for len(fs.order) >= maxFlights {
		delete(fs.known, fs.order[0])
		fs.order = fs.order[1:]
	}
	f = &flight{done: make(chan struct{}), lock: make(chan struct{}, 1), expires: fs.now().Add(answerLifetime)}
	f.lock <- struct{}{}
	fs.known[code] = f
	fs.order = append(fs.order, code)
	fs.wg.Go(func() { fs.exchange(code, f) })
	return f, true
}

// seen returns the flight of a code, or nil.
func (fs *flights) seen(code string) *flight {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.find(code)
}

// find drops what is too old. fs.mu is held.
func (fs *flights) find(code string) *flight {
	now := fs.now()
	for len(fs.order) > 0 {
		oldest := fs.known[fs.order[0]]
		if oldest != nil && now.Before(oldest.expires) {
			break
		}
		delete(fs.known, fs.order[0])
		fs.order = fs.order[1:]
	}
	f := fs.known[code]
	if f != nil && !now.Before(f.expires) {
		delete(fs.known, code)
		return nil
	}
	return f
}

func (fs *flights) exchange(code string, f *flight) {
	ctx, cancel := context.WithTimeout(fs.ctx, ExchangeTimeout)
	defer cancel()
	began := fs.now()
	select {
	case fs.slots <- struct{}{}:
		f.id, f.err = fs.exchanger.Exchange(ctx, code)
		<-fs.slots
	case <-ctx.Done():
		f.err = ctx.Err()
	}
	if f.err == nil && (!isName(f.id.OpenID) || f.id.OpenID == code) {
		// The session and its link would lie under one key.
		f.id, f.err = Identity{}, errors.New("the code and its user have the same name")
	}
	fs.ended(fs.now().Sub(began), f.err)
	fs.remember(code, f)
	close(f.done)
}

// remember decides how long the answer counts.
func (fs *flights) remember(code string, f *flight) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f.err == nil {
		return
	}
	if refused, ok := errors.AsType[*ExchangeError](f.err); ok && refused.lasting() {
		f.expires = fs.now().Add(refusalLifetime)
	} else if fs.known[code] == f {
		delete(fs.known, code) // the next request may have better luck
	}
}

// close ends all exchanges and waits for them.
func (fs *flights) close() {
	fs.cancel()
	fs.wg.Wait()
}
