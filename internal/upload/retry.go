package upload

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

const (
	defaultAttempts = 8
	defaultBackoff  = 200 * time.Millisecond
	// longestBackoff is how many times the first pause the longest one is.
	longestBackoff = 50
	maxRetryAfter  = time.Minute
	// retriesPerWorker bounds second attempts while nothing succeeds.
	retriesPerWorker = 16
	// slowest is the rate in bytes a second below which an attempt has hung.
	slowest = 32 << 10
)

// request is what the retry loop must know about an operation.
type request struct {
	op, key string
	size    int64 // of the content to send or copy
	list    bool  // key is a prefix
	open    bool  // the reply outlives the attempt, which sets its own deadline
	single  bool  // what may have been done is not done again
}

// do validates the key and calls attempt until it succeeds, fails for good, or
// the attempts are used up. Errors are *Error or *FatalError.
func (c *COS) do(ctx context.Context, r request, attempt func(context.Context) error) error {
	if !r.list {
		if err := ValidateKey(r.key); err != nil {
			return &Error{Op: r.op, Key: r.key, Err: err}
		}
	}
	ended := func() error { return &Error{Op: r.op, Key: r.key, Err: context.Cause(ctx)} }
	for n := 1; ; n++ {
		if ctx.Err() != nil {
			return ended()
		}
		s, err := c.limit.acquire(ctx)
		if err != nil {
			return ended()
		}
		if err = c.once(ctx, r, attempt); err == nil {
			c.limit.release(s, answered)
			c.budget.earn()
			return nil
		}
		f := c.classify(r, err)
		c.limit.release(s, f.load)
		if ctx.Err() != nil {
			return ended()
		}
		if !f.retry || r.single || n >= c.attempts || n >= dialAttempts && nobody(err) || !c.budget.take() {
			return f.err
		}
		if !sleep(ctx, max(backoff(c.backoff, n), f.after)) {
			return ended()
		}
	}
}

// dialAttempts is how often a service is asked that is not there at all: a
// person waits for the answer, and most often the address is wrong.
const dialAttempts = 4

// nobody reports whether there is no such service: its host is not known, or
// nothing listens there.
func nobody(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound || errors.Is(err, syscall.ECONNREFUSED)
}

// errTimeout is the cause of an attempt that took too long.
var errTimeout = errors.New("no answer in time")

// once runs one attempt under its own deadline.
func (c *COS) once(ctx context.Context, r request, attempt func(context.Context) error) error {
	limit := c.timeout + time.Duration(r.size/slowest)*time.Second
	if r.open {
		return attempt(ctx)
	}
	actx, cancel := context.WithTimeoutCause(ctx, limit, errTimeout)
	defer cancel()
	err := attempt(actx)
	if err != nil && actx.Err() != nil && ctx.Err() == nil {
		return errTimeout
	}
	return err
}

// backoff returns the pause after the nth failed attempt: exponential from
// first on, and anywhere in its upper half, so that workers which failed
// together do not come back together.
func backoff(first time.Duration, n int) time.Duration {
	d := first * time.Duration(min(1<<min(n-1, 10), longestBackoff))
	return d/2 + rand.N(d/2+1)
}

// retryAfter reads the header in both its forms. More than a minute is cut: a
// person waits.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	var d time.Duration
	if s, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(s, int(maxRetryAfter/time.Second))) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	return max(0, min(d, maxRetryAfter))
}

// sleep waits and reports whether it was not cut short by ctx.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
