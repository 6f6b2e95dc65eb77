package losstest

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/wecos-go/wecos/internal/upload"
)

// Store is a bucket in memory, for the thousands of runs that a server over
// loopback would be too slow for.
type Store struct {
	// Before is asked before every change, if it is set: an error keeps it from
	// happening. op is put, copy or delete.
	Before func(op, key string) error

	mu      sync.Mutex
	objects map[string][]byte
}

var _ upload.Store = (*Store)(nil)

// Object returns what lies under a key.
func (s *Store) Object(key string) (content string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.objects[key]
	return string(data), ok
}

func (s *Store) change(op, key string, change func(map[string][]byte) error) error {
	if s.Before != nil {
		if err := s.Before(op, key); err != nil {
			return &upload.Error{Op: op, Key: key, Err: err}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.objects == nil {
		s.objects = map[string][]byte{}
	}
	return change(s.objects)
}

// Put stores o.
func (s *Store) Put(_ context.Context, key string, o upload.Object) error {
	data := o.Data
	if data == nil {
		f, err := o.Open()
		if err != nil {
			return err
		}
		defer f.Close()
		if data, err = io.ReadAll(f); err != nil {
			return err
		}
	}
	return s.change("put", key, func(objects map[string][]byte) error {
		objects[key] = bytes.Clone(data)
		return nil
	})
}

// Head describes an object.
func (s *Store) Head(ctx context.Context, key string) (upload.Info, error) {
	body, info, err := s.Get(ctx, key)
	if err != nil {
		return info, err
	}
	return info, body.Close()
}

// Get opens an object.
func (s *Store) Get(_ context.Context, key string) (io.ReadCloser, upload.Info, error) {
	data, ok := s.Object(key)
	if !ok {
		return nil, upload.Info{}, upload.ErrNotFound
	}
	return io.NopCloser(strings.NewReader(data)), describe(key, data), nil
}

// Copy copies an object.
func (s *Store) Copy(_ context.Context, from, to string) error {
	return s.change("copy", to, func(objects map[string][]byte) error {
		data, ok := objects[from]
		if !ok {
			return upload.ErrNotFound
		}
		objects[to] = data
		return nil
	})
}

// Delete removes an object.
func (s *Store) Delete(_ context.Context, key string) error {
	return s.change("delete", key, func(objects map[string][]byte) error {
		delete(objects, key)
		return nil
	})
}

// List yields the objects whose keys begin with prefix.
func (s *Store) List(_ context.Context, prefix string) iter.Seq2[upload.Info, error] {
	s.mu.Lock()
	objects := maps.Clone(s.objects)
	s.mu.Unlock()
	return func(yield func(upload.Info, error) bool) {
		for _, key := range slices.Sorted(maps.Keys(objects)) {
			if strings.HasPrefix(key, prefix) && !yield(describe(key, string(objects[key])), nil) {
				return
			}
		}
	}
}

func describe(key, data string) upload.Info {
	sum := md5.Sum([]byte(data))
	return upload.Info{Key: key, Size: int64(len(data)), ETag: hex.EncodeToString(sum[:])}
}

// Client reads the objects at their final addresses, which begin with base.
func (s *Store) Client(base string) *http.Client { return &http.Client{Transport: front{s, base}} }

// front answers for a domain in front of the bucket.
type front struct {
	store *Store
	base  string
}

// RoundTrip answers one request.
func (f front) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: http.StatusNotFound, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Request: r, Body: http.NoBody}
	rest, ok := strings.CutPrefix(r.URL.String(), f.base+"/")
	if !ok {
		return resp, nil
	}
	rest, _, _ = strings.Cut(rest, "?")
	key, err := url.PathUnescape(rest)
	if err != nil {
		return nil, err
	}
	data, ok := f.store.Object(key)
	if !ok {
		return resp, nil
	}
	resp.StatusCode, resp.ContentLength = http.StatusOK, int64(len(data))
	resp.Header.Set("Content-Type", "image/png")
	resp.Body = io.NopCloser(strings.NewReader(data))
	return resp, nil
}
