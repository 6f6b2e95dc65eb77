package video

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// asked asks a cache for k and returns the text of the answer.
func asked(t *testing.T, c *cache, k key, make func(context.Context) (any, error)) (string, error) {
	t.Helper()
	w := httptest.NewRecorder()
	err := c.answer(w, httptest.NewRequest("GET", "/", nil), k, make)
	return w.Body.String(), err
}

// counting makes answers 1, 2, 3 …
func counting() func(context.Context) (any, error) {
	var n atomic.Int64
	return func(context.Context) (any, error) { return n.Add(1), nil }
}

func TestCacheKeepsForItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, make := newCache(time.Second), counting()
		for i, want := range []string{"1", "1", "2", "2"} {
			if i == 2 {
				time.Sleep(time.Second)
			}
			if got, err := asked(t, c, key{kind: 'f', id: 1}, make); got != want || err != nil {
				t.Errorf("answer %d: %s, %v, want %s", i, got, err, want)
			}
		}
		if got, _ := asked(t, c, key{kind: 'f', id: 1, origin: "http://a"}, make); got != "3" {
			t.Errorf("another origin: %s", got)
		}
	})
}

func TestNoCache(t *testing.T) {
	c, make := newCache(0), counting()
	for _, want := range []string{"1", "2"} {
		if got, err := asked(t, c, key{}, make); got != want || err != nil {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// Many who want the same wait for one query, and one who goes away does not end
// it for the others.
func TestCacheAsksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, make := newCache(time.Second), counting()
		slow := func(ctx context.Context) (any, error) {
			select {
			case <-time.After(time.Second):
				return make(ctx)
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		var all sync.WaitGroup
		gone, leave := context.WithCancel(t.Context())
		for i := range 10 {
			all.Go(func() {
				w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
				if i == 0 || i == 5 {
					r = r.WithContext(gone)
				}
				err := c.answer(w, r, key{}, slow)
				if i == 5 {
					if !errors.Is(err, context.Canceled) {
						t.Errorf("who went away: %v", err)
					}
				} else if err != nil || w.Body.String() != "1" {
					t.Errorf("%d: %s, %v", i, w.Body, err)
				}
			})
			synctest.Wait()
		}
		leave()
		all.Wait()
	})
}

func TestCacheKeepsNoFailure(t *testing.T) {
	c, broken := newCache(time.Hour), errors.New("broken")
	if _, err := asked(t, c, key{}, func(context.Context) (any, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if got, err := asked(t, c, key{}, counting()); got != "1" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = asked(t, c, key{id: 2}, func(context.Context) (any, error) { panic("x") })
	}()
	if got, err := asked(t, c, key{id: 2}, counting()); got != "1" || err != nil {
		t.Errorf("after a panic: %s, %v", got, err)
	}
}

// A comment makes the answers of its film old, also one that is being made.
func TestCacheForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, make := newCache(time.Hour), counting()
		same := func(k key, want string) {
			t.Helper()
			if got, err := asked(t, c, k, make); got != want || err != nil {
				t.Errorf("%+v: %s, %v, want %s", k, got, err, want)
			}
		}
		one, part, other, films := key{kind: 'c', id: 1}, key{kind: 'c', id: 1, limit: 5}, key{kind: 'c', id: 2}, key{kind: 'f', id: 1}
		for i, k := range []key{one, part, other, films} {
			same(k, fmt.Sprint(i+1))
		}
		c.forget(1)
		same(one, "5")
		same(part, "6")
		same(other, "3")
		same(films, "4")
		c.forget(1)
		go func() {
			_, _ = asked(t, c, one, func(context.Context) (any, error) { time.Sleep(time.Second); return "before the comment", nil })
		}()
		synctest.Wait()
		c.forget(1)
		time.Sleep(2 * time.Second)
		same(one, "7")
	})
}

func TestCacheIsBounded(t *testing.T) {
	c := newCache(time.Hour)
	c.most, c.mostBytes = 64, 1<<16
	for n := range 3 * c.most {
		if _, err := asked(t, c, key{id: int64(n)}, counting()); err != nil {
			t.Fatal(err)
		}
		if len(c.entries) > c.most {
			t.Fatalf("%d answers", len(c.entries))
		}
	}
	text := strings.Repeat("x", c.mostBytes/8)
	for n := range 30 {
		if _, err := asked(t, c, key{kind: 'c', id: int64(n)}, func(context.Context) (any, error) { return text, nil }); err != nil {
			t.Fatal(err)
		}
	}
	sum := 0
	for _, e := range c.entries {
		sum += len(e.text)
	}
	if c.bytes != sum || sum > c.mostBytes*9/8+100 {
		t.Errorf("%d bytes, counted %d", sum, c.bytes)
	}
}
