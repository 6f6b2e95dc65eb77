package slim

import (
	"context"
	"errors"
	"fmt"

	"github.com/wecos-go/wecos/internal/safefs"
)

// watchFile is locked for as long as a process watches the app.
const watchFile = "watch"

// Watching tells other processes that this one watches the app, until release
// is called: a second watcher, and Restore, whose work it would undo, are kept
// out. Single runs are not.
func (e *Engine) Watching(ctx context.Context) (release func() error, err error) {
	r, err := safefs.CreateRoot(e.opt.Config.StateDir(), safefs.WithHook(e.hook))
	if err != nil {
		return nil, explainDisk(err)
	}
	unlock, err := e.watchLock(ctx, r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return func() error { return errors.Join(unlock(), r.Close()) }, nil
}

// watchLock takes the watcher's lock. The error names the watcher that has it.
func (e *Engine) watchLock(ctx context.Context, r *safefs.Root) (release func() error, err error) {
	lock, err := r.Lock(ctx, watchFile, e.opt.Now(), false)
	if held, ok := errors.AsType[*safefs.HeldError](err); ok {
		return nil, &Error{
			Text: fmt.Sprintf("another wecos (process %d) watches this app", held.PID),
			Fix:  "stop it first, with Ctrl-C where it runs",
		}
	}
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}
