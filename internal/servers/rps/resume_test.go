package rps

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A player whose socket is gone comes back within 30 s, with the token from
// hi, to the same seat, and reads what was missed.
func TestResume(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		c.pair(a, b)
		a.emit("choice", `{"choice":2}`)
		b.event("movement", nil)
		a.Conn.Close()
		time.Sleep(time.Second)

		// In the game: what is left of it.
		again := c.connect(0)
		again.hello("a", fmt.Sprintf(`,"resume":%q`, a.hi))
		if again.hi != a.hi {
			t.Error("the token is another one")
		}
		if s := again.start(); s.GameTime != 2 || s.RoomUsers[0].UID != "a" {
			t.Errorf("start %+v", s)
		}
		again.wantResult("a 2 1 1 1, b - 0 0 0")
		b.result()
		again.quiet()

		// After a game that ended in between: both of its ends.
		again.emit("join", "{}")
		again.start()
		b.start()
		again.Conn.Close()
		b.emit("choice", `{"choice":2}`)
		b.wantResult("a - 0 1 0, b 2 1 1 1")
		time.Sleep(26 * time.Second)
		third := c.connect(0)
		third.hello("a", fmt.Sprintf(`,"resume":%q`, a.hi))
		if s := third.start(); s.GameTime != 0 {
			t.Errorf("start %+v", s)
		}
		third.wantResult("a - 0 1 0, b 2 1 1 1")
		b.quiet()
		b.emit("join", "{}")
		third.start()
		b.start()
	})
}

// Too late: the seat is gone, the partner is told, and the page of the partner
// leaves its playing state.
func TestResumeTooLate(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		c.pair(a, b)
		a.Conn.Close()
		b.wantResult("a - 0 0 0, b - 0 0 0")
		// Until then the partner can play on, against nobody's choices.
		b.emit("join", "{}")
		b.start()
		b.emit("choice", `{"choice":1}`)
		b.wantResult("a - 0 0 0, b 1 1 1 1")
		start := time.Now()
		b.Want("ping")
		b.Frame(pong)
		b.event("leave", nil)
		if took := time.Since(start); took > 24*time.Second {
			t.Errorf("after %v", took)
		}
		again := c.connect(0)
		again.hello("a", fmt.Sprintf(`,"resume":%q`, a.hi))
		if again.hi == a.hi {
			t.Error("the token is still good")
		}
		again.quiet()
		for _, wrong := range []string{"", "unknown", strings.Repeat("x", 64)} {
			other := c.connect(0)
			other.hello("a", fmt.Sprintf(`,"resume":%q`, wrong))
			other.quiet()
		}
	})
}

// The second connection takes over; the first is closed and ends nothing.
func TestTakeOver(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		c.pair(a, b)
		again := c.connect(0)
		again.hello("a", fmt.Sprintf(`,"resume":%q`, a.hi))
		again.start()
		a.WantEnd()
		again.emit("choice", `{"choice":3}`)
		b.event("movement", nil)
		again.wantResult("a 3 1 1 1, b - 0 0 0")
		time.Sleep(20 * time.Second)
		synctest.Wait()
		b.result()
		b.emit("face", `{"face":"x"}`)
		again.event("movement", nil)
	})
}

// Players, rooms and connections are gone when everybody has gone.
func TestNothingIsLeft(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		var people []*person
		for i := range 11 {
			p := c.person(0, fmt.Sprint("p", i))
			people = append(people, p)
			p.emit("join", "{}")
		}
		time.Sleep(1500 * time.Millisecond)
		for i, p := range people {
			if i%3 == 0 {
				p.emit("leave", "{}")
			}
			synctest.Wait()
			p.Conn.Close()
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		node := c.nodes[0]
		if players, rooms := node.counts(); players+rooms != 0 || node.sockets.Stats().Sessions != 0 {
			t.Errorf("%d players, %d rooms, %d sessions", players, rooms, node.sockets.Stats().Sessions)
		}
		c.hub.mu.Lock()
		defer c.hub.mu.Unlock()
		if len(c.hub.open)+len(c.hub.online)+len(c.hub.players)+len(c.hub.rooms) != 0 {
			t.Errorf("the lobby keeps %d open rooms, %d visitors, %d players, %d rooms", len(c.hub.open), len(c.hub.online), len(c.hub.players), len(c.hub.rooms))
		}
	})
}

// A node that is stopped ends its games with a result, then its connections.
func TestDrain(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		c.pair(a, b)
		a.emit("choice", `{"choice":2}`)
		b.event("movement", nil)
		go c.stop(c.nodes[0])
		a.wantResult("a 2 1 1 1, b - 0 0 0")
		b.result()
		if got := a.WantEnd(); len(got) != 1 || !strings.HasPrefix(got[0], "close") {
			t.Errorf("got %q", got)
		}
		b.WantEnd()
		synctest.Wait()
	})
}
