package watch

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/fsnotify/fsnotify"
)

// folder is a folder that is watched.
type folder struct {
	info    fs.FileInfo        // what it was when it was added
	sub     map[string]*folder // watched folders in it
	skipped map[string]bool    // folders in it that are not: their end is no news
}

// bufferSize is what Windows sets aside for each folder. A thousand folders
// with the default of 64 KB would need 64 MB.
const bufferSize = 16 << 10

// parent returns the watched folder that holds rel, nil if there is none, and
// the name of rel in it.
func (e *events) parent(rel string) (*folder, string) {
	f := e.top
	for {
		name, rest, deeper := strings.Cut(rel, "/")
		if !deeper || f == nil {
			return f, name
		}
		f, rel = f.sub[name], rest
	}
}

// attach watches the folder at rel and all below it, and with report hands over
// every file that is there. It returns nil without an error if the folder cannot
// be watched and the rest can.
//
// The watch comes first and the listing after it: what is created in between is
// found twice, never missed.
func (e *events) attach(ctx context.Context, rel string, report bool) (*folder, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	abs := e.abs(rel)
	if err := e.add(rel, abs); err != nil {
		return nil, e.unwatched(rel, err)
	}
	info, err := os.Lstat(abs)
	if err == nil && !info.IsDir() {
		// A link took its place meanwhile, and the system followed it. The link has
		// an event of its own.
		_ = e.notify.Remove(abs)
		return nil, nil
	}
	if err != nil {
		return nil, e.unwatched(rel, err)
	}
	entries, err := os.ReadDir(abs)
	if err != nil {
		if err := e.unwatched(rel, err); err != nil {
			return nil, err
		}
	}
	f := &folder{info: info, sub: map[string]*folder{}, skipped: map[string]bool{}}
	for _, entry := range entries {
		name := entry.Name()
		child := path.Join(rel, name)
		dir := entry.IsDir()
		switch skip := e.skip(child, dir); {
		case skip && dir:
			f.skipped[name] = true
		case skip:
		case dir:
			sub, err := e.attach(ctx, child, report)
			if err != nil {
				return nil, err
			}
			if sub != nil {
				f.sub[name] = sub
			}
		case report:
			e.sink.touch(child, e.stamp(child))
		}
	}
	return f, nil
}

func (e *events) add(rel, abs string) error {
	if e.fault != nil {
		if err := e.fault(rel); err != nil {
			return err
		}
	}
	return e.notify.AddWith(abs, fsnotify.WithBufferSize(bufferSize))
}

// detach gives up the watches on the folder at rel, if there is one, and all
// below it.
func (e *events) detach(rel string, parent *folder) {
	name := path.Base(rel)
	if f := parent.sub[name]; f != nil {
		delete(parent.sub, name)
		e.drop(rel, f)
	}
}

func (e *events) drop(rel string, f *folder) {
	for name, sub := range f.sub {
		e.drop(path.Join(rel, name), sub)
	}
	// The system has dropped most of them itself, which is an error to it.
	_ = e.notify.Remove(e.abs(rel))
}

// mend looks for folders that are taken for watched and are not. The system
// knows a folder by what it is, not by its name: when a folder was found at its
// new place before it was known to have left the old one, both names shared one
// watch, and it went with the old name.
func (e *events) mend(ctx context.Context) error {
	watched := map[string]bool{}
	for _, abs := range e.notify.WatchList() {
		watched[filepath.Clean(abs)] = true
	}
	if e.top == nil {
		return nil
	}
	return e.mendFolder(ctx, ".", e.top, watched)
}

func (e *events) mendFolder(ctx context.Context, rel string, f *folder, watched map[string]bool) error {
	for name, sub := range f.sub {
		child := path.Join(rel, name)
		if watched[e.abs(child)] {
			if err := e.mendFolder(ctx, child, sub, watched); err != nil {
				return err
			}
			continue
		}
		e.detach(child, f)
		again, err := e.attach(ctx, child, true)
		if err != nil {
			return err
		}
		if again != nil {
			f.sub[name] = again
		}
	}
	return nil
}
