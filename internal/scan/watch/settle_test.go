package watch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSettler plays a scene against the settler with quiet 3, most 20 and hold
// 200: each step is a time, what happens then, and the batch that comes of it.
func TestSettler(t *testing.T) {
	type step struct {
		at   int
		do   string // space separated: touch:PATH grow:PATH (unseen by any event) lost settle
		want string // paths, "+full"; only for settle
	}
	long := func(path string, until int) (steps []step) {
		for at := 1; at < until; at++ {
			steps = append(steps, step{at, "grow:" + path + " touch:" + path + " settle", ""})
		}
		return steps
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"nothing", []step{{5, "settle", ""}}},
		{"one save", []step{{0, "touch:a", ""}, {2, "settle", ""}, {3, "settle", "a"}, {9, "settle", ""}}},
		{"sorted and unique", []step{{0, "touch:b touch:a touch:b", ""}, {3, "settle", "a b"}}},
		{"each change prolongs", []step{{0, "touch:a", ""}, {2, "touch:b", ""}, {4, "settle", ""}, {5, "settle", "a b"}}},
		{"two batches", []step{{0, "touch:a", ""}, {3, "settle", "a"}, {4, "touch:a", ""}, {7, "settle", "a"}}},
		{"open for most", []step{
			{0, "touch:a", ""}, {2, "touch:b", ""}, {4, "touch:c", ""}, {6, "touch:d", ""}, {8, "touch:e", ""},
			{10, "touch:f", ""}, {12, "touch:g", ""}, {14, "touch:h", ""}, {16, "touch:i", ""}, {18, "touch:j", ""},
			{20, "touch:k settle", "a b c d e f g h i"}, {22, "settle", ""}, {23, "settle", "j k"},
		}},
		{"a file that grows without events", []step{
			{0, "touch:a touch:b", ""}, {1, "grow:a", ""}, {3, "settle", ""}, {5, "settle", ""}, {6, "settle", "a b"},
		}},
		{"the others do not wait for it longer than most", []step{
			{0, "touch:a touch:b", ""},
			{3, "grow:a settle", ""}, {6, "grow:a settle", ""}, {9, "grow:a settle", ""}, {12, "grow:a settle", ""},
			{15, "grow:a settle", ""}, {18, "grow:a settle", ""}, {20, "grow:a settle", "b"},
			{22, "settle", ""}, {23, "settle", "a"},
		}},
		{"a file that never rests", append(append([]step{{0, "touch:a", ""}}, long("a", 200)...), step{200, "grow:a touch:a settle", "a"})},
		{"events lost", []step{{0, "lost", ""}, {2, "settle", ""}, {3, "settle", "+full"}, {6, "settle", ""}}},
		{"events lost among others", []step{{0, "touch:a", ""}, {1, "lost", ""}, {4, "settle", "a+full"}, {5, "touch:a", ""}, {8, "settle", "a"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var now time.Time
			sizes := map[string]int64{}
			begin := time.Unix(0, 0)
			s := newSettler(3, 20, func(rel string) stamp { return stamp{size: sizes[rel]} })
			for _, st := range test.steps {
				now = begin.Add(time.Duration(st.at))
				for _, do := range strings.Fields(st.do) {
					verb, path, _ := strings.Cut(do, ":")
					switch verb {
					case "touch":
						s.touch(now, path, s.look(path))
					case "grow":
						sizes[path]++
					case "lost":
						s.lost(now)
					case "settle":
						due, open := s.due()
						b := s.settle(now)
						got := strings.Join(b.Paths, " ")
						if b.Full {
							got += "+full"
						}
						if got != st.want {
							t.Errorf("at %d: batch %q, want %q", st.at, got, st.want)
						}
						if !b.empty() && (!open || due.After(now)) {
							t.Errorf("at %d: a batch that was not due before %v", st.at, due.Sub(begin))
						}
						if due, open := s.due(); open && !due.After(now) {
							t.Errorf("at %d: due again at once", st.at)
						}
					default:
						t.Fatalf("step %q", do)
					}
				}
			}
		})
	}
}

func TestSettlerIsBounded(t *testing.T) {
	s := newSettler(3, 20, func(string) stamp { return stamp{} })
	begin := time.Unix(0, 0)
	for i := range maxPaths + 10 {
		s.touch(begin, fmt.Sprint(i), stamp{})
	}
	if b := s.settle(begin.Add(3)); !b.Full || len(b.Paths) != maxPaths {
		t.Errorf("full %v, %d paths", b.Full, len(b.Paths))
	}
	if _, open := s.due(); open {
		t.Error("still open")
	}
}

func TestBatchMerge(t *testing.T) {
	many := map[string]bool{}
	for i := range maxPaths {
		many[fmt.Sprint(i)] = true
	}
	big := Batch{Paths: slices.Sorted(maps.Keys(many))}
	tests := []struct {
		name       string
		a, b, want Batch
	}{
		{"nothing", Batch{}, Batch{}, Batch{}},
		{"first", Batch{}, Batch{Paths: []string{"a"}}, Batch{Paths: []string{"a"}}},
		{"empty second", Batch{Paths: []string{"a"}}, Batch{}, Batch{Paths: []string{"a"}}},
		{"union", Batch{Paths: []string{"b", "d"}}, Batch{Paths: []string{"a", "b", "c"}}, Batch{Paths: []string{"a", "b", "c", "d"}}},
		{"full stays", Batch{Full: true}, Batch{Paths: []string{"a"}}, Batch{Paths: []string{"a"}, Full: true}},
		{"too many", big, Batch{Paths: []string{"x"}}, Batch{Full: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.a.Paths)
			got := test.a.merge(test.b)
			if !slices.Equal(got.Paths, test.want.Paths) || got.Full != test.want.Full {
				t.Errorf("%v and %v: %v", test.a, test.b, got)
			}
			if !slices.Equal(test.a.Paths, before) {
				t.Error("the first batch changed")
			}
		})
	}
}
