package bucket

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/tencentyun/cos-go-sdk-v5"
)

const (
	attempts   = 3 // somebody waits for the answer
	firstPause = 100 * time.Millisecond
)

// Error says why the service did not do something.
type Error struct {
	Op     string // put, delete, list
	Key    string // for list the prefix
	Status int    // of the reply, 0 when there was none
	Code   string // the service's error code, if any
	Err    error  // cause, may be nil
}

func (e *Error) Error() string {
	text := fmt.Sprintf("%s %q", e.Op, e.Key)
	if e.Status != 0 {
		text += fmt.Sprintf(": status %d %s", e.Status, e.Code)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// request is what do must know about an operation.
type request struct {
	op, key string
	size    int64 // of the content, in bytes
	// started reports whether the content is used up, so that there is no second
	// attempt; nil is never.
	started func() bool
}

// errTimeout is the cause of an attempt that took too long.
var errTimeout = errors.New("no answer in time")

// do calls attempt until it succeeds, fails for good, or the attempts are used
// up. Errors are *Error.
func (s *Store) do(ctx context.Context, r request, attempt func(context.Context) error) error {
	limit := s.timeout + time.Duration(r.size/slowest)*time.Second
	for n := 1; ; n++ {
		actx, cancel := context.WithTimeoutCause(ctx, limit, errTimeout)
		err := attempt(actx)
		if err != nil && actx.Err() != nil {
			err = context.Cause(actx)
		}
		cancel()
		if err == nil {
			return nil
		}
		failed, again := s.explain(r, err)
		if !again || n == attempts || ctx.Err() != nil || r.started != nil && r.started() {
			return failed
		}
		pause := time.NewTimer(s.pause<<(n-1) + rand.N(s.pause))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return failed
		}
	}
}

// explain says what an SDK error means, and whether the next attempt may have a
// better one. It keeps nothing of the reply but status and code.
func (s *Store) explain(r request, err error) (*Error, bool) {
	if list, ok := err.(*cos.RetryError); ok && len(list.Errs) > 0 { // has no Unwrap
		err = list.Errs[len(list.Errs)-1]
	}
	e := &Error{Op: r.op, Key: r.key}
	if reply, ok := errors.AsType[*cos.ErrorResponse](err); ok && reply.Response != nil {
		e.Status, e.Code = reply.Response.StatusCode, reply.Code
		return e, e.Status >= 500 && e.Status != http.StatusNotImplemented || e.Status == http.StatusTooManyRequests
	}
	e.Err = err
	if text := s.scrub.Replace(err.Error()); text != err.Error() {
		e.Err = errors.New(text)
	}
	return e, true
}
