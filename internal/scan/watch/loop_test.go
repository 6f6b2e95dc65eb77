package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// script is a source whose changes a test writes.
type script struct {
	sink    sink
	changes chan func()
	signal  chan struct{}
	closed  bool
}

func (s *script) wake() <-chan struct{} { return s.signal }
func (s *script) next() time.Time       { return time.Time{} }
func (s *script) close() error          { s.closed = true; return nil }

func (s *script) collect(context.Context) error { (<-s.changes)(); return nil }

func (s *script) confirm(context.Context, fs.FileInfo) (bool, error) { return false, nil }

// do runs f as part of a collect.
func (s *script) do(f func()) {
	s.signal <- struct{}{}
	s.changes <- f
	synctest.Wait()
}

func (s *script) touch(paths ...string) {
	s.do(func() {
		for _, p := range paths {
			s.sink.touch(p, stamp{})
		}
	})
}

// scripted starts a watcher over such a source.
func scripted(t *testing.T, ctx context.Context) (*Watcher, *script) {
	t.Helper()
	w, err := newWatcher(Options{Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s := &script{sink: w, changes: make(chan func()), signal: make(chan struct{})}
	w.src = s
	w.start(ctx)
	return w, s
}

func TestLoopDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		defer w.Close()
		begin := time.Now()
		s.touch("b")
		time.Sleep(200 * time.Millisecond) // virtual
		s.touch("a")
		if b := <-w.Batches(); !slices.Equal(b.Paths, []string{"a", "b"}) || b.Full {
			t.Errorf("batch %v", b)
		}
		if d := time.Since(begin); d != 500*time.Millisecond {
			t.Errorf("after %v", d)
		}

		begin = time.Now()
		for range 20 {
			s.touch("a")
			time.Sleep(100 * time.Millisecond)
			s.touch("b")
			select {
			case b := <-w.Batches():
				t.Fatalf("%v after %v", b, time.Since(begin))
			default:
			}
		}
		// Both are still changing after two seconds, so both are held.
		if b := <-w.Batches(); !slices.Equal(b.Paths, []string{"a", "b"}) {
			t.Errorf("batch %v", b)
		}
		if d := time.Since(begin); d != 2300*time.Millisecond {
			t.Errorf("after %v", d)
		}
	})
}

func TestLoopBurstIsOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		defer w.Close()
		var want []string
		for i := range 3000 {
			want = append(want, fmt.Sprintf("%04d.png", i))
			s.touch(want[i])
			time.Sleep(time.Second / 3000)
		}
		if b := <-w.Batches(); !slices.Equal(b.Paths, want) || b.Full {
			t.Errorf("%d paths, full %v", len(b.Paths), b.Full)
		}
	})
}

func TestLoopSlowReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		defer w.Close()
		for _, p := range []string{"c", "a", "b", "a"} {
			s.touch(p)
			time.Sleep(time.Second)
		}
		s.do(s.sink.lost)
		time.Sleep(time.Second)
		if b := <-w.Batches(); !slices.Equal(b.Paths, []string{"a", "b", "c"}) || !b.Full {
			t.Errorf("batch %v", b)
		}
		s.touch("d")
		if b := <-w.Batches(); !slices.Equal(b.Paths, []string{"d"}) || b.Full {
			t.Errorf("batch %v", b)
		}
	})
}

// TestLoopHoldsWhatMovesAgain: a file that came to rest, and is written again
// before anybody asked, is not handed out half-written.
func TestLoopHoldsWhatMovesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		defer w.Close()
		s.touch("a.png", "b.png")
		time.Sleep(time.Second)
		s.touch("a.png")
		if b := <-w.Batches(); !slices.Equal(b.Paths, []string{"b.png"}) || !slices.Equal(b.Moving, []string{"a.png"}) {
			t.Errorf("batch %v", b)
		}
		if b := <-w.Batches(); !slices.Equal(b.Paths, []string{"a.png"}) || b.Moving != nil {
			t.Errorf("batch %v", b)
		}
	})
}

// TestLoopIsIdle shows that nothing is armed while nothing is pending: an hour
// passes without a wake-up.
func TestLoopIsIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		defer w.Close()
		s.touch("a")
		<-w.Batches()
		if at := w.deadline(); !at.IsZero() {
			t.Errorf("armed for %v", at)
		}
	})
}

func TestLoopEnds(t *testing.T) {
	cause := errors.New("cause")
	for _, test := range []struct {
		name string
		end  func(w *Watcher, cancel context.CancelCauseFunc)
		want error
	}{
		{"closed", func(w *Watcher, _ context.CancelCauseFunc) { w.Close() }, nil},
		{"cancelled", func(_ *Watcher, cancel context.CancelCauseFunc) { cancel(cause) }, context.Canceled},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				w, s := scripted(t, ctx)
				s.touch("a")
				time.Sleep(time.Second)
				s.touch("b") // one batch waits, one is open
				begin := time.Now()
				test.end(w, cancel)
				if err := w.Wait(); !errors.Is(err, test.want) {
					t.Errorf("error %v", err)
				}
				if d := time.Since(begin); d != 0 {
					t.Errorf("it took %v", d)
				}
				if _, ok := <-w.Batches(); ok || !s.closed {
					t.Errorf("a batch %v, source closed %v", ok, s.closed)
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestLoopRootGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		if err := os.Remove(w.disk.root); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		s.do(s.sink.lost)
		if _, ok := <-w.Batches(); ok {
			t.Error("a batch")
		}
		if _, ok := errors.AsType[*RootGoneError](w.Wait()); !ok {
			t.Errorf("error %v", w.Wait())
		}
		// 300 ms until it is missed, then at least two seconds in steps of 300 ms.
		if d := time.Since(begin); d != 2400*time.Millisecond {
			t.Errorf("after %v", d)
		}
	})
}

func TestLoopRootComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := scripted(t, t.Context())
		defer w.Close()
		if err := os.Remove(w.disk.root); err != nil {
			t.Fatal(err)
		}
		s.touch("a")
		time.Sleep(2 * time.Second)
		if err := os.Mkdir(w.disk.root, 0o755); err != nil {
			t.Fatal(err)
		}
		if b := <-w.Batches(); !b.Full || !slices.Equal(b.Paths, []string{"a"}) {
			t.Errorf("batch %v", b)
		}
	})
}

func TestWatchRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, poll := range []time.Duration{0, time.Second} {
		if w, err := Watch(t.Context(), Options{Root: file, Poll: poll}); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("a file: %v, %v", w, err)
		}
		if w, err := Watch(t.Context(), Options{Root: file + "2", Poll: poll}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("nothing: %v, %v", w, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if w, err := Watch(ctx, Options{Root: filepath.Dir(file), Poll: poll}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v, %v", w, err)
		}
	}
}
