package watch

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestPoll runs on virtual time over real files.
func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "a/b.png", "a/c.png", "d.js", "node_modules/x.js", "gone/x/y.png")
		b.opt.Poll, b.opt.Quiet = 5*time.Second, 0
		b.watch()
		begin := time.Now()
		time.Sleep(time.Hour + time.Second) // nothing changes, nothing is told

		b.write("a/b.png", "a longer text")
		b.must(os.Chmod(b.abs("a/c.png"), 0o600))
		b.must(os.Chtimes(b.abs("d.js"), time.Time{}, time.Unix(1, 0)))
		b.write("node_modules/x.js", "another one")
		b.write("new/e.png", "")
		b.remove("gone")
		want := []string{"a/b.png", "a/c.png", "d.js", "gone/x/y.png", "new/e.png"}
		if got := b.next(); !slices.Equal(got.Paths, want) || got.Full {
			t.Errorf("batch %v", got)
		}
		if d := time.Since(begin) - time.Hour; d != 5*time.Second+defaultQuiet {
			t.Errorf("after %v", d)
		}

		b.write("d.js", "x")
		b.until("d.js")
		if len(b.notices) != 0 {
			t.Errorf("notices %v", b.notices)
		}
	})
}

// TestPollHalfWritten shows that a file that grows between two listings is
// waited for.
func TestPollHalfWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.opt.Poll, b.opt.Quiet = 5*time.Second, 0
		b.watch()
		data := "x"
		b.write("big.png", data)
		time.Sleep(5*time.Second + defaultQuiet/2)
		for range 3 { // the listing has seen it
			data += "x"
			b.write("big.png", data)
			select {
			case got := <-b.w.Batches():
				t.Fatalf("%v while it was written", got)
			case <-time.After(defaultQuiet):
			}
		}
		if got := b.next(); !slices.Equal(got.Paths, []string{"big.png"}) {
			t.Errorf("batch %v", got)
		}
	})
}

// TestPollNetworkFails shows that a folder that cannot be listed for a while
// loses nothing.
func TestPollNetworkFails(t *testing.T) {
	for _, failing := range []string{".", "a"} {
		t.Run(failing, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, "a/b/c.png", "d.js")
				down := make(chan bool, 1)
				down <- false
				b.opt.Poll = 5 * time.Second
				b.opt.fault = func(rel string) error {
					d := <-down
					down <- d
					if d && rel == failing {
						return &fs.PathError{Op: "open", Path: b.abs(rel), Err: syscall.EIO}
					}
					return nil
				}
				b.watch()
				<-down
				down <- true
				b.remove("a/b/c.png")
				time.Sleep(time.Minute + time.Second)
				n, ok := b.noticed(Unwatched)
				if !ok || n.Path != failing || !errors.Is(n.Err, syscall.EIO) || len(b.notices) != 1 {
					t.Errorf("notices %v", b.notices)
				}
				<-down
				down <- false
				b.write("e.js", "")
				b.until("a/b/c.png", "e.js")
			})
		})
	}
}

func TestPollRootGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "a/b.png")
		b.opt.Poll, b.opt.Quiet = 5*time.Second, 0
		b.watch()
		b.remove(".")
		time.Sleep(6 * time.Second) // missed at 5 s
		b.write("a/b.png", "back")
		b.untilFull()

		b.remove(".")
		if _, ok := errors.AsType[*RootGoneError](b.ends()); !ok {
			t.Errorf("error %v", b.w.Wait())
		}
	})
}

func TestPollDoesNotFollowLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		if err := os.Symlink(".", b.abs("loop")); err != nil {
			t.Skip("no symbolic links here:", err)
		}
		b.opt.Poll = time.Second
		b.watch()
		b.write("a.js", "")
		if seen := b.until("a.js"); !slices.Equal(seen, []string{"a.js"}) {
			t.Errorf("told %q", seen)
		}
	})
}
