package slim

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
)

// TestStoppedAnywhere stops a run, and a restore, of every sample under every
// variant after the Nth change of a file or of the bucket: for every N by `make
// chaos`, for some otherwise. Nothing is lost at once, the next run finishes,
// and restore brings everything back.
func TestStoppedAnywhere(t *testing.T) {
	var stops atomic.Int64
	t.Run("samples", func(t *testing.T) {
		forEachSample(t, func(t *testing.T, nth int, s *sample) {
			step := int64(losstest.Every(53))
			for _, what := range []string{"run", "restore"} {
				for n := int64(nth) % step; ; n += step {
					reached := false
					for _, next := range []string{"run", "restore"} {
						c := s.fresh()
						act := c.tryRun
						if what == "restore" {
							c.run()
							act = c.tryRestore
						}
						reached = c.during(n, act)
						when := fmt.Sprintf("%s stopped after %d", what, n)
						c.whole(when, true)
						c.goesOn(when, next)
						c.drop()
						stops.Add(1)
					}
					if !reached {
						break
					}
				}
			}
		})
	})
	losstest.Figure(t, "stopped after the Nth change: %d times, in run and restore", stops.Load())
}

// TestStoppedTwice stops the recovery from a stop, after one change of it in
// five, for every stop of the run that leaves something to recover.
func TestStoppedTwice(t *testing.T) {
	var stops atomic.Int64
	t.Run("samples", func(t *testing.T) {
		for _, name := range []string{"wxml-static", "replace-host", "dynamic-prefix", "hashed-names"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				stoppedTwice(t, newSample(t, name, nil), &stops)
			})
		}
	})
	if stops.Load() < 20 {
		t.Errorf("only %d recoveries were stopped", stops.Load())
	}
	losstest.Figure(t, "recoveries stopped after the Nth change: %d times", stops.Load())
}

func stoppedTwice(t *testing.T, s *sample, stops *atomic.Int64) {
	outer, inner := int64(losstest.Every(11)), int64(41)
	if losstest.Full() {
		inner = 5 // begins elsewhere for the next stop
	}
	for n := int64(0); ; n += outer {
		c := s.fresh()
		reached := c.during(n, c.tryRun)
		journal := c.unfinished()
		c.drop()
		if !reached {
			return
		}
		if !journal {
			continue
		}
		for _, second := range []string{"run", "restore"} {
			for m := n % inner; ; m += inner {
				c := s.fresh()
				c.during(n, c.tryRun)
				act := c.tryRun
				if second == "restore" {
					act = c.tryRestore
				}
				reached := c.during(m, act)
				when := fmt.Sprintf("run stopped after %d, then %s after %d", n, second, m)
				c.whole(when, true)
				c.goesOn(when, []string{"run", "restore"}[m%2])
				c.drop()
				stops.Add(1)
				if !reached {
					break
				}
			}
		}
	}
}
