package upload

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// room is a service that has room for so many requests at once, each taking
// 50 ms, and turns away the rest.
type room struct {
	mu       sync.Mutex
	places   int
	busy     int
	most     int // at once, since the last look
	served   int
	refused  int
	refusing func() *http.Response
}

func (s *room) transport() roundTripFunc {
	return func(req *http.Request) (*http.Response, error) {
		s.mu.Lock()
		s.busy++
		s.most = max(s.most, s.busy)
		full := s.busy > s.places
		if full {
			s.refused++
		} else {
			s.served++
		}
		s.mu.Unlock()
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.busy--
		}()
		if full {
			resp := s.refusing()
			resp.Request = req
			return resp, nil
		}
		time.Sleep(50 * time.Millisecond)
		resp := confirmed([]byte("x"))
		resp.Request = req
		return resp, nil
	}
}

// look returns what happened since the last look.
func (s *room) look() (most, served, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most, served, refused = s.most, s.served, s.refused
	s.most, s.served, s.refused = 0, 0, 0
	return
}

func TestLimitAdapts(t *testing.T) {
	refusals := map[string]func() *http.Response{
		"SlowDown": func() *http.Response { return failed(503, "SlowDown") },
		"503":      func() *http.Response { return failed(503, "ServiceUnavailable") },
		"429":      func() *http.Response { return failed(429, "") },
	}
	for name, refusing := range refusals {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const workers = 32
				s := &room{places: workers, refusing: refusing}
				c := dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) {
					cfg.Transport, cfg.Workers = s.transport(), workers
				})
				put := func(n int) {
					t.Helper()
					for _, err := range Each(t.Context(), workers, make([]int, n), func(ctx context.Context, _ int) error {
						return c.Put(ctx, "k", Object{Data: []byte("x")})
					}) {
						if err != nil {
							t.Fatal(err)
						}
					}
				}
				put(500)
				if most, _, refused := s.look(); most != workers || refused != 0 {
					t.Errorf("with room for all: %d at once, %d refused", most, refused)
				}
				s.places = 4
				put(100) // learns
				s.look()
				put(400)
				if most, _, refused := s.look(); most > 2*s.places || refused > 80 {
					t.Errorf("with room for 4: %d at once, %d of 400 refused", most, refused)
				}
				s.places = workers
				put(1000)
				s.look()
				put(500)
				if most, _, refused := s.look(); most != workers || refused != 0 {
					t.Errorf("with room again: %d at once, %d refused", most, refused)
				}
			})
		})
	}
}

// Whoever waits for a slot and goes away leaves none behind.
func TestCancelledWhileWaitingForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		f := roundTripFunc(func(req *http.Request) (*http.Response, error) {
			<-free
			resp := confirmed([]byte("x"))
			resp.Request = req
			return resp, nil
		})
		c := dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) { cfg.Transport, cfg.Workers = f, 1 })
		o := Object{Data: []byte("x")}
		first := make(chan error, 1)
		go func() { first <- c.Put(t.Context(), "a", o) }()
		synctest.Wait()
		cause := errors.New("a person pressed ctrl-c")
		ctx, cancel := context.WithCancelCause(t.Context())
		var left atomic.Int32
		for range 10 {
			go func() {
				if err := c.Put(ctx, "b", o); !errors.Is(err, cause) {
					t.Errorf("error %v", err)
				}
				left.Add(1)
			}()
		}
		synctest.Wait()
		cancel(cause)
		synctest.Wait()
		if n := left.Load(); n != 10 {
			t.Errorf("%d of 10 left at once", n)
		}
		close(free)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := c.Put(t.Context(), "c", o); err != nil || c.limit.busy != 0 || c.limit.waiting.Len() != 0 {
			t.Errorf("afterwards: %v, %d busy, %d waiting", err, c.limit.busy, c.limit.waiting.Len())
		}
	})
}

// TestBudget has a service that is down for good: not every object waits for
// all its attempts.
func TestBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const workers = 4
		var n atomic.Int32
		down := true
		f := roundTripFunc(func(req *http.Request) (*http.Response, error) {
			n.Add(1)
			if down {
				return nil, errors.New("network is unreachable")
			}
			resp := confirmed([]byte("x"))
			resp.Request = req
			return resp, nil
		})
		c := dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) { cfg.Transport, cfg.Workers = f, workers })
		put := func(ctx context.Context, _ int) error { return c.Put(ctx, "k", Object{Data: []byte("x")}) }
		for i, err := range Each(t.Context(), workers, make([]int, 1000), put) {
			if err == nil {
				t.Errorf("object %d arrived", i)
			}
		}
		if got, want := n.Load(), int32(1000+retriesPerWorker*workers); got != want {
			t.Errorf("%d requests, want %d", got, want)
		}
		down = false
		Each(t.Context(), workers, make([]int, 20), put)
		if c.budget.left != 20 {
			t.Errorf("after 20 successes there are %d attempts to spare", c.budget.left)
		}
	})
}

// An attempt may take longer the more there is to send.
func TestDeadlineGrowsWithSize(t *testing.T) {
	for size, want := range map[int]time.Duration{10: 30 * time.Second, 10 * slowest: 40 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			f := roundTripFunc(func(req *http.Request) (*http.Response, error) {
				<-req.Context().Done()
				return nil, req.Context().Err()
			})
			c := dial(t, "https://pic-125.cos.ap-guangzhou.myqcloud.com", func(cfg *COSConfig) { cfg.Transport, cfg.Attempts = f, 1 })
			begin := time.Now()
			if err := c.Put(t.Context(), "k", Object{Data: make([]byte, size)}); !errors.Is(err, errTimeout) || time.Since(begin) != want {
				t.Errorf("%d bytes: %v after %v, want %v", size, err, time.Since(begin), want)
			}
		})
	}
}
