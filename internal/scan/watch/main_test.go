package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline is when a test gives up on the system. Nothing waits that long
// unless it fails.
const deadline = 20 * time.Second

// bench is a watched folder with what a test needs around it.
type bench struct {
	*testing.T
	root string
	opt  Options
	w    *Watcher

	mu      sync.Mutex
	notices []Notice
}

// newBench makes the folder and the files named; a name that ends in a slash is
// a folder.
func newBench(t *testing.T, names ...string) *bench {
	t.Helper()
	b := &bench{T: t, root: filepath.Join(t.TempDir(), "app")}
	b.opt = Options{
		Root:  b.root,
		Quiet: 30 * time.Millisecond,
		Skip: func(rel string, dir bool) bool {
			name := filepath.Base(rel)
			return name[0] == '.' || dir && name == "node_modules"
		},
		Notice: func(n Notice) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.notices = append(b.notices, n)
		},
	}
	b.mkdir(".")
	for _, name := range names {
		if name[len(name)-1] == '/' {
			b.mkdir(name)
		} else {
			b.write(name, name)
		}
	}
	return b
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) abs(rel string) string { return filepath.Join(b.root, filepath.FromSlash(rel)) }
func (b *bench) mkdir(rel string)      { b.Helper(); b.must(os.MkdirAll(b.abs(rel), 0o755)) }
func (b *bench) remove(rel string)     { b.Helper(); b.must(os.RemoveAll(b.abs(rel))) }
func (b *bench) rename(from, to string) {
	b.Helper()
	b.must(os.Rename(b.abs(from), b.abs(to)))
}

func (b *bench) write(rel, data string) {
	b.Helper()
	b.mkdir(filepath.Dir(rel))
	b.must(os.WriteFile(b.abs(rel), []byte(data), 0o644))
}

// watch begins to watch; the watcher is closed with the test.
func (b *bench) watch() {
	b.Helper()
	b.watchIn(b.Context())
}

func (b *bench) watchIn(ctx context.Context) {
	b.Helper()
	w, err := Watch(ctx, b.opt)
	b.must(err)
	b.w = w
	b.Cleanup(func() { b.must(w.Close()) })
}

// next is the next batch.
func (b *bench) next() Batch {
	b.Helper()
	select {
	case batch, ok := <-b.w.Batches():
		if !ok {
			b.Fatalf("the watcher ended: %v", b.w.Wait())
		}
		return batch
	case <-time.After(deadline):
		b.Fatal("no batch")
	}
	return Batch{}
}

// until receives batches until all the paths were in one, and returns every path
// that was.
func (b *bench) until(paths ...string) []string {
	b.Helper()
	var seen []string
	for {
		batch := b.next()
		if batch.Full {
			b.Fatalf("a full batch, with %q", batch.Paths)
		}
		if !slices.IsSorted(batch.Paths) || len(slices.Compact(slices.Clone(batch.Paths))) != len(batch.Paths) {
			b.Fatalf("not sorted or not unique: %q", batch.Paths)
		}
		seen = append(seen, batch.Paths...)
		if !slices.ContainsFunc(paths, func(p string) bool { return !slices.Contains(seen, p) }) {
			return seen
		}
	}
}

// untilFull receives batches until one is full.
func (b *bench) untilFull() {
	b.Helper()
	for !b.next().Full {
	}
}

// ends waits for the watcher's end and returns its error.
func (b *bench) ends() error {
	b.Helper()
	late := time.After(deadline)
	for {
		select {
		case _, ok := <-b.w.Batches():
			if !ok {
				return b.w.Wait()
			}
		case <-late:
			b.Fatal("the watcher did not end")
		}
	}
}

// noticed returns the first notice of a kind.
func (b *bench) noticed(k Kind) (Notice, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.notices, func(n Notice) bool { return n.Kind == k })
	if i < 0 {
		return Notice{}, false
	}
	return b.notices[i], true
}
