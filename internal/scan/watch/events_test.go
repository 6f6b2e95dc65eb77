package watch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/fsnotify/fsnotify"
)

func TestEvents(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		do    func(b *bench)
		want  []string // must be told
		never []string // must not be told
	}{
		{
			name:  "a file is saved in a deep folder",
			files: []string{"a/b/c/d.png"},
			do:    func(b *bench) { b.write("a/b/c/d.png", "new") },
			want:  []string{"a/b/c/d.png"},
			never: []string{"a", "a/b", "a/b/c"},
		},
		{
			name: "a file appears and another goes",
			do: func(b *bench) {
				b.write("new.png", "1")
				b.remove("old.png")
			},
			files: []string{"old.png"},
			want:  []string{"new.png", "old.png"},
		},
		{
			name: "folders appear at once, with a file",
			do:   func(b *bench) { b.write("a/b/c/d/e.png", "1") },
			want: []string{"a/b/c/d/e.png"},
		},
		{
			name:  "an editor saves by renaming",
			files: []string{"pages/a.wxml"},
			do: func(b *bench) {
				b.write("pages/a.wxml.tmp", "new")
				b.rename("pages/a.wxml.tmp", "pages/a.wxml")
			},
			want: []string{"pages/a.wxml"},
		},
		{
			name:  "an editor keeps a backup and saves",
			files: []string{"a.wxml"},
			do: func(b *bench) {
				b.rename("a.wxml", "a.wxml~")
				b.write("a.wxml", "new")
				b.remove("a.wxml~")
			},
			want: []string{"a.wxml"},
		},
		{
			name:  "a folder is renamed",
			files: []string{"a/b/c.png", "a/d.png"},
			do:    func(b *bench) { b.rename("a", "z") },
			want:  []string{"a", "z/b/c.png", "z/d.png"},
		},
		{
			name:  "a folder is moved away",
			files: []string{"a/b/c.png"},
			do:    func(b *bench) { b.must(os.Rename(b.abs("a"), filepath.Join(b.TempDir(), "a"))) },
			want:  []string{"a"},
		},
		{
			name: "a folder is moved in",
			do: func(b *bench) {
				dir := filepath.Join(b.TempDir(), "a")
				b.must(os.MkdirAll(filepath.Join(dir, "b"), 0o755))
				b.must(os.WriteFile(filepath.Join(dir, "b", "c.png"), nil, 0o644))
				b.must(os.Rename(dir, b.abs("a")))
			},
			want: []string{"a/b/c.png"},
		},
		{
			name:  "a folder is removed",
			files: []string{"a/b/c.png"},
			do:    func(b *bench) { b.remove("a") },
			want:  []string{"a", "a/b", "a/b/c.png"},
		},
		{
			name:  "a folder takes a file's place",
			files: []string{"a.png"},
			do: func(b *bench) {
				b.remove("a.png")
				b.write("a.png/b.png", "1")
			},
			want: []string{"a.png", "a.png/b.png"},
		},
		{
			name:  "a file takes a folder's place",
			files: []string{"a.png/b.png"},
			do: func(b *bench) {
				b.remove("a.png")
				b.write("a.png", "1")
			},
			want: []string{"a.png"},
		},
		{
			name:  "what is skipped is not told",
			files: []string{"node_modules/x/y.js", ".git/index", "a.js"},
			do: func(b *bench) {
				b.write("node_modules/x/y.js", "new")
				b.write(".git/index", "new")
				b.write(".hidden", "new")
				b.write("sub/.hidden", "new")
				b.write("sub/node_modules/x.js", "new")
				b.remove("node_modules")
				b.remove(".hidden")
				b.write("a.js", "new")
			},
			want: []string{"a.js"},
			never: []string{
				"node_modules", "node_modules/x/y.js", ".git/index", ".hidden", "sub/.hidden", "sub/node_modules",
				"sub/node_modules/x.js",
			},
		},
		{
			name:  "a permission changes",
			files: []string{"a.png"},
			do:    func(b *bench) { b.must(os.Chmod(b.abs("a.png"), 0o600)) },
			want:  []string{"a.png"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t, test.files...)
			b.watch()
			test.do(b)
			b.write("last", "") // whatever was told wrongly was told before this
			seen := b.until(append(test.want, "last")...)
			for _, p := range test.never {
				if slices.Contains(seen, p) {
					t.Errorf("%s was told", p)
				}
			}
		})
	}
}

func TestEventsFollowsFoldersThatMove(t *testing.T) {
	b := newBench(t, "a/b/c.png", "stay/")
	b.watch()
	b.rename("a", "z")
	b.until("a", "z/b/c.png")
	b.write("z/b/c.png", "2")
	b.until("z/b/c.png")
	b.write("z/d.png", "2")
	b.until("z/d.png")
	b.rename("z", "stay/z")
	b.until("z", "stay/z/b/c.png")
	b.write("stay/z/b/e.png", "2")
	b.until("stay/z/b/e.png")
	b.rename("stay/z", "a")
	b.until("stay/z", "a/b/c.png")
	b.write("a/b/c.png", "3")
	b.until("a/b/c.png")
	b.remove("a")
	b.until("a")
	b.write("a/b/c.png", "4")
	b.until("a/b/c.png")
	b.write("a/b/c.png", "5")
	b.until("a/b/c.png")
}

func TestEventsFollowsFoldersThatTradePlaces(t *testing.T) {
	b := newBench(t, "a/x/1.png", "b/x/2.png")
	b.watch()
	b.rename("a", "t")
	b.rename("b", "a")
	b.rename("t", "b")
	b.until("a", "b", "a/x/2.png", "b/x/1.png")
	b.write("a/x/new.png", "")
	b.until("a/x/new.png")
	b.write("b/x/new.png", "")
	b.until("b/x/new.png")
}

// TestEventsBurst is a checkout. That a burst is one batch is the loop's to
// show, where no slow machine can tear it apart.
func TestEventsBurst(t *testing.T) {
	b := newBench(t)
	b.watch()
	var want []string
	for i := range 3000 {
		want = append(want, fmt.Sprintf("pages/p%02d/%d.png", i%60, i))
		b.write(want[i], "x")
	}
	b.until(want...)
}

func TestEventsDoesNotFollowLinks(t *testing.T) {
	b := newBench(t, "a.js")
	out := t.TempDir()
	inside := filepath.Join(out, "secret.png")
	b.must(os.WriteFile(inside, nil, 0o644))
	if err := os.Symlink(out, b.abs("before")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	b.watch()
	b.must(os.Symlink(out, b.abs("link")))
	b.until("link")
	b.must(os.WriteFile(inside, []byte("new"), 0o644))
	b.write("a.js", "new")
	if seen := b.until("a.js"); !slices.Equal(seen, []string{"a.js"}) {
		t.Errorf("told %q", seen)
	}
}

func TestEventsBelowALink(t *testing.T) {
	b := newBench(t, "a.js")
	b.opt.Root = filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(b.root, b.opt.Root); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	b.watch()
	b.write("a.js", "new")
	b.until("a.js")
}

func TestEventsLost(t *testing.T) {
	b := newBench(t, "a/b.png")
	b.watch()
	b.w.src.(*events).queue.putError(fsnotify.ErrEventOverflow)
	b.untilFull()
	if n, ok := b.noticed(Lost); !ok || n.String() == "" {
		t.Error("no notice")
	}
	b.write("a/b.png", "new")
	b.until("a/b.png")
	b.write("c/d.png", "new")
	b.until("c/d.png")
}

func TestQueueIsBounded(t *testing.T) {
	q := newQueue()
	for i := range maxQueued {
		q.put(fsnotify.Event{Name: fmt.Sprint(i), Op: fsnotify.Create})
	}
	q.put(fsnotify.Event{Name: "0", Op: fsnotify.Write})
	events, err := q.take()
	if len(events) != maxQueued || err != nil || events[0].ops != fsnotify.Create|fsnotify.Write {
		t.Fatalf("%d events, first %v, error %v", len(events), events[0], err)
	}
	for i := range maxQueued + 1 {
		q.put(fsnotify.Event{Name: fmt.Sprint(i), Op: fsnotify.Create})
	}
	if events, err := q.take(); len(events) != maxQueued || !errors.Is(err, fsnotify.ErrEventOverflow) {
		t.Fatalf("%d events, error %v", len(events), err)
	}
	if events, err := q.take(); len(events) != 0 || err != nil {
		t.Fatalf("%d events, error %v after taking all", len(events), err)
	}
}

func TestEventsNoWatchesLeft(t *testing.T) {
	for _, cause := range []error{syscall.ENOSPC, syscall.EMFILE} {
		t.Run("at the start: "+cause.Error(), func(t *testing.T) {
			b := newBench(t, "a/b.png")
			b.opt.fault = func(rel string) error {
				if rel == "a" {
					return cause
				}
				return nil
			}
			b.watch()
			if _, ok := b.w.src.(*poller); !ok {
				t.Fatalf("source %T", b.w.src)
			}
			n, ok := b.noticed(Polling)
			if !ok || !errors.Is(n.Err, cause) || n.Hint() == "" {
				t.Errorf("notice %v, %v, hint %q", ok, n, n.Hint())
			}
		})
	}
	t.Run("later", func(t *testing.T) {
		b := newBench(t, "a/b.png")
		b.opt.fault = func(rel string) error {
			if rel == "new" {
				return syscall.ENOSPC
			}
			return nil
		}
		b.watch()
		b.mkdir("new")
		b.untilFull()
		if n, ok := b.noticed(Polling); !ok || !errors.Is(n.Err, syscall.ENOSPC) {
			t.Errorf("notice %v, %v", ok, n)
		}
		b.write("a/c.png", "")
		b.until("a/c.png")
	})
	t.Run("a broken handle", func(t *testing.T) {
		b := newBench(t)
		b.watch()
		b.w.src.(*events).queue.putError(syscall.EBADF)
		b.untilFull()
		if n, ok := b.noticed(Polling); !ok || !errors.Is(n.Err, syscall.EBADF) {
			t.Errorf("notice %v, %v", ok, n)
		}
	})
}

func TestEventsUnreadableFolder(t *testing.T) {
	b := newBench(t, "closed/a.png", "open/b.png")
	b.opt.fault = func(rel string) error {
		if rel == "closed" {
			return &fs.PathError{Op: "add", Path: b.abs(rel), Err: syscall.EACCES}
		}
		return nil
	}
	b.watch()
	n, ok := b.noticed(Unwatched)
	if !ok || n.Path != "closed" || n.String() != "folder closed cannot be watched: permission denied" {
		t.Errorf("notice %v, %v", ok, n)
	}
	b.write("open/b.png", "new")
	b.until("open/b.png")
}

func TestEventsRootGone(t *testing.T) {
	for name, do := range map[string]func(b *bench){
		"removed": func(b *bench) { b.remove(".") },
		"moved":   func(b *bench) { b.must(os.Rename(b.root, b.root+"2")) },
		"a file now": func(b *bench) {
			b.remove(".")
			b.must(os.WriteFile(b.root, nil, 0o644))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "a/b.png")
			b.opt.Most = b.opt.Quiet
			b.watch()
			do(b)
			gone, ok := errors.AsType[*RootGoneError](b.ends())
			if !ok || gone.Root != b.root {
				t.Errorf("error %v", b.w.Wait())
			}
		})
	}
}

func TestEventsRootComesBack(t *testing.T) {
	b := newBench(t, "a/b.png")
	b.opt.Most = deadline
	b.watch()
	for i := range 3 {
		b.remove(".")
		b.write("a/b.png", fmt.Sprint(i))
		b.untilFull()
		// A late event of the old root may have it looked at twice.
		for batch := (Batch{Full: true}); batch.Full; batch = b.next() {
			b.write("last", fmt.Sprint(i))
		}
		b.write("a/c.png", fmt.Sprint(i))
		b.until("a/c.png")
	}
	if _, ok := b.noticed(Replaced); !ok {
		t.Error("no notice")
	}
}
