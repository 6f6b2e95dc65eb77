package folder_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
	"github.com/wecos-go/wecos/internal/servers/album/storetest"
	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

func open(t *testing.T, opt folder.Options) *folder.Store {
	t.Helper()
	if opt.Dir == "" {
		opt.Dir = t.TempDir()
	}
	opt.NoSync = true
	s, err := folder.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Subject {
		dir := t.TempDir()
		s := open(t, folder.Options{Dir: dir})
		t.Cleanup(func() { noTemporaryFiles(t, dir) })
		return storetest.Subject{Store: s, Read: storetest.Opened(s)}
	})
}

func noTemporaryFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "tmp"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func content(n int, rest bool) album.Content {
	c := album.Content{Type: "image/png", Head: make([]byte, n)}
	if rest {
		c.Rest = strings.NewReader("")
	}
	return c
}

// What the pictures take counts to the byte, whatever comes of an upload.
func TestQuota(t *testing.T) {
	dir := t.TempDir()
	s := open(t, folder.Options{Dir: dir, Quota: 1000})
	used := func(want int64) {
		t.Helper()
		if got, quota := s.Used(); got != want || quota != 1000 {
			t.Errorf("%d of %d bytes are used, want %d", got, quota, want)
		}
	}
	for _, rest := range []bool{false, true} {
		if err := s.Put(t.Context(), "a.png", content(600, rest)); err != nil {
			t.Fatal(err)
		}
		used(600)
		if err := s.Put(t.Context(), "b.png", content(401, rest)); !errors.Is(err, album.ErrFull) {
			t.Errorf("too much: %v", err)
		}
		used(600)
		if err := s.Put(t.Context(), "a.png", content(300, rest)); !errors.Is(err, disk.ErrExists) {
			t.Errorf("the same key: %v", err)
		}
		used(600)
		if err := s.Put(t.Context(), "b.png", content(400, rest)); err != nil {
			t.Errorf("exactly what is left: %v", err)
		}
		used(1000)
		for _, key := range []string{"a.png", "a.png", "b.png", "none.png"} {
			if err := s.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
		used(0)
	}
	noTemporaryFiles(t, dir)
}

// A start counts what lies there.
func TestQuotaAfterRestart(t *testing.T) {
	dir := t.TempDir()
	s, err := folder.Open(folder.Options{Dir: dir, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "a/b.png", content(600, true)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, folder.Options{Dir: dir, Quota: 700})
	if used, _ := again.Used(); used != 600 {
		t.Errorf("%d bytes are used, want 600", used)
	}
	if err := again.Put(t.Context(), "c.png", content(101, false)); !errors.Is(err, album.ErrFull) {
		t.Errorf("too much: %v", err)
	}
}

func TestQuotaOff(t *testing.T) {
	s := open(t, folder.Options{Quota: -1})
	if err := s.Put(t.Context(), "a.png", content(100, false)); err != nil {
		t.Error(err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	open(t, folder.Options{Dir: dir})
	if _, err := folder.Open(folder.Options{Dir: dir}); err == nil {
		t.Error("a folder in use was opened")
	} else if _, ok := errors.AsType[*disk.LockedError](err); !ok {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Open(folder.Options{Dir: file}); err == nil {
		t.Error("a file was opened")
	}
}
