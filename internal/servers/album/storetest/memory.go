package storetest

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album"
)

// Memory is a Store in memory, and an Opener. The zero Memory is empty.
type Memory struct {
	// Fail, if any, is asked before each operation: put, delete, list or open.
	Fail func(op, key string) error
	// Now is the clock; nil is time.Now.
	Now func() time.Time

	mu       sync.Mutex
	pictures map[string]*stored
	lists    int
}

type stored struct {
	data []byte
	mime string
	time time.Time
}

// Lists counts the listings that were begun.
func (m *Memory) Lists() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lists
}

func (m *Memory) may(ctx context.Context, op, key string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if m.Fail != nil {
		return m.Fail(op, key)
	}
	return nil
}

// Put implements album.Store.
func (m *Memory) Put(ctx context.Context, key string, c album.Content) error {
	if err := m.may(ctx, "put", key); err != nil {
		return err
	}
	data, err := io.ReadAll(c.Reader())
	if err != nil {
		return err
	}
	now := time.Now
	if m.Now != nil {
		now = m.Now
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.pictures == nil {
		m.pictures = make(map[string]*stored)
	}
	m.pictures[key] = &stored{data, c.Type, now()}
	return nil
}

// Delete implements album.Store.
func (m *Memory) Delete(ctx context.Context, key string) error {
	if err := m.may(ctx, "delete", key); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.pictures, key)
	return nil
}

// List implements album.Store.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[album.Item, error] {
	return func(yield func(album.Item, error) bool) {
		m.mu.Lock()
		m.lists++
		held := maps.Clone(m.pictures)
		m.mu.Unlock()
		for _, key := range slices.Sorted(maps.Keys(held)) {
			if err := m.may(ctx, "list", key); err != nil {
				yield(album.Item{}, err)
				return
			}
			p := held[key]
			if strings.HasPrefix(key, prefix) && !yield(album.Item{Key: key, Size: int64(len(p.data)), Time: p.time}, nil) {
				return
			}
		}
	}
}

// Open implements album.Opener.
func (m *Memory) Open(ctx context.Context, key string) (*album.Picture, error) {
	if err := m.may(ctx, "open", key); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.pictures[key]
	if p == nil {
		return nil, album.ErrNotFound
	}
	sum := md5.Sum(p.data)
	return &album.Picture{
		ReadSeekCloser: closer{bytes.NewReader(p.data)}, Type: p.mime, Size: int64(len(p.data)),
		ETag: hex.EncodeToString(sum[:]), Time: p.time,
	}, nil
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }
