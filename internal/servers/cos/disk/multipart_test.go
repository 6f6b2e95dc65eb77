package disk

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"hash/crc64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func putPart(t *testing.T, s *Store, key, id string, number int, content []byte) Part {
	t.Helper()
	info, err := s.PutPart(key, id, number, bytes.NewReader(content), PutOptions{Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	return Part{Number: number, ETag: info.ETag}
}

func TestUploadInParts(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	id, err := s.BeginUpload("大/k", PutOptions{Header: map[string]string{"Content-Type": "image/png"}})
	if err != nil {
		t.Fatal(err)
	}
	one, two := bytes.Repeat([]byte("1"), MinPartSize), []byte("the rest")
	p2 := putPart(t, s, "大/k", id, 7, two)
	putPart(t, s, "大/k", id, 3, []byte("replaced below"))
	s.Close()
	s = open(t, dir) // uploads outlive a restart
	p1 := putPart(t, s, "大/k", id, 3, one)

	if _, err := s.Stat("大/k"); !errors.Is(err, ErrNoSuchKey) {
		t.Errorf("the object is there before its upload is complete: %v", err)
	}
	info, err := s.CompleteUpload("大/k", id, []Part{p1, p2}, PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	sum1, sum2 := md5.Sum(one), md5.Sum(two)
	want := fmt.Sprintf("%x-2", md5.Sum(append(sum1[:], sum2[:]...)))
	whole := string(one) + string(two)
	if info.ETag != want || info.CRC64 != crc64.Checksum([]byte(whole), crcTable) || info.Size != int64(len(whole)) {
		t.Errorf("info %+v, want ETag %s", info, want)
	}
	if get(t, s, "大/k") != whole || info.Header["Content-Type"] != "image/png" {
		t.Error("the object is not what its parts were")
	}
	if _, err := s.CompleteUpload("大/k", id, []Part{p1, p2}, PutOptions{}); !errors.Is(err, ErrNoSuchUpload) {
		t.Errorf("completed twice: %v", err)
	}
	for _, d := range []string{uploadsDir, tempDir} {
		if left, _ := os.ReadDir(filepath.Join(dir, d)); len(left) > 0 {
			t.Errorf("left in %s: %v", d, left)
		}
	}
}

func TestUploadErrors(t *testing.T) {
	s := open(t, t.TempDir())
	id, err := s.BeginUpload("k", PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	big := putPart(t, s, "k", id, 1, bytes.Repeat([]byte("1"), MinPartSize))
	small := putPart(t, s, "k", id, 2, []byte("2"))
	last := putPart(t, s, "k", id, 3, []byte("3"))
	complete := func(key, id string, parts ...Part) func() error {
		return func() error { _, err := s.CompleteUpload(key, id, parts, PutOptions{}); return err }
	}
	part := func(key, id string, number int) func() error {
		return func() error {
			_, err := s.PutPart(key, id, number, strings.NewReader("x"), PutOptions{Size: 1})
			return err
		}
	}
	tests := []struct {
		name string
		do   func() error
		want error
	}{
		{"no parts", complete("k", id), ErrInvalidPart},
		{"descending", complete("k", id, last, big), ErrPartOrder},
		{"twice the same", complete("k", id, big, big), ErrPartOrder},
		{"not there", complete("k", id, big, Part{Number: 9}), ErrInvalidPart},
		{"other ETag", complete("k", id, Part{Number: 1, ETag: small.ETag}), ErrInvalidPart},
		{"small in the middle", complete("k", id, big, small, last), ErrPartTooSmall},
		{"other key", complete("other", id, big), ErrNoSuchUpload},
		{"unknown id", complete("k", strings.Repeat("0", 32), big), ErrNoSuchUpload},
		{"id that is a path", complete("k", "../objects", big), ErrNoSuchUpload},
		{"part 0", part("k", id, 0), ErrPartNumber},
		{"part 10001", part("k", id, MaxParts+1), ErrPartNumber},
		{"part of another key", part("other", id, 1), ErrNoSuchUpload},
		{"upload of a bad key", func() error { _, err := s.BeginUpload("", PutOptions{}); return err }, ErrBadKey},
		{"abort another key", func() error { return s.AbortUpload("other", id) }, ErrNoSuchUpload},
		{"abort", func() error { return s.AbortUpload("k", id) }, nil},
		{"abort again", func() error { return s.AbortUpload("k", id) }, ErrNoSuchUpload},
		{"part after the end", part("k", id, 1), ErrNoSuchUpload},
	}
	for _, tt := range tests {
		if err := tt.do(); !errors.Is(err, tt.want) {
			t.Errorf("%s: error %v, want %v", tt.name, err, tt.want)
		}
	}
}
