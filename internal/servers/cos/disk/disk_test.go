package disk

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerDir); dir != "" {
		write(dir, os.Stdout) // until it is killed
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func put(t *testing.T, s *Store, key, content string) Info {
	t.Helper()
	info, err := s.Put(key, strings.NewReader(content), PutOptions{Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func get(t *testing.T, s *Store, key string) string {
	t.Helper()
	o, err := s.Get(key)
	if err != nil {
		t.Fatalf("get %q: %v", key, err)
	}
	defer o.Close()
	b, err := io.ReadAll(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// awkward are keys that a file system could not hold as they are, or not side
// by side.
var awkward = []string{
	"a", "a/b", "a/b/", "a//b", "A", "a.", "a ", "con", "aux.png",
	"../../../etc/passwd", "..", ".", "a\\b", "C:/x", "图片/标志 (1)@2x.png", "50%#?.png",
	strings.Repeat("长", 283), strings.Repeat("x", MaxKeyLength),
}

func TestKeysAndRestart(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{}) // durable, to run that code too
	if err != nil {
		t.Fatal(err)
	}
	header := map[string]string{"Content-Type": "image/png", "Cache-Control": "max-age=60"}
	var want []Info
	for _, key := range awkward {
		info, err := s.Put(key, strings.NewReader("content of "+key), PutOptions{Size: int64(len("content of " + key)), Header: header})
		if err != nil {
			t.Fatalf("%q: %v", key, err)
		}
		want = append(want, info)
	}
	for restart := range 2 {
		for i, key := range awkward {
			if got := get(t, s, key); got != "content of "+key {
				t.Errorf("restart %d: %q holds %q", restart, key, got)
			}
			info, err := s.Stat(key)
			if err != nil {
				t.Fatal(err)
			}
			// A file remembers milliseconds.
			info.ModTime, want[i].ModTime = info.ModTime.Truncate(1e6).UTC(), want[i].ModTime.Truncate(1e6).UTC()
			if !reflect.DeepEqual(info, want[i]) {
				t.Errorf("restart %d: %+v, want %+v", restart, info, want[i])
			}
		}
		if n := len(s.List(ListOptions{Max: 1000}).Objects); n != len(awkward) {
			t.Errorf("restart %d: %d keys are listed, want %d", restart, n, len(awkward))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, dir)
	}
	names, _ := os.ReadDir(filepath.Join(dir, objectsDir))
	for _, e := range names {
		if len(e.Name()) != 64 || strings.Trim(e.Name(), "0123456789abcdef") != "" {
			t.Errorf("file name %q", e.Name())
		}
	}
}

func TestContent(t *testing.T) {
	s := open(t, t.TempDir())
	for _, n := range []int{0, 1, 2047, 2048, smallContent, smallContent + 1, 1 << 20} {
		for _, known := range []bool{true, false} {
			content := bytes.Repeat([]byte("0123456789"), n/10+1)[:n]
			size := int64(n)
			if !known {
				size = -1
			}
			sum := md5.Sum(content)
			info, err := s.Put("k", iotest.HalfReader(bytes.NewReader(content)), PutOptions{Size: size, MD5: sum[:]})
			if err != nil {
				t.Fatalf("%d bytes: %v", n, err)
			}
			if info.Size != int64(n) || info.ETag != fmt.Sprintf("%x", sum) || info.CRC64 != crc64.Checksum(content, crcTable) {
				t.Errorf("%d bytes: %+v", n, info)
			}
			if got := get(t, s, "k"); got != string(content) {
				t.Errorf("%d bytes came back as %d", n, len(got))
			}
		}
	}
}

func TestFailedPutChangesNothing(t *testing.T) {
	broken := errors.New("broken wire")
	tests := []struct {
		name string
		key  string
		r    io.Reader
		opt  PutOptions
		want error
	}{
		{"shorter than announced", "k", strings.NewReader("abc"), PutOptions{Size: 4}, ErrShort},
		{"empty though announced", "k", strings.NewReader(""), PutOptions{Size: 4}, ErrShort},
		{"large and shorter", "k", strings.NewReader("abc"), PutOptions{Size: smallContent + 1}, ErrShort},
		{"other MD5", "k", strings.NewReader("abcd"), PutOptions{Size: 4, MD5: make([]byte, 16)}, ErrBadDigest},
		{"large, other MD5", "k", strings.NewReader("abcd"), PutOptions{Size: -1, MD5: make([]byte, 16)}, ErrBadDigest},
		{"reader fails", "k", io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), PutOptions{Size: 4}, broken},
		{"large, reader fails", "k", io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), PutOptions{Size: -1}, broken},
		{"huge header", "k", strings.NewReader("abcd"), PutOptions{Size: 4, Header: map[string]string{"X": strings.Repeat("x", maxRecord)}}, ErrHeader},
		{"empty key", "", strings.NewReader("abcd"), PutOptions{Size: 4}, ErrBadKey},
		{"long key", strings.Repeat("k", MaxKeyLength+1), strings.NewReader("abcd"), PutOptions{Size: 4}, ErrBadKey},
		{"key not UTF-8", "\xff", strings.NewReader("abcd"), PutOptions{Size: 4}, ErrBadKey},
	}
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "k", "first")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := s.Put(tt.key, tt.r, tt.opt); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if got := get(t, s, "k"); got != "first" {
				t.Errorf("the object is now %q", got)
			}
			if left, _ := os.ReadDir(filepath.Join(dir, tempDir)); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestDeleteAndCopy(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "a", "content")
	if _, err := s.Copy("a", "b", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Copy("a", "c", map[string]string{"Content-Type": "image/gif"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("a"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete("a"); err != nil {
		t.Errorf("deleting what is not there: %v", err)
	}
	if _, err := s.Copy("a", "d", nil); !errors.Is(err, ErrNoSuchKey) {
		t.Errorf("copying what is not there: %v", err)
	}
	s.Close()
	s = open(t, dir)
	if _, err := s.Get("a"); !errors.Is(err, ErrNoSuchKey) {
		t.Errorf("a deleted object is back after a restart: %v", err)
	}
	if got := get(t, s, "b"); got != "content" {
		t.Errorf("the copy holds %q", got)
	}
	if info, _ := s.Stat("c"); info.Header["Content-Type"] != "image/gif" {
		t.Errorf("the copy's header is %v", info.Header)
	}
}

func TestRemovedByHand(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s, "a", "content")
	os.Remove(s.objectPath("a"))
	if _, err := s.Get("a"); !errors.Is(err, ErrNoSuchKey) {
		t.Errorf("error %v", err)
	}
	if err := s.Delete("a"); err != nil {
		t.Errorf("delete: %v", err)
	}
}

func TestDamagedFiles(t *testing.T) {
	tests := []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"cut at the end", func(b []byte) []byte { return b[:len(b)-1] }},
		{"cut at the beginning", func(b []byte) []byte { return b[1:] }},
		{"a bit of the record", func(b []byte) []byte { b[len(b)-footSize-2] ^= 1; return b }},
		{"record too long", func(b []byte) []byte { b[len(b)-footSize+3] = 0xff; return b }},
		{"record longer than the file", func(b []byte) []byte { b[len(b)-footSize+1] = 0x10; return b }},
		{"no foot", func([]byte) []byte { return []byte("something else") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			put(t, s, "good", "content")
			put(t, s, "bad", "content")
			path := s.objectPath("bad")
			s.Close()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.damage(b), 0o644); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir)
			if _, err := s.Get("bad"); !errors.Is(err, ErrNoSuchKey) {
				t.Errorf("the damaged object is served: %v", err)
			}
			if got := get(t, s, "good"); got != "content" {
				t.Errorf("the good one holds %q", got)
			}
			if kept, _ := os.ReadDir(filepath.Join(dir, damagedDir)); len(kept) != 1 {
				t.Errorf("kept for inspection: %v", kept)
			}
		})
	}
}

func TestForeignNames(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "a", "content")
	path := s.objectPath("a")
	s.Close()
	// A whole file under another name is not the object of that name.
	if err := os.Rename(path, filepath.Join(filepath.Dir(path), fileName("b"))); err != nil {
		t.Fatal(err)
	}
	// What a killed process was writing.
	if err := os.WriteFile(filepath.Join(dir, tempDir, "x[1"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	for _, key := range []string{"a", "b"} {
		if _, err := s.Stat(key); !errors.Is(err, ErrNoSuchKey) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if left, _ := os.ReadDir(filepath.Join(dir, tempDir)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	var locked *LockedError
	if _, err := Open(dir, Options{}); !errors.As(err, &locked) || locked.Dir != dir {
		t.Errorf("error %v", err)
	}
	s.Close()
	open(t, dir)
}

func TestConcurrentUse(t *testing.T) {
	s, err := Open(t.TempDir(), Options{}) // durable: the shared sync takes part
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 20 {
				shared, own := "shared", fmt.Sprintf("own/%d/%d", w, i)
				for _, key := range []string{shared, own} {
					content := strings.Repeat(fmt.Sprint(w), 1000+i)
					if _, err := s.Put(key, strings.NewReader(content), PutOptions{Size: int64(len(content))}); err != nil {
						t.Error(err)
					}
				}
				o, err := s.Get(shared)
				if err != nil {
					t.Error(err)
					continue
				}
				b, _ := io.ReadAll(o)
				o.Close()
				if sum := md5.Sum(b); fmt.Sprintf("%x", sum) != o.Info.ETag {
					t.Error("an object and what is known about it differ")
				}
				s.List(ListOptions{Max: 10, Prefix: "own/"})
				if i%3 == 0 {
					if err := s.Delete(own); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(s.List(ListOptions{Max: 1000}).Objects); n != 1+8*13 {
		t.Errorf("%d objects are left, want %d", n, 1+8*13)
	}
}
