package disk

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

func appendTo(s *Store, key string, position int64, content string, opt PutOptions) (Info, []byte, error) {
	opt.Size = int64(len(content))
	return s.Append(key, position, strings.NewReader(content), opt)
}

func TestAppend(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "normal", "x")
	header := map[string]string{"Content-Type": "text/plain"}
	pieces := []string{"first ", strings.Repeat("second ", smallContent/7), "", "third"}
	all := ""
	for i, piece := range pieces {
		info, sum, err := appendTo(s, "log", int64(len(all)), piece, PutOptions{Header: header})
		if err != nil {
			t.Fatalf("piece %d: %v", i, err)
		}
		all += piece
		if want := md5.Sum([]byte(piece)); !bytes.Equal(sum, want[:]) || info.Size != int64(len(all)) || !info.Appendable {
			t.Errorf("piece %d: %+v", i, info)
		}
		header = map[string]string{"Content-Type": "ignored"}
	}
	wrong := md5.Sum([]byte("wrong"))
	for name, tt := range map[string]struct {
		key      string
		position int64
		opt      PutOptions
		want     error
	}{
		"middle":        {"log", 1, PutOptions{}, ErrPosition},
		"behind":        {"log", int64(len(all)) + 1, PutOptions{}, ErrPosition},
		"behind, new":   {"new", 1, PutOptions{}, ErrPosition},
		"normal object": {"normal", 1, PutOptions{}, ErrNotAppendable},
		"wrong MD5":     {"log", int64(len(all)), PutOptions{MD5: wrong[:]}, ErrBadDigest},
		"bad key":       {"", 0, PutOptions{}, ErrBadKey},
	} {
		if _, _, err := appendTo(s, tt.key, tt.position, "content", tt.opt); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if _, _, err := s.Append("log", int64(len(all)), io.LimitReader(strings.NewReader("xx"), 1), PutOptions{Size: 2}); !errors.Is(err, ErrShort) {
		t.Errorf("a short piece: %v", err)
	}
	s.Close()
	s = open(t, dir)
	info, err := s.Stat("log")
	if err != nil || !info.Appendable || info.Header["Content-Type"] != "text/plain" || get(t, s, "log") != all {
		t.Errorf("after a restart: %+v, %v", info, err)
	}
	put(t, s, "log", "normal now")
	if _, _, err := appendTo(s, "log", 10, "x", PutOptions{}); !errors.Is(err, ErrNotAppendable) {
		t.Errorf("after a put: %v", err)
	}
}

// Of those who append at the same position one wins.
func TestAppendAtOnce(t *testing.T) {
	s := open(t, t.TempDir())
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { _, _, errs[i] = appendTo(s, "k", 0, fmt.Sprint(i), PutOptions{}) })
	}
	wg.Wait()
	won := 0
	for i, err := range errs {
		switch {
		case err == nil:
			won++
			if got := get(t, s, "k"); got != fmt.Sprint(i) {
				t.Errorf("%d won, the object holds %q", i, got)
			}
		case !errors.Is(err, ErrPosition):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d have won", won)
	}
}

func TestNewObjectsOnly(t *testing.T) {
	s := open(t, t.TempDir())
	only := PutOptions{Size: 1, New: true}
	if _, err := s.Put("k", strings.NewReader("a"), only); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put("k", strings.NewReader("b"), only); !errors.Is(err, ErrExists) || get(t, s, "k") != "a" {
		t.Errorf("again: %v", err)
	}
	// An object that came while the content was on its way counts as well.
	slow := readFunc(func(p []byte) (int, error) {
		put(t, s, "late", "first")
		return copy(p, "x"), io.EOF
	})
	if _, err := s.Put("late", slow, PutOptions{Size: 1, New: true}); !errors.Is(err, ErrExists) || get(t, s, "late") != "first" {
		t.Errorf("meanwhile: %v", err)
	}
	id, err := s.BeginUpload("k", PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	part := putPart(t, s, "k", id, 1, []byte("part"))
	if _, err := s.CompleteUpload("k", id, []Part{part}, only); !errors.Is(err, ErrExists) {
		t.Errorf("in parts: %v", err)
	}
	if _, err := s.CompleteUpload("k", id, []Part{part}, PutOptions{}); err != nil || get(t, s, "k") != "part" {
		t.Errorf("in parts, over the other: %v", err)
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func TestAttributes(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(1000, 0)
	s, err := Open(dir, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	before := put(t, s, "k", "content")
	now = now.Add(time.Hour)
	for name, value := range map[string]string{"a": "1", "b": "2", "c": "3"} {
		if err := s.SetAttr("k", name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetAttr("k", "b", ""); err != nil {
		t.Fatal(err)
	}
	if err := s.SetAttr("none", "a", "1"); !errors.Is(err, ErrNoSuchKey) {
		t.Errorf("no object: %v", err)
	}
	for name, text := range map[string]string{"cors": "x", "acl": "y"} {
		if err := s.SetSetting(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetSetting("cors", nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "../k", "A"} {
		_, err := s.Setting(name)
		if err == nil || s.SetSetting(name, nil) == nil {
			t.Errorf("the setting %q is accepted", name)
		}
	}
	s.Close()
	s = open(t, dir)
	info, err := s.Stat("k")
	if err != nil || info.Attr["a"] != "1" || info.Attr["c"] != "3" || len(info.Attr) != 2 {
		t.Errorf("%+v, %v", info, err)
	}
	if !info.ModTime.Equal(before.ModTime) || info.ETag != before.ETag || info.CRC64 != before.CRC64 || get(t, s, "k") != "content" {
		t.Errorf("the object has changed: %+v, was %+v", info, before)
	}
	acl, err1 := s.Setting("acl")
	cors, err2 := s.Setting("cors")
	if string(acl) != "y" || cors != nil || err1 != nil || err2 != nil {
		t.Errorf("settings %q, %q, %v, %v", acl, cors, err1, err2)
	}
}

// Attributes that are set while objects are put end up on one or the other.
func TestAttributesAtOnce(t *testing.T) {
	s := open(t, t.TempDir())
	put(t, s, "k", "0")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 20 {
				if err := s.SetAttr("k", "a", fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for n := range 20 {
				put(t, s, "k", strings.Repeat("x", n))
			}
		})
	}
	wg.Wait()
	info, err := s.Stat("k")
	if got := get(t, s, "k"); err != nil || int64(len(got)) != info.Size {
		t.Errorf("%+v, %v, %d bytes", info, err, len(got))
	}
}

func TestRemove(t *testing.T) {
	dir := t.TempDir() + "/bucket"
	s := open(t, dir)
	put(t, s, "k", "x")
	if err := s.Remove(); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("with an object: %v", err)
	}
	if err := s.Delete("k"); err != nil {
		t.Fatal(err)
	}
	id, err := s.BeginUpload("k", PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("with an upload: %v", err)
	}
	if err := s.AbortUpload("k", id); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(); err != nil {
		t.Error(err)
	}
	if s := open(t, dir); len(s.index.objects) != 0 {
		t.Error("something came back")
	}
}
