package slim

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
)

func (c *sampleCopy) tryGC() (*Result, error) {
	return c.engine().GC(context.Background(), GCOptions{
		Unreferenced: true, Confirm: func([]Object) (bool, error) { return true, nil },
	})
}

// TestStoppedGC stops gc after the Nth change of a file or of the bucket. What it
// deleted goes online again as soon as a source names it, in whatever form, and
// restore brings everything back.
func TestStoppedGC(t *testing.T) {
	s := newSample(t, "wxml-static", nil)
	stops := 0
	for n := int64(0); ; n += int64(losstest.Every(3)) {
		reached := false
		for _, next := range []string{"addresses, run", "paths, run", "addresses, restore", "gc, addresses, run", "gc, paths, run", "gc, addresses, restore"} {
			c := s.fresh()
			c.run()
			for source := range s.ledger.Edits {
				c.write("app", tree{source: "<view/>"})
			}
			reached = c.during(n, c.tryGC)
			when := fmt.Sprintf("gc stopped after %d, %s", n, next)
			c.afterGC(when, next)
			c.drop()
			stops++
		}
		if !reached {
			if n < 8 {
				t.Errorf("gc has only %d changes", n)
			}
			break
		}
	}
	losstest.Figure(t, "gc stopped after the Nth change: %d times", stops)
}

// afterGC does what next says and checks the outcome.
func (c *sampleCopy) afterGC(when, next string) {
	c.t.Helper()
	steps := map[string]func(){
		"gc": func() {
			if _, err := c.tryGC(); err != nil {
				c.t.Fatalf("%s: %v", when, err)
			}
		},
		"addresses": func() { // as version control brings them back
			for source := range c.s.ledger.Edits {
				c.write("app", tree{source: c.s.ledger.After[source]})
			}
		},
		"paths": func() {
			for source := range c.s.ledger.Edits {
				c.write("app", tree{source: c.s.before[source]})
			}
		},
		"run": func() {
			c.run()
			c.slimmed(when)
		},
		"restore": func() {
			c.restore()
			c.restored(when)
		},
	}
	for step := range strings.SplitSeq(next, ", ") {
		steps[step]()
	}
}
