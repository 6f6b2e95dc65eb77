package upload

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		items := make([]int, 100)
		for i := range items {
			items[i] = i
		}
		odd := errors.New("odd")
		var running, most, calls atomic.Int32
		begin := time.Now()
		errs := Each(t.Context(), 10, items, func(_ context.Context, i int) error {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			calls.Add(1)
			time.Sleep(time.Second)
			if i%2 == 1 {
				return odd
			}
			return nil
		})
		for i, err := range errs {
			if (i%2 == 1) != errors.Is(err, odd) {
				t.Errorf("item %d: %v", i, err)
			}
		}
		if calls.Load() != 100 || most.Load() != 10 || time.Since(begin) != 10*time.Second {
			t.Errorf("%d calls, %d at once, in %v", calls.Load(), most.Load(), time.Since(begin))
		}
	})
}

func TestEachStopsAtFatal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fatal := &FatalError{Code: "NoSuchBucket"}
		var calls atomic.Int32
		errs := Each(t.Context(), 4, make([]int, 100), func(ctx context.Context, _ int) error {
			if calls.Add(1) == 10 {
				return fmt.Errorf("wrapped: %w", fatal)
			}
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-time.After(time.Second):
				return nil
			}
		})
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if !errors.Is(err, error(fatal)) {
				t.Errorf("error %v", err)
			}
		}
		if n := calls.Load(); n > 12 || good < 8 {
			t.Errorf("%d calls, %d good", n, good)
		}
	})
}

func TestEachCancelled(t *testing.T) {
	cause := errors.New("a person pressed ctrl-c")
	ctx, cancel := context.WithCancelCause(context.Background())
	var calls atomic.Int32
	errs := Each(ctx, 3, make([]int, 50), func(ctx context.Context, _ int) error {
		if calls.Add(1) >= 5 {
			cancel(cause)
		}
		return nil
	})
	stopped := 0
	for _, err := range errs {
		if errors.Is(err, cause) {
			stopped++
		} else if err != nil {
			t.Errorf("error %v", err)
		}
	}
	if stopped < 40 || int(calls.Load())+stopped != 50 {
		t.Errorf("%d calls, %d stopped", calls.Load(), stopped)
	}
}

func TestEachEdges(t *testing.T) {
	ran := func(context.Context, int) error { return nil }
	if errs := Each(context.Background(), 8, nil, ran); len(errs) != 0 {
		t.Errorf("no items: %v", errs)
	}
	if errs := Each(context.Background(), 0, []int{1, 2}, ran); len(errs) != 2 || errs[0] != nil || errs[1] != nil {
		t.Errorf("no workers: %v", errs)
	}
}
