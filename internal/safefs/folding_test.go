package safefs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/losstest"
)

// On a disk that does not tell names apart by case, a file that is replaced
// keeps the name that a person gave it.
func TestReplacedKeepsItsSpelling(t *testing.T) {
	dir := losstest.NewFoldingDisk(t).Dir
	r := open(t, dir)
	batch := NewBatch(2)
	for file, replace := range map[string]func(name string) error{
		"One.WXML":   func(name string) error { return r.ReplaceIf(name, sum("old"), nil, []byte("new"), nil) },
		"Two.WXML":   func(name string) error { return r.WriteFileAtomic(name, []byte("new"), 0o644, nil) },
		"Three.WXML": func(name string) error { return r.ReplaceIf(name, sum("old"), nil, []byte("new"), batch) },
	} {
		write(t, dir, "Pages/"+file, "old", 0o644)
		if err := replace("Pages/" + strings.ToLower(file)); err != nil {
			t.Fatal(err)
		}
		if err := batch.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, err := r.ReadFile("Pages/"+file, 100); string(got) != "new" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		for name, want := range map[string]string{"pages/" + strings.ToLower(file): "Pages/" + file, "Pages/" + file: "Pages/" + file, "PAGES": "Pages", ".": "."} {
			if got, err := r.Spelling(name); got != want || err != nil {
				t.Errorf("%s is spelled %q, %v", name, got, err)
			}
		}
	}
	if entries, err := r.ReadDir("Pages"); err != nil || len(entries) != 3 {
		t.Errorf("Pages holds %v, %v", entries, err)
	}
	if err := r.CreateVerified("pages/ONE.wxml", []byte("x"), 0o644, sum("x"), nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("another case is another file: %v", err)
	}
	if _, err := r.Spelling("pages/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is missing: %v", err)
	}
}

// Where names are told apart, each is its own.
func TestSpellingIsTheName(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.png", "small", 0o644)
	write(t, dir, "A.png", "large", 0o644)
	r := open(t, dir)
	if entries, err := r.ReadDir("."); err != nil || len(entries) != 2 {
		t.Skip("the temporary folder does not tell names apart by case")
	}
	for name, content := range map[string]string{"a.png": "small", "A.png": "large"} {
		if got, err := r.Spelling(name); got != name || err != nil {
			t.Errorf("%s is spelled %q, %v", name, got, err)
		}
		if err := r.ReplaceIf(name, sum(content), nil, []byte(content+"r"), nil); err != nil {
			t.Error(err)
		}
		if got, err := r.ReadFile(name, 100); string(got) != content+"r" || err != nil {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
}

// FAT and exFAT know no time of change that a program could not set, so that no
// look at a file there is enough.
func TestSeenNeedsATimeOfChange(t *testing.T) {
	for ns, want := range map[int64]bool{0: false, 10_000_000: false, 990_000_000: false, 1: true, 12_345_678: true, 4_000_000: true} {
		if kept(time.Unix(1_800_000_000, ns)) != want {
			t.Errorf("%d ns: %v", ns, !want)
		}
	}
	dir := losstest.NewFoldingDisk(t).Dir
	write(t, dir, "a.png", "picture", 0o644)
	long := time.Now().Add(-time.Hour).Truncate(2 * time.Second)
	file := filepath.Join(dir, "a.png")
	if err := os.Chtimes(file, long, long); err != nil {
		t.Fatal(err)
	}
	seen := look(t, dir, "a.png", time.Now())
	if was, _ := changeTime(seen.Info); !was.Equal(long) {
		t.Skip("this disk keeps times of change")
	}
	if err := open(t, dir).RemoveIf("a.png", sum("pictora"), seen, nil); err == nil {
		t.Error("a file whose time of change anybody may set was not read again")
	}
}
