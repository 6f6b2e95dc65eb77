package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// mirror is what a receiver knows that looks only at what batches name.
type mirror map[string]string // path → content of a file

// apply looks again at everything below the paths.
func (m mirror) apply(t *testing.T, root string, paths ...string) {
	t.Helper()
	for _, p := range paths {
		for known := range m {
			if p == "." || known == p || strings.HasPrefix(known, p+"/") {
				delete(m, known)
			}
		}
		err := filepath.WalkDir(filepath.Join(root, filepath.FromSlash(p)), func(abs string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(abs)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			rel, relErr := filepath.Rel(root, abs)
			m[filepath.ToSlash(rel)] = string(data)
			return errors.Join(err, relErr)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestMirror changes a tree at random and shows that a receiver that trusts the
// batches ends up with what is on the disk.
func TestMirror(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprintf("events %d", seed), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.opt.Most = deadline
			b.watch()
			b.mirrorRandom(rand.New(rand.NewPCG(seed, 0)))
			if len(b.notices) > 0 {
				t.Errorf("notices %v", b.notices)
			}
		})
	}
	for seed := range uint64(5) {
		t.Run(fmt.Sprintf("poll %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.opt.Poll = time.Second
				b.watch()
				b.mirrorRandom(rand.New(rand.NewPCG(seed, 1)))
			})
		})
	}
}

func (b *bench) mirrorRandom(random *rand.Rand) {
	names := []string{"a", "b", "c"}
	// path is two levels of folders at most, or the name of a file in one.
	path := func(levels int) string {
		var p []string
		for range levels {
			p = append(p, names[random.IntN(len(names))])
		}
		return strings.Join(p, "/")
	}
	m := mirror{}
	take := func(batch Batch) {
		if batch.Full {
			batch.Paths = []string{"."}
		}
		m.apply(b.T, b.root, batch.Paths...)
	}
	for i := range 300 {
		// Not all of it is possible; what is not changes nothing.
		switch random.IntN(10) {
		case 0, 1:
			_ = os.MkdirAll(b.abs(path(1+random.IntN(3))), 0o755)
		case 2, 3, 4:
			_ = os.WriteFile(b.abs(path(random.IntN(4))+"/f"+path(1)), fmt.Append(nil, i, strings.Repeat("x", i)), 0o644)
		case 5, 6, 7:
			_ = os.Rename(b.abs(path(1+random.IntN(3))), b.abs(path(1+random.IntN(3))))
		case 8:
			_ = os.Rename(b.abs(path(random.IntN(3))+"/f"+path(1)), b.abs(path(random.IntN(3))+"/f"+path(1)))
		case 9:
			_ = os.RemoveAll(b.abs(path(1 + random.IntN(3))))
		}
		select {
		case batch := <-b.w.Batches():
			take(batch)
		default:
		}
	}
	b.write("last", "")
	for {
		batch := b.next()
		take(batch)
		if slices.Contains(batch.Paths, "last") {
			break
		}
	}
	want := mirror{}
	want.apply(b.T, b.root, ".")
	if len(want) < 2 {
		b.Fatalf("the disk holds only %d file", len(want))
	}
	if !maps.Equal(m, want) {
		for p := range want {
			if m[p] != want[p] {
				b.Errorf("%s: missed or stale", p)
			}
		}
		for p := range m {
			if _, ok := want[p]; !ok {
				b.Errorf("%s: gone and still known", p)
			}
		}
	}
}
