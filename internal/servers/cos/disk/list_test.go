package disk

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// reference lists by the book: look at every key, one after the other.
func reference(keys []string, opt ListOptions) (objects, prefixes []string, next string) {
	slices.Sort(keys)
	last := ""
	for _, key := range keys {
		if !strings.HasPrefix(key, opt.Prefix) {
			continue
		}
		entry, isPrefix := key, false
		if opt.Delimiter != "" {
			if head, _, ok := strings.Cut(key[len(opt.Prefix):], opt.Delimiter); ok {
				entry, isPrefix = opt.Prefix+head+opt.Delimiter, true
			}
		}
		if key <= opt.Marker && opt.Marker != "" || entry == opt.Marker || isPrefix && slices.Contains(prefixes, entry) {
			continue
		}
		if len(objects)+len(prefixes) == opt.Max {
			return objects, prefixes, last
		}
		if isPrefix {
			prefixes = append(prefixes, entry)
		} else {
			objects = append(objects, entry)
		}
		last = entry
	}
	return objects, prefixes, ""
}

func listed(p Page) (keys []string) {
	for _, o := range p.Objects {
		keys = append(keys, o.Key)
	}
	return keys
}

func TestListAgainstReference(t *testing.T) {
	s := open(t, t.TempDir())
	rng := rand.New(rand.NewPCG(1, 2))
	alive := map[string]bool{}
	for round := range 300 {
		key := make([]byte, 1+rng.IntN(5))
		for i := range key {
			key[i] = "ab/-"[rng.IntN(4)]
		}
		if k := string(key); rng.IntN(3) > 0 {
			put(t, s, k, "x")
			alive[k] = true
		} else {
			if err := s.Delete(k); err != nil {
				t.Fatal(err)
			}
			delete(alive, k)
		}
		var keys []string
		for k := range alive {
			keys = append(keys, k)
		}
		opt := ListOptions{
			Prefix:    []string{"", "a", "a/", "b-", "/"}[rng.IntN(5)],
			Delimiter: []string{"", "/", "-", "a/"}[rng.IntN(4)],
			Marker:    []string{"", "a", "a/", "ab", "b", "zz"}[rng.IntN(6)],
			Max:       1 + rng.IntN(6),
		}
		page := s.List(opt)
		objects, prefixes, next := reference(keys, opt)
		if !slices.Equal(listed(page), objects) || !slices.Equal(page.Prefixes, prefixes) || page.Next != next {
			t.Fatalf("round %d, %+v of %q\n got %q %q next %q\nwant %q %q next %q", round, opt, keys,
				listed(page), page.Prefixes, page.Next, objects, prefixes, next)
		}
	}
}

func TestListPages(t *testing.T) {
	s := open(t, t.TempDir())
	const n = 230
	for i := range n {
		put(t, s, fmt.Sprintf("k%03d", i), "x")
	}
	var all []string
	for opt := (ListOptions{Max: 100}); ; {
		page := s.List(opt)
		all = append(all, listed(page)...)
		if page.Next == "" {
			break
		}
		opt.Marker = page.Next
	}
	if len(all) != n || !slices.IsSorted(all) {
		t.Errorf("%d keys in pages, want %d in order", len(all), n)
	}
}
