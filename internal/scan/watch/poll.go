package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// maxFiles bounds what is listed. No app comes near it; a wrong folder may.
const maxFiles = 2_000_000

// poller is the source that compares listings.
type poller struct {
	disk
	sink  sink
	every time.Duration
	at    time.Time // when the next listing is due

	files   map[string]*listed
	round   uint64
	failing map[string]bool // folders that could not be listed last time
}

// listed is a file as the last listing saw it.
type listed struct {
	stamp stamp
	round uint64
}

// newPoller makes the listing that later ones are compared with. A root that
// cannot be listed is an error.
func newPoller(ctx context.Context, d disk, every time.Duration, s sink) (*poller, error) {
	if every <= 0 {
		every = fallbackPoll
	}
	p := &poller{disk: d, sink: s, every: every, files: map[string]*listed{}, failing: map[string]bool{}}
	if _, err := p.readDir("."); err != nil {
		return nil, plain(err)
	}
	p.round++
	if err := p.list(ctx, ".", false); err != nil {
		return nil, err
	}
	p.at = time.Now().Add(every)
	return p, nil
}

func (p *poller) wake() <-chan struct{} { return nil }
func (p *poller) next() time.Time       { return p.at }
func (p *poller) close() error          { return nil }

// confirm has nothing to do: listings go by name, and some network folders give
// a folder another identity each time.
func (p *poller) confirm(context.Context, fs.FileInfo) (bool, error) { return false, nil }

// collect lists everything once. A slow folder gets the time of a listing as a
// pause, so that at most half of the time goes into listings.
func (p *poller) collect(ctx context.Context) error {
	begin := time.Now()
	defer func() {
		end := time.Now()
		p.at = end.Add(max(p.every, end.Sub(begin)))
	}()
	p.round++
	if err := p.list(ctx, ".", true); err != nil {
		return err
	}
	for rel, f := range p.files {
		if f.round != p.round {
			delete(p.files, rel)
			p.sink.touch(rel, stamp{})
		}
	}
	return nil
}

// list walks the folder at rel and, with report, hands over the files that are
// new or look different.
func (p *poller) list(ctx context.Context, rel string, report bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := p.readDir(rel)
	if err != nil {
		p.failed(rel, err)
	} else {
		delete(p.failing, rel)
	}
	for _, entry := range entries {
		child := path.Join(rel, entry.Name())
		if p.skip(child, entry.IsDir()) {
			continue
		}
		if entry.IsDir() {
			if err := p.list(ctx, child, report); err != nil {
				return err
			}
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		var st stamp
		if err == nil {
			st = stampOf(info)
		}
		f := p.files[child]
		if f == nil {
			if len(p.files) == maxFiles {
				return fmt.Errorf("folder %s holds more than %d files", p.root, maxFiles)
			}
			f = &listed{}
			p.files[child] = f
			f.stamp = stamp{mode: fs.ModeIrregular} // like no file that was seen
		}
		f.round = p.round
		if f.stamp != st {
			f.stamp = st
			if report {
				p.sink.touch(child, st)
			}
		}
	}
	return nil
}

// failed keeps what was known below a folder that cannot be listed: a network
// that fails for a moment removes nothing. What is known of a folder that is
// gone is not kept.
func (p *poller) failed(rel string, err error) {
	if vanished(err) && rel != "." {
		return
	}
	prefix := rel + "/"
	for name, f := range p.files {
		if rel == "." || strings.HasPrefix(name, prefix) {
			f.round = p.round
		}
	}
	if vanished(err) {
		p.sink.lost() // the root: whether it comes back shows when that settles
		return
	}
	if !p.failing[rel] {
		p.failing[rel] = true
		p.sink.notice(Notice{Kind: Unwatched, Path: rel, Err: plain(err)})
	}
}
