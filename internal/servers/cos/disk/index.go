package disk

import "slices"

// index knows every object, and their keys in order.
type index struct {
	objects map[string]*Info
	// sorted holds the keys in order, some of them perhaps removed since;
	// added those that came later. They are merged when somebody lists.
	sorted  []string
	added   []string
	removed int
}

func (x *index) get(key string) (*Info, bool) {
	info, ok := x.objects[key]
	return info, ok
}

func (x *index) put(info *Info) {
	if _, ok := x.objects[info.Key]; !ok {
		x.added = append(x.added, info.Key)
	}
	x.objects[info.Key] = info
}

func (x *index) remove(key string) {
	delete(x.objects, key)
	x.removed++
}

// stale reports whether keys has work to do.
func (x *index) stale() bool { return len(x.added) > 0 || x.removed > 0 }

// keys returns all keys in order.
func (x *index) keys() []string {
	if !x.stale() {
		return x.sorted
	}
	slices.Sort(x.added)
	merged := make([]string, 0, len(x.objects))
	take := func(key string) {
		// A key that was removed and came back stands in both lists.
		if _, ok := x.objects[key]; ok && (len(merged) == 0 || merged[len(merged)-1] != key) {
			merged = append(merged, key)
		}
	}
	old, added := x.sorted, x.added
	for len(old) > 0 || len(added) > 0 {
		if len(added) == 0 || len(old) > 0 && old[0] <= added[0] {
			take(old[0])
			old = old[1:]
		} else {
			take(added[0])
			added = added[1:]
		}
	}
	x.sorted, x.added, x.removed = merged, nil, 0
	return merged
}
