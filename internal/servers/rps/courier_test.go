package rps

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// What a node does not hear waits for it, in order and not for ever; other
// nodes do not wait with it, and a dead one waits for nothing.
func TestCourier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deaf := map[string]error{"deaf": ErrLobby, "dead": ErrNotFound}
		var mu sync.Mutex // what the clock wakes is not in order with what the test writes
		var heard []string
		dropped := 0
		c := &courier{
			send: func(node string, m message) error {
				mu.Lock()
				defer mu.Unlock()
				if deaf[node] == nil {
					heard = append(heard, node+m.Moved)
				}
				return deaf[node]
			},
			drop: func() { dropped++ },
		}
		outbox, quit, done := make(chan posted, queued), make(chan struct{}), make(chan struct{})
		go func() { defer close(done); c.run(quit, outbox) }()
		say := func(node, text string) {
			outbox <- posted{node, message{Moved: text}, time.Now().Add(holdTime)}
		}
		want := func(texts ...string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(heard, texts) {
				t.Errorf("heard %q, want %q", heard, texts)
			}
			heard = nil
		}
		hear := func(node string, err error) {
			mu.Lock()
			defer mu.Unlock()
			deaf[node] = err
		}
		say("deaf", "0")
		time.Sleep(10 * time.Second)
		say("deaf", "1")
		say("dead", "1")
		say("b", "1")
		say("deaf", "2")
		want("b1")
		time.Sleep(6 * time.Second) // the first is given up
		synctest.Wait()
		hear("deaf", nil)
		time.Sleep(time.Second)
		want("deaf1", "deaf2")
		say("deaf", "3")
		want("deaf3")
		hear("deaf", ErrLobby)
		say("deaf", "4")
		synctest.Wait()
		hear("deaf", nil)
		say("b", "2")
		close(quit)
		<-done
		if !slices.Contains(heard, "deaf4") || !slices.Contains(heard, "b2") || dropped != 1 {
			t.Errorf("heard %q at the end, %d dropped", heard, dropped)
		}
	})
}
