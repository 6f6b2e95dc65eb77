// Package storetest is what every album.Store must do, as tests, and a Store in
// memory whose failures a test chooses. It never runs outside of tests.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/album"
)

// Subject is a Store to be tested.
type Subject struct {
	album.Store
	// Read reads what clients get for a key; ok is false when there is nothing.
	Read func(t *testing.T, key string) (data []byte, mime string, ok bool)
}

// Run tests the stores that open makes, which are empty.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Subject)
	}{
		{"what is put is read", putRead},
		{"content that ends early leaves nothing", brokenContent},
		{"a context that has ended leaves nothing", endedContext},
		{"list", listOrder},
		{"a long list", longList},
		{"a list that is left", leftList},
		{"delete", deleteTwice},
		{"many at once", atOnce},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// lengths are those at which content is handled differently.
var lengths = []int{1, 1000, 256<<10 - 1, 256 << 10, 256<<10 + 1, 1 << 20, album.MaxUpload}

func putRead(t *testing.T, s Subject) {
	start := time.Now().Add(-2 * time.Second) // a service may count in seconds
	for _, n := range lengths {
		data := pattern(n)
		for _, rest := range []bool{false, true} {
			key := fmt.Sprintf("文件夹/%d 100%%+&=%t.png", n, rest)
			c := album.Content{Type: "image/png", Head: bytes.Clone(data)}
			if rest {
				split := min(n, 256<<10)
				c.Head, c.Rest = bytes.Clone(data[:split]), bytes.NewReader(data[split:])
			}
			if err := s.Put(t.Context(), key, c); err != nil {
				t.Fatalf("put %s: %v", key, err)
			}
			clear(c.Head) // it is the caller's again
			got, mime, ok := s.Read(t, key)
			if !ok || !bytes.Equal(got, data) || mime != "image/png" {
				t.Errorf("%s: %t, %d bytes of %s", key, ok, len(got), mime)
			}
			items := list(t, s, key)
			if len(items) != 1 || items[0].Key != key || items[0].Size != int64(n) ||
				items[0].Time.Before(start) || items[0].Time.After(time.Now().Add(time.Second)) {
				t.Errorf("%s is listed as %+v", key, items)
			}
		}
	}
}

var errBroken = errors.New("the content is broken")

func brokenContent(t *testing.T, s Subject) {
	for _, n := range lengths {
		c := album.Content{
			Type: "image/jpeg", Head: pattern(min(n, 1000)),
			Rest: io.MultiReader(bytes.NewReader(pattern(n)), iotest{errBroken}),
		}
		if err := s.Put(t.Context(), "broken.jpg", c); err == nil {
			t.Errorf("%d bytes: no error", n)
		}
		if _, _, ok := s.Read(t, "broken.jpg"); ok {
			t.Errorf("%d bytes: something is there", n)
		}
	}
	if items := list(t, s, ""); len(items) > 0 {
		t.Errorf("listed: %v", items)
	}
}

type iotest struct{ err error }

func (r iotest) Read([]byte) (int, error) { return 0, r.err }

func endedContext(t *testing.T, s Subject) {
	put(t, s, "a.jpg")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ctx, "b.jpg", album.Content{Type: "image/jpeg", Head: pattern(10)}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	for _, err := range s.List(ctx, "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("list: %v", err)
		}
	}
	if items := list(t, s, ""); len(items) != 1 {
		t.Errorf("listed: %v", items)
	}
}

func listOrder(t *testing.T, s Subject) {
	want := []string{"2.jpg", "A.jpg", "a b+c%25.jpg", "a/b/c.png", "a/b.png", "a.jpg", "b&<x>.gif", "相册/一.png"}
	for _, key := range want {
		put(t, s, key)
	}
	slices.Sort(want)
	if got := keys(list(t, s, "")); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if got := keys(list(t, s, "a/")); !slices.Equal(got, []string{"a/b.png", "a/b/c.png"}) {
		t.Errorf("in a folder: %q", got)
	}
	if got := list(t, s, "none/"); len(got) > 0 {
		t.Errorf("in an empty folder: %v", got)
	}
}

// longList takes more than one page of a service.
func longList(t *testing.T, s Subject) {
	var want []string
	for i := range 1003 {
		key := fmt.Sprintf("%04d.jpg", i)
		put(t, s, key)
		want = append(want, key)
	}
	if got := keys(list(t, s, "")); !slices.Equal(got, want) {
		t.Errorf("%d keys from %s", len(got), got[0])
	}
}

func leftList(t *testing.T, s Subject) {
	put(t, s, "a.jpg")
	put(t, s, "b.jpg")
	for item, err := range s.List(t.Context(), "") {
		if err != nil || item.Key != "a.jpg" {
			t.Errorf("%v %v", item, err)
		}
		break
	}
}

func deleteTwice(t *testing.T, s Subject) {
	put(t, s, "a.jpg")
	put(t, s, "b.jpg")
	for range 2 {
		if err := s.Delete(t.Context(), "a.jpg"); err != nil {
			t.Error(err)
		}
		if _, _, ok := s.Read(t, "a.jpg"); ok {
			t.Error("it is still there")
		}
		if got := keys(list(t, s, "")); !slices.Equal(got, []string{"b.jpg"}) {
			t.Errorf("left: %q", got)
		}
	}
}

func atOnce(t *testing.T, s Subject) {
	const workers = 8
	done := make(chan error, workers)
	for w := range workers {
		go func() {
			for i := range 10 {
				key := fmt.Sprintf("%d-%d.jpg", w, i)
				err := s.Put(t.Context(), key, album.Content{
					Type: "image/jpeg", Head: pattern(1000), Rest: bytes.NewReader(pattern(w * i * 1000)),
				})
				if err == nil && i%2 == 1 {
					err = s.Delete(t.Context(), key)
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := len(list(t, s, "")); n != workers*5 {
		t.Errorf("%d pictures, want %d", n, workers*5)
	}
}

func put(t *testing.T, s Subject, key string) {
	t.Helper()
	if err := s.Put(t.Context(), key, album.Content{Type: "image/jpeg", Head: pattern(64)}); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func list(t *testing.T, s Subject, prefix string) (items []album.Item) {
	t.Helper()
	for item, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("list %q: %v", prefix, err)
		}
		items = append(items, item)
	}
	return items
}

func keys(items []album.Item) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = item.Key
	}
	return list
}

// pattern is n bytes that differ from their neighbours.
func pattern(n int) []byte {
	return []byte(strings.Repeat("0123456789abcdef ghijklmnopqrstu", n/32+1)[:n])
}

// Opened is the Read of a Subject whose pictures an album hands out.
func Opened(o album.Opener) func(t *testing.T, key string) ([]byte, string, bool) {
	return func(t *testing.T, key string) ([]byte, string, bool) {
		t.Helper()
		p, err := o.Open(t.Context(), key)
		if errors.Is(err, album.ErrNotFound) {
			return nil, "", false
		}
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		data, err := io.ReadAll(p)
		if err != nil || int64(len(data)) != p.Size {
			t.Errorf("%s: %d of %d bytes, %v", key, len(data), p.Size, err)
		}
		return data, p.Type, true
	}
}
