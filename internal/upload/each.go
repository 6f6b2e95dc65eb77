package upload

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Each runs fn for every item, at most n at once, and returns each item's
// error at its index. One item's failure is its own, but a *FatalError stops
// the rest: they get that error, as those that never started because ctx
// ended get its cause. Each returns when no fn runs any more.
func Each[T any](ctx context.Context, n int, items []T, fn func(context.Context, T) error) []error {
	errs := make([]error, len(items))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(max(n, 1), len(items)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(items) {
					return
				}
				if ctx.Err() != nil {
					errs[i] = context.Cause(ctx)
					continue
				}
				errs[i] = fn(ctx, items[i])
				if fatal := (*FatalError)(nil); errors.As(errs[i], &fatal) {
					cancel(fatal)
				}
			}
		})
	}
	wg.Wait()
	return errs
}
