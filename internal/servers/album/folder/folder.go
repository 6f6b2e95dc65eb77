// Package folder keeps the pictures of an album in a folder of this computer,
// and no more of them than a quota allows. It never serves or decodes one.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"sync"

	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// Options configure a Store.
type Options struct {
	// Dir is the folder, which is made if it is missing.
	Dir string
	// Quota is the most that all pictures together may take, in bytes; 0 is
	// DefaultQuota, less is no limit.
	Quota int64
	// NoSync is for tests: see disk.Options.
	NoSync bool
}

// DefaultQuota is 1 GiB, some thousand photos.
const DefaultQuota = 1 << 30

// Store is an album.Store and album.Opener.
type Store struct {
	disk  *disk.Store
	quota int64

	deleting sync.Mutex // so that no picture is counted twice as deleted

	mu   sync.Mutex
	used int64 // with the pictures under way
}

const (
	typeHeader = "Content-Type"
	listPage   = 1000
)

// Open opens the store. A *disk.LockedError says that another process has it
// open. Close it after use.
func Open(opt Options) (*Store, error) {
	objects, err := disk.Open(opt.Dir, disk.Options{NoSync: opt.NoSync})
	if err != nil {
		return nil, err
	}
	s := &Store{disk: objects, quota: opt.Quota}
	switch {
	case s.quota == 0:
		s.quota = DefaultQuota
	case s.quota < 0:
		s.quota = math.MaxInt64
	}
	for item := range s.items("") {
		s.used += item.Size
	}
	return s, nil
}

// Close lets another process open the folder.
func (s *Store) Close() error { return s.disk.Close() }

// Used returns the bytes that the pictures take, and the quota.
func (s *Store) Used() (used, quota int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used, s.quota
}

// reserve takes n bytes of the quota, or none.
func (s *Store) reserve(n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > s.quota-s.used {
		return fmt.Errorf("%w: its quota of %d bytes is used up", album.ErrFull, s.quota)
	}
	s.used += n
	return nil
}

func (s *Store) giveBack(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used -= n
}

// Put implements album.Store.
func (s *Store) Put(ctx context.Context, key string, c album.Content) error {
	r := &countedReader{ctx: ctx, r: c.Reader(), store: s}
	size := int64(-1)
	if c.Rest == nil {
		size = int64(len(c.Head))
	}
	_, err := s.disk.Put(key, r, disk.PutOptions{Size: size, Header: map[string]string{typeHeader: c.Type}, New: true})
	if err == nil {
		return nil
	}
	s.giveBack(r.n)
	if !errors.Is(err, disk.ErrExists) { // it may be in place, only not durably
		err = errors.Join(err, s.disk.Delete(key))
	}
	return err
}

// countedReader takes what it reads from the quota.
type countedReader struct {
	ctx   context.Context
	r     io.Reader
	store *Store
	n     int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	n, err := r.r.Read(p)
	if full := r.store.reserve(int64(n)); full != nil {
		return 0, full
	}
	r.n += int64(n)
	return n, err
}

// Delete implements album.Store.
func (s *Store) Delete(_ context.Context, key string) error {
	s.deleting.Lock()
	defer s.deleting.Unlock()
	info, err := s.disk.Stat(key)
	if errors.Is(err, disk.ErrNoSuchKey) {
		return nil
	}
	if err == nil {
		err = s.disk.Delete(key)
	}
	if err == nil {
		s.giveBack(info.Size)
	}
	return err
}

// List implements album.Store.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[album.Item, error] {
	return func(yield func(album.Item, error) bool) {
		for item := range s.items(prefix) {
			if ctx.Err() != nil {
				yield(album.Item{}, context.Cause(ctx))
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (s *Store) items(prefix string) iter.Seq[album.Item] {
	return func(yield func(album.Item) bool) {
		opt := disk.ListOptions{Prefix: prefix, Max: listPage}
		for {
			page := s.disk.List(opt)
			for _, o := range page.Objects {
				if !yield(album.Item{Key: o.Key, Size: o.Size, Time: o.ModTime}) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			opt.Marker = page.Next
		}
	}
}

// Open implements album.Opener.
func (s *Store) Open(_ context.Context, key string) (*album.Picture, error) {
	o, err := s.disk.Get(key)
	if errors.Is(err, disk.ErrNoSuchKey) {
		return nil, album.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &album.Picture{
		ReadSeekCloser: o, Type: o.Info.Header[typeHeader], Size: o.Info.Size, ETag: o.Info.ETag, Time: o.Info.ModTime,
	}, nil
}
