package safefs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func open(t *testing.T, dir string, opts ...Option) *Root {
	t.Helper()
	r, err := OpenRoot(dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func write(t *testing.T, dir, name, content string, mode fs.FileMode) {
	t.Helper()
	p := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(p, mode); err != nil {
		t.Fatal(err)
	}
}

// files returns path → content of everything below dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sum(s string) [32]byte { return sha256.Sum256([]byte(s)) }

func TestReplaceIfKeepsModeAndGuards(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/page.wxml", "old", 0o640)
	r := open(t, dir)

	if err := r.ReplaceIf("a/page.wxml", sum("old"), nil, []byte("new"), nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "a/page.wxml"))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("mode is %v, want 0640", info.Mode().Perm())
	}
	changed := (*ChangedError)(nil)
	if err := r.ReplaceIf("a/page.wxml", sum("old"), nil, []byte("newer"), nil); !errors.As(err, &changed) || changed.Name != "a/page.wxml" {
		t.Errorf("replacing a changed file: %v", err)
	}
	for _, gone := range []string{"a/none.wxml", "b/none.wxml"} {
		if err := r.ReplaceIf(gone, sum("old"), nil, nil, nil); !errors.As(err, &changed) {
			t.Errorf("replacing a removed file: %v", err)
		}
	}
	if got := files(t, dir); len(got) != 1 || got["a/page.wxml"] != "new" {
		t.Errorf("files are %v", got)
	}
}

func TestRemoveIf(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.png", "picture", 0o644)
	r := open(t, dir)
	changed := (*ChangedError)(nil)
	if err := r.RemoveIf("a.png", sum("other"), nil, nil); !errors.As(err, &changed) {
		t.Errorf("removing a changed file: %v", err)
	}
	if got := files(t, dir); got["a.png"] != "picture" {
		t.Fatal("a changed file was removed")
	}
	if err := r.RemoveIf("a.png", sum("picture"), nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("files are %v", got)
	}
}

func TestNothingLeavesTheRoot(t *testing.T) {
	outer := t.TempDir()
	dir := filepath.Join(outer, "app")
	write(t, outer, "secret.png", "secret", 0o644)
	write(t, dir, "in.png", "in", 0o644)
	r := open(t, dir)
	names := []string{"../secret.png", "/secret.png", "a/../../secret.png", "", "a//b", "./in.png"}
	if err := os.Symlink("..", filepath.Join(dir, "up")); err == nil {
		names = append(names, "up/secret.png")
		if err := os.Symlink("in.png", filepath.Join(dir, "link.png")); err != nil {
			t.Fatal(err)
		}
		irregular := (*NotRegularError)(nil)
		if _, err := r.ReadFile("link.png", 10); !errors.As(err, &irregular) {
			t.Errorf("a link was followed: %v", err)
		}
		if err := r.WriteFileAtomic("link.png", nil, 0o644, nil); !errors.As(err, &irregular) {
			t.Errorf("a link was written: %v", err)
		}
	}
	for _, name := range names {
		if _, err := r.ReadFile(name, 10); err == nil {
			t.Errorf("read %q", name)
		}
		if err := r.WriteFileAtomic(name, []byte("x"), 0o644, nil); err == nil {
			t.Errorf("wrote %q", name)
		}
		if err := r.RemoveIf(name, sum("secret"), nil, nil); err == nil {
			t.Errorf("removed %q", name)
		}
		if _, err := r.Lstat(name); err == nil {
			t.Errorf("looked at %q", name)
		}
	}
	want := map[string]string{"secret.png": "secret", "app/in.png": "in"}
	if got := files(t, outer); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("files are %v", got)
	}
}

func TestCopyVerified(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	big := strings.Repeat("0123456789", 50_000)
	write(t, from, "img/a.png", big, 0o600)
	src, dst := open(t, from), open(t, to)

	changed := (*ChangedError)(nil)
	if err := CopyVerified(src, "img/a.png", dst, "x/y/a.png", sum("other"), nil); !errors.As(err, &changed) {
		t.Errorf("copying a changed file: %v", err)
	}
	if got := files(t, to); len(got) != 0 {
		t.Errorf("a failed copy left %v", got)
	}
	if err := CopyVerified(src, "img/a.png", dst, "x/y/a.png", sum(big), nil); err != nil {
		t.Fatal(err)
	}
	if err := CopyVerified(src, "img/a.png", dst, "x/y/a.png", sum(big), nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("overwriting: %v", err)
	}
	if got := files(t, to); len(got) != 1 || got["x/y/a.png"] != big {
		t.Errorf("copied %d files", len(got))
	}
}

func TestCopyIsReadBack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.png", "picture", 0o644)
	// Spoil the copy between writing and the check.
	hook := func(op Op) error {
		if op.Kind == OpRead && IsTemp(op.Name) {
			return os.WriteFile(filepath.Join(dir, filepath.FromSlash(op.Name)), []byte("pictur"), 0o600)
		}
		return nil
	}
	r := open(t, dir, WithHook(hook))
	mismatch := (*MismatchError)(nil)
	if err := CopyVerified(r, "a.png", r, "b/a.png", sum("picture"), nil); !errors.As(err, &mismatch) {
		t.Errorf("a spoilt copy: %v", err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("files are %v", got)
	}
}

// Backups need not wait for each other.
func TestEagerBatch(t *testing.T) {
	dir := t.TempDir()
	r, b := open(t, dir), NewBatch(2).Eager()
	const n = groupSize + 3
	for i := range n {
		if err := r.WriteFileAtomic(fmt.Sprintf("f%d", i), []byte("new"), 0o644, b); err != nil {
			t.Fatal(err)
		}
	}
	b.syncing.Wait()
	placed := 0
	for name := range files(t, dir) {
		if !IsTemp(name) {
			placed++
		}
	}
	if placed != groupSize {
		t.Errorf("%d files are in place before the flush, want %d", placed, groupSize)
	}
	if err := b.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != n {
		t.Errorf("%d files, want %d", len(got), n)
	}
}

func TestBatch(t *testing.T) {
	dir := t.TempDir()
	for i := range 50 {
		write(t, dir, fmt.Sprintf("d%d/f%d", i%5, i), "old", 0o644)
	}
	var mu sync.Mutex
	count := map[OpKind]int{}
	r := open(t, dir, WithHook(func(op Op) error {
		mu.Lock()
		defer mu.Unlock()
		count[op.Kind]++
		return nil
	}))
	b := NewBatch(8)
	for i := range 50 {
		if err := r.ReplaceIf(fmt.Sprintf("d%d/f%d", i%5, i), sum("old"), nil, []byte("new"), b); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "d0/f0", "mine", 0o644)
	err := b.Flush(context.Background())
	failed := (*BatchError)(nil)
	if !errors.As(err, &failed) || len(failed.Failures) != 1 || failed.Failures[0].Name != "d0/f0" {
		t.Fatalf("flush: %v", err)
	}
	got := files(t, dir)
	if len(got) != 50 {
		t.Errorf("%d files, want 50", len(got))
	}
	for name, content := range got {
		if want := "new"; content != want && name != "d0/f0" {
			t.Errorf("%s is %q", name, content)
		}
	}
	if got["d0/f0"] != "mine" {
		t.Errorf("a changed file was overwritten by %q", got["d0/f0"])
	}
	if count[OpSync] != 50 || count[OpSyncDir] != 5 {
		t.Errorf("%d file and %d folder syncs, want 50 and 5", count[OpSync], count[OpSyncDir])
	}
	if err := b.Flush(context.Background()); err != nil {
		t.Errorf("flushing an empty batch: %v", err)
	}
}

func TestFlushStopsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "f", "old", 0o644)
	r, b := open(t, dir), NewBatch(1)
	if err := r.ReplaceIf("f", sum("old"), nil, []byte("new"), b); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("flush: %v", err)
	}
	if got := files(t, dir); len(got) != 1 || got["f"] != "old" {
		t.Errorf("files are %v", got)
	}
}

// TestFullDisk fails each operation in turn: the file is then old or new, and
// nothing else is left once operations work again.
func TestFullDisk(t *testing.T) {
	for n := 0; ; n++ {
		dir := t.TempDir()
		write(t, dir, "a/f", "old", 0o644)
		i := 0
		r := open(t, dir, WithHook(func(op Op) error {
			i++
			if i-1 == n {
				return &fs.PathError{Op: string(op.Kind), Path: op.Name, Err: syscall.ENOSPC}
			}
			return nil
		}))
		err := r.WriteFileAtomic("a/f", []byte("new"), 0o644, nil)
		if err == nil && i <= n {
			if n < 5 {
				t.Fatalf("only %d operations", n)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("operation %d: %v", n, err)
		}
		got := files(t, dir)
		if c := got["a/f"]; len(got) != 1 || c != "old" && c != "new" {
			t.Errorf("operation %d left %v", n, got)
		}
	}
}

// TestCrash stops for good before each operation in turn: the file is old or
// new, and the next attempt succeeds and leaves nothing behind.
func TestCrash(t *testing.T) {
	crash := errors.New("crash")
	for n := 0; ; n++ {
		dir := t.TempDir()
		write(t, dir, "a/f", "old", 0o644)
		i := 0
		r := open(t, dir, WithHook(func(Op) error {
			if i++; i > n {
				return crash
			}
			return nil
		}))
		err := r.WriteFileAtomic("a/f", []byte("new"), 0o644, nil)
		if c := files(t, dir)["a/f"]; c != "old" && c != "new" {
			t.Errorf("a crash at %d left %q", n, c)
		}
		if err := open(t, dir).WriteFileAtomic("a/f", []byte("new"), 0o644, nil); err != nil {
			t.Fatal(err)
		}
		if got := files(t, dir); len(got) != 1 || got["a/f"] != "new" {
			t.Errorf("after a crash at %d: %v", n, got)
		}
		if err == nil {
			return
		}
	}
}

func TestReadFileIsBounded(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "f", "12345", 0o644)
	r := open(t, dir)
	if _, err := r.ReadFile("f", 4); err == nil {
		t.Error("read more than the limit")
	}
	if data, err := r.ReadFile("f", 5); err != nil || string(data) != "12345" {
		t.Errorf("read %q, %v", data, err)
	}
}

func TestTempName(t *testing.T) {
	long := strings.Repeat("长", 80) + ".wxml"
	for _, name := range []string{"a", "b/" + long} {
		if got := TempName(name); !IsTemp(got) || len(filepath.Base(got)) > 40 || filepath.Dir(got) != filepath.Dir(name) {
			t.Errorf("TempName(%q) is %q", name, got)
		}
	}
	if IsTemp("img/a.png") {
		t.Error("an image counts as temporary")
	}
}
