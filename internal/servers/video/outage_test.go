package video_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// inMariaDB opens a store in a new database.
func inMariaDB(t *testing.T) (*mariadbtest.Server, *sqlstore.Store) {
	t.Helper()
	db := mariadb.Server(t)
	name, err := db.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlstore.OpenMySQL(t.Context(), sqlstore.MySQLOptions{Host: db.Addr, User: mariadbtest.User, Password: mariadbtest.Password, Database: name})
	if err != nil {
		t.Fatal(err)
	}
	return db, s
}

// load asks for everything, over and over, from several clients, and checks
// that each answer is a whole one and comes within two seconds.
type load struct {
	w       *world
	stop    chan struct{}
	clients sync.WaitGroup
	good    atomic.Int64
	failed  atomic.Int64
	slowest atomic.Int64
}

func (w *world) load(clients int) *load {
	l := &load{w: w, stop: make(chan struct{})}
	for range clients {
		l.clients.Go(func() {
			for {
				select {
				case <-l.stop:
					return
				default:
				}
				l.count(w.get("/video/list?pageNo=1"), failed)
				l.count(w.get("/video/commentList?vid=1&limit=5"), failed)
				l.count(w.post(written(w.t, nil)), shortFail)
			}
		})
	}
	return l
}

func (l *load) count(r reply, failure string) {
	for {
		slowest := l.slowest.Load()
		if int64(r.took) <= slowest || l.slowest.CompareAndSwap(slowest, int64(r.took)) {
			break
		}
	}
	switch {
	case r.status == http.StatusOK && r.body == failure:
		l.failed.Add(1)
	case r.status == http.StatusOK && len(r.body) > 10 && r.body[:10] == `{"code":0,`:
		l.good.Add(1)
	default:
		l.w.t.Errorf("%d %s", r.status, r.body)
	}
}

// more waits until some more requests went well, or came to a failure.
func (l *load) more(t *testing.T, what string, n *atomic.Int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for want := n.Load() + 50; n.Load() < want; {
		tick := time.NewTimer(5 * time.Millisecond)
		select {
		case <-ctx.Done():
			t.Fatalf("%s: no answers of that kind (%d good, %d failed)", what, l.good.Load(), l.failed.Load())
		case <-tick.C:
		}
	}
}

// The database is killed and hangs while clients ask: everybody hears the same
// failure within two seconds, and all goes on when it is back.
func TestDatabaseIsKilledUnderLoad(t *testing.T) {
	for name, cacheTime := range map[string]time.Duration{"uncached": 0, "cached": 50 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			db, store := inMariaDB(t)
			w := newWorld(t, video.Options{Store: store, CacheTime: cacheTime}, "film1")
			l := w.load(40) // more than there are connections
			end := sync.OnceFunc(func() { close(l.stop); l.clients.Wait() })
			defer end()
			l.more(t, "before", &l.good)
			if r := w.ask("GET", w.server.AdminURL()+"/readyz", ""); r.status != http.StatusOK {
				t.Errorf("ready: %d %s", r.status, r.body)
			}

			if err := db.Kill(); err != nil {
				t.Fatal(err)
			}
			l.more(t, "killed", &l.failed)
			if r := w.ask("GET", w.server.AdminURL()+"/readyz", ""); r.status != http.StatusServiceUnavailable || r.took > 3*time.Second {
				t.Errorf("not ready: %d %s after %v", r.status, r.body, r.took)
			}
			if err := db.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.more(t, "back", &l.good)

			if err := db.Pause(); err != nil {
				t.Fatal(err)
			}
			l.more(t, "hanging", &l.failed)
			if err := db.Resume(); err != nil {
				t.Fatal(err)
			}
			l.more(t, "going on", &l.good)
			end()
			if slowest := time.Duration(l.slowest.Load()); slowest > 2*time.Second {
				t.Errorf("an answer took %v", slowest)
			}
			w.get("/video/list?pageNo=1").is(t, "at the end", listed(1, "film1"))
		})
	}
}
