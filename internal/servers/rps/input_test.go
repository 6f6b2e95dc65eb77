package rps

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/siotest"
)

var pong = ws.NewPongFrame([]byte("x"))

// Whatever a client sends, it alone is told, or closed.
func TestBadInput(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for _, c := range []struct {
		name   string
		send   []string
		events int // refused, each
	}{
		{"choice before hello", []string{`42["choice",{"choice":1}]`}, 1},
		{"face before hello", []string{`42["face",{"face":"x"}]`}, 1},
		{"join before hello", []string{`42["join"]`}, 1},
		{"leave before hello", []string{`42["leave"]`}, 1},
		{"no such event", []string{`42["nonsense",1,2]`, `42["` + long + `"]`}, 2},
		{"hello without anything", []string{`42["hello"]`, `42["hello",null]`, `42["hello",1]`, `42["hello",[]]`, `42["hello",{}]`, `42["hello",{"user":1}]`, `42["hello",{"user":{}}]`}, 7},
		{"hello with wrong types", []string{`42["hello",{"user":{"uid":{}}}]`, `42["hello",{"user":{"uid":"x","uname":1}}]`, `42["hello",{"user":{"uid":""}}]`, `42["hello",{"user":{"uid":"x"},"resume":1}]`}, 4},
		{"fields that are too long", []string{
			fmt.Sprintf(`42["hello",{"user":{"uid":"%s"}}]`, long), fmt.Sprintf(`42["hello",{"user":{"uid":"x","uname":"%s"}}]`, long),
			fmt.Sprintf(`42["hello",{"user":{"uid":"x","uavatar":"https://%s"}}]`, long), fmt.Sprintf(`42["hello",{"user":{"uid":"x"},"resume":"%s"}]`, long),
		}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			inCluster(t, 1, Options{}, func(w *cluster) {
				other := w.person(0, "other")
				p := w.connect(0)
				p.Send(c.send...)
				for range c.events {
					p.event("refused", nil)
				}
				p.quiet()
				p.hello("p", "") // and goes on
				w.pair(p, other)
			})
		})
	}
}

func TestBadFaces(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		a.emit("face", `{"face":"x"}`)
		a.event("refused", nil)
		c.pair(a, b)
		for _, bad := range []string{`{}`, `{"face":null}`, `{"face":{}}`, `{"face":[1]}`, `{"face":true}`, fmt.Sprintf(`{"face":"%s"}`, strings.Repeat("x", 65)), `3`} {
			a.emit("face", bad)
			a.event("refused", nil)
		}
		b.quiet()
	})
}

// Too much of it ends the connection; so do frames that are none, too many
// events, and messages that are too long.
func TestMisbehaviour(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		other := c.person(0, "other")
		p := c.connect(0)
		for range maxWrong + 1 {
			p.Send(`42["nonsense"]`)
		}
		if got := p.WantEnd(); len(got) != maxWrong+2 || got[maxWrong+1] != siotest.CloseText(1000) {
			t.Errorf("%d: %q", len(got), got[len(got)-1])
		}
		for _, bad := range []string{`42{"x"`, "9", "x", `42[]`, "", `42["hello",{"user":{"uid":"` + strings.Repeat("x", 17<<10) + `"}}]`, "451-[\"hello\"]42", "0", "\xff"} {
			p := c.connect(0)
			p.Flood(bad, "42[]")
			p.WantEnd()
		}
		flood := c.person(0, "flood")
		var many []string
		for range 100 {
			many = append(many, `42["leave"]`)
		}
		flood.Flood(many...)
		if got := flood.WantEnd(); got[len(got)-1] != siotest.CloseText(1008) {
			t.Errorf("%q", got)
		}
		other.emit("join", "{}")
		other.start()
	})
}

// Numbers for uids come back as numbers; addresses of avatars are http.
func TestProfiles(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		p := c.connect(0)
		p.Send(`42["hello",{"user":{"uid":12345678901234567890,"uname":"石头<b>","uavatar":"javascript:alert(1)"}}]`)
		p.event("hi", nil)
		p.emit("join", "{}")
		if name, arg := p.nextEvent(); name != "room" || !strings.Contains(arg, `{"uid":12345678901234567890,"uname":"石头\u003cb\u003e","uavatar":"",`) {
			t.Errorf("%s %s", name, arg)
		}
	})
}

// An event may be acknowledged.
func TestAcks(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		p := c.person(0, "a")
		p.Send(`427["leave"]`, `428["choice",{}]`)
		p.Want(`437[]`)
		p.event("refused", nil)
		p.Want(`438[{"event":"choice","message":"choice must be 1, 2 or 3"}]`)
	})
}

// A silent client of revision 3 plays as long as it answers WebSocket pings.
func TestSilentClient(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		p := c.person(0, "a")
		for range 20 {
			p.Want("ping")
			p.Frame(pong)
		}
		p.emit("join", "{}")
		p.start()
		start := time.Now()
		for p.Next() != "" {
		}
		if took := time.Since(start); took > 90*time.Second || took < 80*time.Second {
			t.Errorf("dropped after %v", took)
		}
		synctest.Wait()
	})
}
