package slim

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/wecos-go/wecos/internal/losstest"
	"github.com/wecos-go/wecos/internal/safefs"
)

// fault makes file operations fail from the Nth on, as a disk does.
type fault struct {
	err   syscall.Errno
	after int64
	once  bool // only that one fails
	kinds map[safefs.OpKind]bool
	count atomic.Int64
}

// faults are the ways in which a disk refuses.
var faults = []struct {
	err   syscall.Errno
	kinds []safefs.OpKind
}{
	{syscall.ENOSPC, []safefs.OpKind{safefs.OpCreate, safefs.OpWrite, safefs.OpMkdir, safefs.OpRename, safefs.OpSync}},
	{syscall.EDQUOT, []safefs.OpKind{safefs.OpCreate, safefs.OpWrite, safefs.OpMkdir, safefs.OpSync}},
	{syscall.EROFS, []safefs.OpKind{safefs.OpCreate, safefs.OpWrite, safefs.OpMkdir, safefs.OpRename, safefs.OpRemove}},
	{syscall.EIO, []safefs.OpKind{
		safefs.OpRead, safefs.OpCreate, safefs.OpWrite, safefs.OpMkdir, safefs.OpRename, safefs.OpRemove, safefs.OpSync, safefs.OpSyncDir,
	}},
}

func (f *fault) hook(op safefs.Op) error {
	if f.kinds[op.Kind] {
		if n := f.count.Add(1); n == f.after+1 || n > f.after && !f.once {
			return &fs.PathError{Op: string(op.Kind), Path: filepath.Join(op.Dir, filepath.FromSlash(op.Name)), Err: f.err}
		}
	}
	return noSync(op)
}

// during makes act fail, and fails itself unless the error is one that a person
// can act on. It reports whether anything failed.
func (f *fault) during(c *sampleCopy, when string, act func() (*Result, error)) bool {
	c.t.Helper()
	c.hook = f.hook
	res, err := act()
	c.hook = nil
	if f.count.Load() <= f.after {
		c.none(when, asProblem(err))
		return false
	}
	switch {
	case err == nil && (res.Incomplete() || f.once):
		// Some files failed alone, or what failed did not matter.
	case err == nil:
		c.t.Fatalf("%s: nothing works, and it says nothing", when)
	default:
		if !errors.Is(err, f.err) {
			c.t.Fatalf("%s: the cause is lost: %v", when, err)
		}
		if h, ok := errors.AsType[interface {
			error
			Hint() string
		}](err); !ok || h.Hint() == "" {
			c.t.Fatalf("%s: no hint in %v", when, err)
		}
		if strings.Contains(err.Error(), safefs.TempPrefix) {
			c.t.Fatalf("%s: names a temporary file: %v", when, err)
		}
	}
	return true
}

func asProblem(err error) []string {
	if err == nil {
		return nil
	}
	return []string{err.Error()}
}

// TestDiskRefuses makes the Nth file operation fail, alone or with all after it,
// in every way that a disk knows: nothing is half-written or lost, the error says
// what to do, and as soon as the disk works again the next run finishes.
func TestDiskRefuses(t *testing.T) {
	var injected atomic.Int64
	t.Run("samples", func(t *testing.T) {
		forEachSample(t, func(t *testing.T, nth int, s *sample) {
			step, ways := int64(losstest.Every(41)), 4*len(faults)
			for way := range ways {
				if !losstest.Full() && way != nth/len(variants)%ways { // one way a sample
					continue
				}
				kind, once, what := faults[way/4], way%2 == 0, []string{"run", "restore"}[way/2%2]
				for n := int64(nth) % step; ; n += step {
					if !refused(s, &fault{err: kind.err, after: n, once: once, kinds: set(kind.kinds)}, what) {
						break
					}
					injected.Add(1)
				}
			}
		})
	})
	if injected.Load() == 0 {
		t.Error("no operation was refused")
	}
	losstest.Figure(t, "file operations that the disk refused (ENOSPC, EDQUOT, EROFS, EIO; one or all from it on): %d", injected.Load())
}

func set(kinds []safefs.OpKind) map[safefs.OpKind]bool {
	out := map[safefs.OpKind]bool{}
	for _, k := range kinds {
		out[k] = true
	}
	return out
}

// refused runs or restores a copy of s on a disk with the fault f, then on one
// that works again. It reports whether the fault was reached.
func refused(s *sample, f *fault, what string) bool {
	c := s.fresh()
	defer c.drop()
	act := c.tryRun
	if what == "restore" {
		c.run()
		act = c.tryRestore
	}
	when := fmt.Sprintf("%s, %v at operation %d (once: %v)", what, f.err, f.after, f.once)
	reached := f.during(c, when, act)
	// What cannot be removed either is left for the next run.
	c.whole(when, !f.once && f.kinds[safefs.OpRemove])
	c.goesOn(when, []string{"run", "restore"}[f.after%2])
	return reached
}
