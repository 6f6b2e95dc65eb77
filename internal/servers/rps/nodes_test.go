package rps

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// A room with players of two nodes is like any other.
func TestNodes(t *testing.T) {
	inCluster(t, 2, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(1, "b")
		c.pair(a, b)
		for i, want := range []string{"a 2 1 1 1, b 1 0 0 0", "a 2 2 3 2, b 1 0 0 0"} {
			if i > 0 {
				b.emit("join", "{}") // either may
				a.start()
				if s := b.start(); s.RoomUsers[0].TotalScore != 1 {
					t.Errorf("start %+v", s)
				}
			}
			b.emit("choice", `{"choice":1}`)
			a.event("movement", nil)
			a.emit("choice", `{"choice":2}`)
			b.event("movement", nil)
			a.wantResult(want)
			b.wantResult(want)
		}
		b.emit("face", `{"face":"x"}`)
		a.event("movement", nil)
		b.emit("leave", "{}")
		a.event("leave", nil)
		// The score goes with its player.
		b.emit("join", "{}")
		synctest.Wait()
		a.emit("join", "{}")
		if s := b.start(); s.RoomUsers[1].UID != "a" || s.RoomUsers[1].TotalScore != 3 || s.RoomUsers[1].WinStreak != 2 {
			t.Errorf("start %+v", s)
		}
		a.start()
		if _, rooms := c.nodes[0].counts(); rooms != 0 {
			t.Errorf("%d rooms on the node that owns none", rooms)
		}
	})
}

// Robots come for a person alone, and never to a seat that another node's
// player has.
func TestNodesRobot(t *testing.T) {
	inCluster(t, 2, Options{}, func(c *cluster) {
		for i := range 20 {
			a, b := c.person(0, fmt.Sprint("a", i)), c.person(1, fmt.Sprint("b", i))
			a.emit("join", "{}")
			time.Sleep(time.Second)
			b.emit("join", "{}")
			as, bs := a.start(), b.start()
			if len(as.RoomUsers) != 2 || len(bs.RoomUsers) != 2 {
				t.Fatalf("%+v %+v", as, bs)
			}
			a.emit("leave", "{}")
			b.emit("leave", "{}")
			synctest.Wait()
		}
	})
}

// A player may come back on another node.
func TestResumeElsewhere(t *testing.T) {
	inCluster(t, 3, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(1, "b")
		c.pair(a, b)
		b.emit("choice", `{"choice":2}`)
		a.event("movement", nil)
		b.Conn.Close()
		time.Sleep(time.Second)
		synctest.Wait()
		b2 := c.connect(2)
		b2.hello("b", fmt.Sprintf(`,"resume":%q`, b.hi))
		if s := b2.start(); s.GameTime != 2 {
			t.Errorf("start %+v", s)
		}
		b2.emit("choice", `{"choice":3}`)
		a.event("movement", nil)
		synctest.Wait()
		// Even while the old connection seems to live, and to the owner's node.
		b3 := c.connect(0)
		b3.hello("b", fmt.Sprintf(`,"resume":%q`, b.hi))
		b3.start()
		b2.WantEnd()
		a.wantResult("a - 0 0 0, b 3 1 1 1")
		b3.wantResult("a - 0 0 0, b 3 1 1 1")
		// The owner's player goes away and comes back elsewhere; the room stays.
		a.Conn.Close()
		time.Sleep(time.Second)
		synctest.Wait()
		a2 := c.connect(2)
		a2.hello("a", fmt.Sprintf(`,"resume":%q`, a.hi))
		b3.emit("join", "{}")
		b3.start()
		a2.start()
		a2.emit("choice", `{"choice":1}`)
		b3.event("movement", nil)
		a2.wantResult("a 1 1 1 1, b - 0 1 0")
		if p0, _ := c.nodes[0].counts(); p0 != 1 {
			t.Errorf("%d players on node 0", p0)
		}
		if p1, _ := c.nodes[1].counts(); p1 != 0 {
			t.Errorf("%d players on node 1", p1)
		}
	})
}

// A drop on one node is a leave on the other after 30 s.
func TestNodesDrop(t *testing.T) {
	inCluster(t, 2, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(1, "b")
		c.pair(a, b)
		a.result()
		b.result()
		start := time.Now()
		b.Conn.Close()
		a.Want("ping")
		a.Frame(pong)
		a.event("leave", nil)
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("after %v", took)
		}
	})
}

// The node that owns a room dies: its players elsewhere get a result with all
// entries at once, and play on.
func TestOwnerDies(t *testing.T) {
	inCluster(t, 2, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(1, "b")
		c.pair(a, b)
		b.emit("choice", `{"choice":1}`)
		a.event("movement", nil)
		synctest.Wait()
		c.kill(0)
		start := time.Now()
		b.wantResult("a - 0 0 0, b - 0 0 0")
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("after %v", took)
		}
		b.emit("join", "{}")
		b.start() // against a robot
		// Its own players come back to another node and get the result, too.
		a2 := c.connect(1)
		a2.hello("a", fmt.Sprintf(`,"resume":%q`, a.hi))
		a2.wantResult("a - 0 0 0, b - 0 0 0")
		a2.emit("join", "{}")
		a2.start()
	})
}

// A node dies that players of a room are connected to: their seats are kept
// for 30 s.
func TestPlayersNodeDies(t *testing.T) {
	for _, comesBack := range []bool{true, false} {
		inCluster(t, 3, Options{}, func(c *cluster) {
			a, b := c.person(0, "a"), c.person(1, "b")
			c.pair(a, b)
			b.emit("choice", `{"choice":2}`)
			a.event("movement", nil)
			c.kill(1)
			a.wantResult("a - 0 0 0, b 2 1 1 1")
			if !comesBack {
				a.Want("ping")
				a.Frame(pong)
				a.event("leave", nil)
				a.event("room", nil)
				a.quiet()
				return
			}
			b2 := c.connect(2)
			b2.hello("b", fmt.Sprintf(`,"resume":%q`, b.hi))
			b2.start()
			b2.wantResult("a - 0 0 0, b 2 1 1 1")
			a.emit("join", "{}")
			a.start()
			if s := b2.start(); s.RoomUsers[1].TotalScore != 1 {
				t.Errorf("start %+v", s)
			}
		})
	}
}

// kill ends a node as a crash does, at a quiet moment: it says nothing to
// anybody.
func (c *cluster) kill(i int) {
	synctest.Wait()
	node := c.nodes[i]
	node.killed = true
	if err := node.lobby.Close(); err != nil {
		c.t.Error(err)
	}
	node.cancel() // nothing it says from now on is heard
	node.front.Close()
	<-node.served
	if err := node.Close(); err != nil {
		c.t.Error(err)
	}
	synctest.Wait()
}
