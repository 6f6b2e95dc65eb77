// Package storetest says what a weapp.Store does, as tests that every
// implementation runs. It is never part of a program.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

// Run tests a store that is empty.
func Run(t *testing.T, s weapp.Store) {
	for _, tt := range []struct {
		name string
		test func(*testing.T, weapp.Store)
	}{
		{"values", values},
		{"new values", newValues},
		{"lifetimes", lifetimes},
		{"deleting by value", deletingByValue},
		{"racing", racing},
		{"context", ended},
	} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, s) })
	}
}

const hour = time.Hour

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is fails unless key has a value, or none where want is empty.
func is(t *testing.T, s weapp.Store, key, want string) {
	t.Helper()
	got, err := s.Get(t.Context(), key)
	if want == "" {
		if !errors.Is(err, weapp.ErrNotFound) {
			t.Errorf("%s: %q, %v, want ErrNotFound", key, got, err)
		}
		return
	}
	if err != nil || string(got) != want {
		t.Errorf("%s: %q, %v, want %q", key, got, err, want)
	}
}

func values(t *testing.T, s weapp.Store) {
	ctx := t.Context()
	must(t, s.Ping(ctx))
	is(t, s, "values-a", "")
	must(t, s.Set(ctx, "values-a", []byte("1"), hour))
	must(t, s.Set(ctx, "values-A", []byte("2"), hour)) // another key
	is(t, s, "values-a", "1")
	must(t, s.Set(ctx, "values-a", []byte("one"), hour))
	is(t, s, "values-a", "one")
	is(t, s, "values-A", "2")
	for _, odd := range []string{"\x00\xff'\"\n", strings.Repeat("春", 4000)} {
		must(t, s.Set(ctx, "values-odd:'\"%*?", []byte(odd), hour))
		is(t, s, "values-odd:'\"%*?", odd)
	}
	must(t, s.Delete(ctx, "values-a", "values-odd:'\"%*?", "values-missing"))
	is(t, s, "values-a", "")
	is(t, s, "values-odd:'\"%*?", "")
	is(t, s, "values-A", "2")
	must(t, s.Delete(ctx))
}

func newValues(t *testing.T, s weapp.Store) {
	ctx := t.Context()
	for i, want := range []bool{true, false, false} {
		if got, err := s.SetNew(ctx, "new", fmt.Append(nil, i), hour); err != nil || got != want {
			t.Errorf("SetNew, time %d: %v, %v", i, got, err)
		}
	}
	is(t, s, "new", "0")
	must(t, s.Delete(ctx, "new"))
	if got, err := s.SetNew(ctx, "new", []byte("again"), hour); err != nil || !got {
		t.Errorf("SetNew after Delete: %v, %v", got, err)
	}
	must(t, s.SetTTL(ctx, "new", time.Millisecond))
	Until(t, "a new value where the old has expired", func() bool {
		got, err := s.SetNew(ctx, "new", []byte("third"), hour)
		must(t, err)
		return got
	})
	is(t, s, "new", "third")
}

func lifetimes(t *testing.T, s weapp.Store) {
	ctx := t.Context()
	must(t, s.Set(ctx, "life-short", []byte("x"), 50*time.Millisecond))
	must(t, s.Set(ctx, "life-cut", []byte("x"), hour))
	must(t, s.Set(ctx, "life-kept", []byte("x"), 50*time.Millisecond))
	must(t, s.SetTTL(ctx, "life-kept", hour))
	must(t, s.Set(ctx, "life-anew", []byte("x"), 50*time.Millisecond))
	must(t, s.Set(ctx, "life-anew", []byte("y"), hour)) // a lifetime of its own
	must(t, s.SetTTL(ctx, "life-cut", 50*time.Millisecond))
	must(t, s.SetTTL(ctx, "life-missing", hour))
	Until(t, "the end of the short ones", func() bool {
		_, short := s.Get(ctx, "life-short")
		_, cut := s.Get(ctx, "life-cut")
		return errors.Is(short, weapp.ErrNotFound) && errors.Is(cut, weapp.ErrNotFound)
	})
	is(t, s, "life-kept", "x")
	is(t, s, "life-anew", "y")
	is(t, s, "life-missing", "")
	must(t, s.SetTTL(ctx, "life-short", hour)) // too late
	is(t, s, "life-short", "")
}

func deletingByValue(t *testing.T, s weapp.Store) {
	ctx := t.Context()
	must(t, s.Set(ctx, "if", []byte(`"mine"`), hour))
	must(t, s.DeleteIf(ctx, "if", []byte(`"other"`)))
	is(t, s, "if", `"mine"`)
	must(t, s.DeleteIf(ctx, "if", []byte(`"mine"`)))
	is(t, s, "if", "")
	must(t, s.DeleteIf(ctx, "if", []byte(`"mine"`)))
}

// Of many that set a new value one does, and nobody reads half a value.
func racing(t *testing.T, s weapp.Store) {
	ctx := t.Context()
	var wg sync.WaitGroup
	var won atomic.Int32
	for i := range 20 {
		value := bytes.Repeat([]byte{'a' + byte(i)}, 2000)
		wg.Go(func() {
			if first, err := s.SetNew(ctx, "race-new", value, hour); err != nil {
				t.Error(err)
			} else if first {
				won.Add(1)
			}
			if err := s.Set(ctx, "race-set", value, hour); err != nil {
				t.Error(err)
			}
			got, err := s.Get(ctx, "race-set")
			if err != nil || len(got) != 2000 || bytes.Count(got, got[:1]) != 2000 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d values were the first", won.Load())
	}
}

func ended(t *testing.T, s weapp.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"Set":      s.Set(ctx, "ended", []byte("x"), hour),
		"SetTTL":   s.SetTTL(ctx, "ended", hour),
		"Delete":   s.Delete(ctx, "ended"),
		"DeleteIf": s.DeleteIf(ctx, "ended", []byte("x")),
		"Ping":     s.Ping(ctx),
	} {
		if err == nil {
			t.Errorf("%s: no error after the end of its context", name)
		}
	}
	if _, err := s.Get(ctx, "ended"); err == nil || errors.Is(err, weapp.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.SetNew(ctx, "ended", []byte("x"), hour); err == nil {
		t.Error("SetNew: no error")
	}
}

// Until waits for something that becomes true soon.
func Until(t *testing.T, what string, true func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(15 * time.Second)
	for !true() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("%s: not within 15 s", what)
		}
	}
}
