package disk

import (
	"sort"
	"strings"
)

// ListOptions choose a page of keys.
type ListOptions struct {
	Prefix    string // keys that begin with it
	Delimiter string // keys that have it after the prefix count as one
	Marker    string // only what comes after it
	Max       int    // objects and common prefixes together
}

// Page is a part of the keys, in order.
type Page struct {
	Objects  []Info
	Prefixes []string // up to and with the delimiter
	Next     string   // marker of the next page, "" when this is the last
}

// List returns the first page of what opt asks for.
func (s *Store) List(opt ListOptions) Page {
	s.mu.RLock()
	if s.index.stale() {
		s.mu.RUnlock()
		s.mu.Lock()
		s.index.keys()
		s.mu.Unlock()
		s.mu.RLock()
	}
	defer s.mu.RUnlock()
	// Since the merge an object may have come or gone: those that went are
	// skipped, those that came are missing as if they had come later.
	return list(s.index.sorted, s.index.objects, opt)
}

func list(keys []string, objects map[string]*Info, opt ListOptions) Page {
	var p Page
	last, n := "", 0
	i := sort.SearchStrings(keys, max(opt.Prefix, opt.Marker))
	for i < len(keys) && strings.HasPrefix(keys[i], opt.Prefix) {
		key := keys[i]
		group := ""
		if opt.Delimiter != "" {
			if at := strings.Index(key[len(opt.Prefix):], opt.Delimiter); at >= 0 {
				group = key[:len(opt.Prefix)+at+len(opt.Delimiter)]
			}
		}
		info, ok := objects[key]
		if !ok || (opt.Marker != "" && (key <= opt.Marker || group == opt.Marker)) {
			i++
			continue
		}
		if n >= opt.Max {
			p.Next = last
			return p
		}
		n++
		if group == "" {
			p.Objects = append(p.Objects, *info)
			last = key
			i++
			continue
		}
		p.Prefixes = append(p.Prefixes, group)
		last = group
		i += sort.Search(len(keys)-i, func(j int) bool { return !strings.HasPrefix(keys[i+j], group) })
	}
	return p
}
