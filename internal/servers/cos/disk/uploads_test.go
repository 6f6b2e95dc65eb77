package disk

import (
	"os"
	"testing"
	"time"
)

func TestUploadsAndParts(t *testing.T) {
	dir := t.TempDir()
	now := time.Unix(1_700_000_000, 0)
	clock := func() time.Time { return now }
	reopen := func(lifetime time.Duration) *Store {
		s, err := Open(dir, Options{NoSync: true, Now: clock, UploadLifetime: lifetime})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := reopen(0)
	var ids []string
	for _, key := range []string{"b", "a", "b", "c"} {
		id, err := s.BeginUpload(key, PutOptions{Attr: map[string]string{"n": key}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		now = now.Add(24 * time.Hour)
	}
	check := func(s *Store, want ...string) {
		t.Helper()
		list, err := s.Uploads()
		if err != nil || len(list) != len(want) {
			t.Fatalf("%+v, %v", list, err)
		}
		for i, u := range list {
			if u.ID != want[i] || u.Attr["n"] != u.Key || u.Begun.After(now) {
				t.Errorf("upload %d: %+v, want %s", i, u, want[i])
			}
		}
	}
	check(s, ids[1], ids[0], ids[2], ids[3])

	for _, n := range []int{10000, 2, 1} {
		putPart(t, s, "b", ids[2], n, []byte("part"))
	}
	parts, more, err := s.Parts("b", ids[2], 0, 2)
	if err != nil || !more || len(parts) != 2 || parts[0].Number != 1 || parts[1].Number != 2 || parts[1].Size != 4 || parts[1].ETag == "" {
		t.Errorf("first page: %+v, %v, %v", parts, more, err)
	}
	parts, more, err = s.Parts("b", ids[2], 2, 2)
	if err != nil || more || len(parts) != 1 || parts[0].Number != 10000 {
		t.Errorf("second page: %+v, %v, %v", parts, more, err)
	}
	for key, id := range map[string]string{"a": ids[2], "b": "../x"} {
		if _, _, err := s.Parts(key, id, 0, 10); err == nil {
			t.Errorf("parts of %s %s", key, id)
		}
	}
	s.Close()

	// Four days after the first one, and later.
	for _, tt := range []struct {
		after, lifetime time.Duration
		want            []string
	}{
		{0, -1, []string{ids[1], ids[0], ids[2], ids[3]}},
		{0, 0, []string{ids[1], ids[0], ids[2], ids[3]}},
		{3 * 24 * time.Hour, 0, []string{ids[1], ids[2], ids[3]}},
		{0, 5 * 24 * time.Hour, []string{ids[3]}},
		{0, time.Hour, nil},
	} {
		now = now.Add(tt.after)
		s := reopen(tt.lifetime)
		check(s, tt.want...)
		s.Close()
	}
	s = reopen(0)
	defer s.Close()
	if left, err := os.ReadDir(s.path(uploadsDir)); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
