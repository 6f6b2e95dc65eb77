package disk

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DefaultUploadLifetime is how long an upload in parts that nobody ends is
// kept.
const DefaultUploadLifetime = 7 * 24 * time.Hour

// Upload is an upload in parts that has begun and not ended.
type Upload struct {
	Key, ID string
	Begun   time.Time
	Attr    map[string]string
}

// Uploads returns all of them, sorted by key, then by id.
func (s *Store) Uploads() ([]Upload, error) {
	entries, err := os.ReadDir(s.path(uploadsDir))
	if err != nil {
		return nil, err
	}
	list := make([]Upload, 0, len(entries))
	for _, e := range entries {
		if !uploadID().MatchString(e.Name()) {
			continue
		}
		u, err := s.readUpload(e.Name())
		if errors.Is(err, ErrNoSuchUpload) {
			continue // ended meanwhile
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Upload{Key: u.Key, ID: e.Name(), Begun: s.begun(e, u), Attr: u.Attr})
	}
	slices.SortFunc(list, func(a, b Upload) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// begun is when an upload began; what has no time of its own is as old as its
// folder.
func (s *Store) begun(e os.DirEntry, u upload) time.Time {
	if u.Begun != 0 {
		return time.UnixMilli(u.Begun)
	}
	if info, err := e.Info(); err == nil {
		return info.ModTime()
	}
	return s.now()
}

// expireUploads drops what is older than lifetime, and what a crash without
// syncing left unreadable.
func (s *Store) expireUploads(lifetime time.Duration) error {
	if lifetime == 0 {
		lifetime = DefaultUploadLifetime
	}
	if lifetime < 0 {
		return nil
	}
	entries, err := os.ReadDir(s.path(uploadsDir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		u, _ := s.readUpload(e.Name())
		if s.begun(e, u).After(s.now().Add(-lifetime)) {
			continue
		}
		if err := s.dropUpload(e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// PartInfo is a part that has arrived.
type PartInfo struct {
	Number int
	Info
}

// Parts returns up to limit parts of an upload whose numbers are above after,
// in order, and whether there are more.
func (s *Store) Parts(key, id string, after, limit int) (list []PartInfo, more bool, err error) {
	if _, err := s.upload(key, id); err != nil {
		return nil, false, err
	}
	entries, err := os.ReadDir(s.path(uploadsDir, id))
	if err != nil {
		return nil, false, err
	}
	var numbers []int
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), partPrefix); ok {
			if n, err := strconv.Atoi(number); err == nil && n > after {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	if len(numbers) > limit {
		numbers, more = numbers[:limit], true
	}
	for _, n := range numbers {
		info, err := s.readPart(id, n)
		if errors.Is(err, ErrInvalidPart) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		list = append(list, PartInfo{Number: n, Info: *info})
	}
	return list, more, nil
}
