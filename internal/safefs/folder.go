package safefs

import (
	"os"
	"path"
	"strings"
	"sync"
)

// maxOpen is how many folders a Root keeps open besides those in use.
const maxOpen = 64

// folders keeps folders open, so that not every operation has to walk there
// from the root, one component after the other.
type folders struct {
	mu   sync.Mutex
	open map[string]*folder
	tick uint64
}

// folder is an open folder of a Root.
type folder struct {
	*os.Root
	name  string // relative to the Root, "." for its own
	users int
	last  uint64 // tick of the latest use
	stale bool   // not in the map any more: closed by its last user
}

// enter opens the folder that name is in and returns it with the last element
// of name. leave gives the folder back.
func (r *Root) enter(name string) (*folder, string, error) {
	if _, err := local(name); err != nil {
		return nil, "", err
	}
	dir, base := path.Split(name)
	if dir = strings.TrimSuffix(dir, "/"); dir == "" {
		return &r.top, base, nil
	}
	r.folders.mu.Lock()
	defer r.folders.mu.Unlock()
	r.folders.tick++
	f := r.folders.open[dir]
	if f == nil {
		l, err := local(dir)
		if err != nil {
			return nil, "", err
		}
		sub, err := r.root.OpenRoot(l)
		if err != nil {
			return nil, "", err
		}
		f = &folder{Root: sub, name: dir, last: r.folders.tick}
		r.folders.open[dir] = f
		r.folders.evict()
	}
	f.users++
	f.last = r.folders.tick
	return f, base, nil
}

func (r *Root) leave(f *folder) {
	if f == &r.top {
		return
	}
	r.folders.mu.Lock()
	defer r.folders.mu.Unlock()
	if f.users--; f.users == 0 && f.stale {
		_ = f.Close() // it was only read from
	}
}

// evict closes the folder that was not used for longest when there are too
// many.
func (o *folders) evict() {
	if len(o.open) <= maxOpen {
		return
	}
	var oldest *folder
	for _, f := range o.open {
		if f.users == 0 && f.last < o.tick && (oldest == nil || f.last < oldest.last) {
			oldest = f
		}
	}
	if oldest != nil {
		o.drop(oldest)
	}
}

func (o *folders) drop(f *folder) {
	delete(o.open, f.name)
	f.stale = true
	if f.users == 0 {
		_ = f.Close()
	}
}

// Refresh lets the next operations find folders that were moved or replaced
// since they were used last.
func (r *Root) Refresh() { r.forget(".") }

// forget closes what is open of the folder name and below it, in any case: it may
// be open under another.
func (r *Root) forget(name string) {
	r.folders.mu.Lock()
	defer r.folders.mu.Unlock()
	for dir, f := range r.folders.open {
		if name == "." || under(dir, name) {
			r.folders.drop(f)
		}
	}
}

// under reports whether p is dir or lies below it, in any case.
func under(p, dir string) bool {
	return len(p) >= len(dir) && strings.EqualFold(p[:len(dir)], dir) && (len(p) == len(dir) || p[len(dir)] == '/')
}
