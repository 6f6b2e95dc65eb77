package video

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wecos-go/wecos/internal/servers/kit"
)

// The limits of what is kept.
const (
	maxCached      = 4096     // answers
	maxCachedBytes = 32 << 20 // of all together
)

// key names an answer.
type key struct {
	kind   byte // f: films, c: comments
	id     int64
	before int64
	limit  int64
	origin string // that the addresses in it begin with
}

// cache keeps answers for a short time, and lets requests for the same one wait
// for a single query. Without a time it does neither.
type cache struct {
	time      time.Duration
	most      int // answers
	mostBytes int // of all together
	hits      prometheus.Counter
	misses    prometheus.Counter

	mu      sync.Mutex
	entries map[key]*entry
	bytes   int
}

// errPanicked is what others hear who waited for an answer.
var errPanicked = errors.New("the query panicked")

// entry is an answer, or one that is being made. text, err and until are set
// before ready is closed.
type entry struct {
	ready chan struct{}
	text  []byte
	err   error
	until time.Time
}

func newCache(d time.Duration) *cache {
	return &cache{
		time: d, most: maxCached, mostBytes: maxCachedBytes,
		hits:    prometheus.NewCounter(prometheus.CounterOpts{Name: "video_cache_hits_total", Help: "Answers that needed no query."}),
		misses:  prometheus.NewCounter(prometheus.CounterOpts{Name: "video_cache_misses_total", Help: "Answers that needed one."}),
		entries: make(map[key]*entry),
	}
}

func (c *cache) metrics() []prometheus.Collector { return []prometheus.Collector{c.hits, c.misses} }

// answer writes the answer k, which make makes. A failure is not kept.
func (c *cache) answer(w http.ResponseWriter, r *http.Request, k key, make func(context.Context) (any, error)) error {
	if c.time <= 0 {
		ctx, cancel := bounded(r.Context())
		defer cancel()
		v, err := make(ctx)
		if err != nil {
			return err
		}
		return kit.WriteJSON(w, r, v)
	}
	e, mine := c.find(k)
	if mine {
		c.misses.Inc()
		c.fill(r.Context(), k, e, make)
	} else {
		select {
		case <-e.ready:
			c.hits.Inc()
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	if e.err != nil {
		return e.err
	}
	kit.WriteJSONBytes(w, r, e.text)
	return nil
}

// find returns the entry of k. A new one is the caller's to fill.
func (c *cache) find(k key) (e *entry, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[k]; ok {
		select {
		case <-e.ready:
			if time.Now().Before(e.until) {
				return e, false
			}
			c.drop(k, e)
		default:
			return e, false
		}
	}
	c.makeRoom()
	e = &entry{ready: make(chan struct{})}
	c.entries[k] = e
	return e, true
}

// fill makes an answer and lets those go on that wait for it.
func (c *cache) fill(ctx context.Context, k key, e *entry, make func(context.Context) (any, error)) {
	finished := false
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !finished {
			e.err = errPanicked // which goes its way in the goroutine of that request
		}
		e.until = time.Now().Add(c.time)
		close(e.ready)
		if c.entries[k] != e {
			return // a comment came in between
		}
		c.bytes += len(e.text)
		if e.err != nil {
			c.drop(k, e)
		}
	}()
	ctx, cancel := bounded(ctx)
	defer cancel()
	var v any
	if v, e.err = make(ctx); e.err == nil {
		e.text, e.err = encode(v)
	}
	finished = true
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// forget drops the comments of a film, also those that are being read: they may
// not have the newest one.
func (c *cache) forget(film int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries {
		if k.kind == 'c' && k.id == film {
			c.drop(k, e)
		}
	}
}

// drop removes an entry. The caller holds the lock.
func (c *cache) drop(k key, e *entry) {
	delete(c.entries, k)
	select {
	case <-e.ready:
		c.bytes -= len(e.text)
	default: // it does not count yet, and never will
	}
}

// makeRoom drops answers until one more may come: those that are too old, or
// else any. The caller holds the lock.
func (c *cache) makeRoom() {
	if len(c.entries) < c.most && c.bytes < c.mostBytes {
		return
	}
	now := time.Now()
	for k, e := range c.entries {
		select {
		case <-e.ready:
			if now.After(e.until) {
				c.drop(k, e)
			}
		default:
		}
	}
	for k, e := range c.entries {
		if len(c.entries) < c.most/2 && c.bytes < c.mostBytes/2 {
			return
		}
		c.drop(k, e)
	}
}
