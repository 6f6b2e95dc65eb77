package disk

import (
	"os"
	"runtime"
	"sync"
)

// groupSync syncs one folder for many writers: whoever comes while a sync is
// under way shares the next one.
type groupSync struct {
	dir string

	mu      sync.Mutex
	changed *sync.Cond
	running bool
	started uint64 // number of syncs begun
	done    uint64 // number of the last one that ended
	err     error  // its error
}

func newGroupSync(dir string) *groupSync {
	g := &groupSync{dir: dir}
	g.changed = sync.NewCond(&g.mu)
	return g
}

// sync returns when a sync that began after the call has ended.
func (g *groupSync) sync() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	want := g.started + 1
	for g.done < want {
		if g.running {
			g.changed.Wait()
			continue
		}
		g.running = true
		g.started++
		g.mu.Unlock()
		err := syncDir(g.dir)
		g.mu.Lock()
		g.running, g.done, g.err = false, g.started, err
		g.changed.Broadcast()
	}
	return g.err
}

// syncDir makes the names in dir durable. Windows has no such operation; its
// file systems log renames.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
