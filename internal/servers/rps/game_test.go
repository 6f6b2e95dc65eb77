package rps

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Every event of the protocol, with the JSON that old clients expect.
func TestWire(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		a.emit("join", "{}")
		name, arg := a.nextEvent()
		if want := `"users":[{"uid":"a","uname":"Na","uavatar":"https://x/a","choice":null,"roundScore":0,"totalScore":0,"winStreak":0}],"full":false}`; name != "room" || !strings.HasSuffix(arg, want) || !strings.HasPrefix(arg, `{"roomId":"`) {
			t.Errorf("%s %s", name, arg)
		}
		b.Send(`42["join"]`)
		for _, p := range []*person{a, b} {
			if name, arg := p.nextEvent(); name != "room" || !strings.HasSuffix(arg, `,"full":true}`) {
				t.Errorf("%s %s", name, arg)
			}
			p.Want(`42["start",{"gameTime":3,"roomUsers":[` +
				`{"uid":"a","uname":"Na","uavatar":"https://x/a","choice":null,"roundScore":0,"totalScore":0,"winStreak":0},` +
				`{"uid":"b","uname":"Nb","uavatar":"https://x/b","choice":null,"roundScore":0,"totalScore":0,"winStreak":0}]}]`)
		}
		start := time.Now()
		a.emit("choice", `{"choice":2}`)
		b.Want(`42["movement",{"uid":"a","movement":"choice"}]`)
		b.emit("face", `{"face":"smile"}`)
		a.Want(`42["movement",{"uid":"b","movement":"face","face":"smile"}]`)
		b.emit("face", `{"face":3}`)
		a.Want(`42["movement",{"uid":"b","movement":"face","face":3}]`)
		b.emit("choice", `{"choice":1}`)
		a.Want(`42["movement",{"uid":"b","movement":"choice"}]`)
		for _, p := range []*person{a, b} {
			p.Want(`42["result",{"result":[{"uid":"a","roundScore":1,"totalScore":1,"winStreak":1,"choice":2},{"uid":"b","roundScore":0,"totalScore":0,"winStreak":0,"choice":1}]}]`)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("the game took %v", took)
		}
		// The pair stays seated; nothing is carried over.
		b.emit("join", "{}")
		for _, p := range []*person{a, b} {
			s := p.start()
			if s.RoomUsers[0].TotalScore != 1 || s.RoomUsers[0].WinStreak != 1 || s.RoomUsers[0].Choice != nil {
				t.Errorf("start %+v", s)
			}
		}
		a.emit("choice", `{"choice":3}`)
		a.wantResult("a 3 2 3 2, b - 0 0 0")
		b.event("movement", nil)
		b.result()
		b.emit("leave", "{}")
		a.Want(`42["leave",{"uid":"b"}]`)
	})
}

// Draws, streaks, no choice at all, changed and invalid choices.
func TestGames(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		c.pair(a, b)
		for i, g := range []struct {
			a, b []string // choices, one after the other
			want string
		}{
			{nil, nil, "a - 0 0 0, b - 0 0 0"},
			{[]string{"1"}, []string{"1"}, "a 1 0 0 0, b 1 0 0 0"},
			{[]string{"1"}, []string{"3"}, "a 1 1 1 1, b 3 0 0 0"},
			{[]string{"2"}, []string{"2"}, "a 2 0 1 1, b 2 0 0 0"},
			{[]string{"2"}, nil, "a 2 2 3 2, b - 0 0 0"},
			{[]string{"1", "2", "3"}, []string{"2"}, "a 3 3 6 3, b 2 0 0 0"},
			{[]string{"9", "0", "-1", `"x"`, "null", "1.5", "{}", "[]", `1e0`, "01x"[:1]}, []string{"3"}, "a - 0 6 0, b 3 1 1 1"},
			{[]string{"1"}, []string{"2"}, "a 1 0 6 0, b 2 2 3 2"},
		} {
			if i > 0 {
				a.emit("join", "{}")
				a.start()
				b.start()
			}
			for _, choice := range g.a {
				a.emit("choice", `{"choice":`+choice+`}`)
			}
			for _, choice := range g.b {
				b.emit("choice", `{"choice":`+choice+`}`)
			}
			time.Sleep(2 * time.Second)
			drain := func(p *person) {
				t.Helper()
				for {
					name, arg := p.nextEvent()
					if name == "result" {
						if got := resultText(t, arg); got != g.want {
							t.Errorf("game %d: %q, want %q", i, got, g.want)
						}
						return
					}
				}
			}
			drain(a)
			drain(b)
		}
	})
}

// A choice before a game or after it is not taken into the next.
func TestChoiceOutOfGame(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		refused := func(p *person) {
			t.Helper()
			p.emit("choice", `{"choice":2}`)
			p.event("refused", nil)
		}
		refused(a)
		a.emit("join", "{}")
		refused(a)
		b.emit("join", "{}")
		a.start()
		b.start()
		a.wantResult("a - 0 0 0, b - 0 0 0")
		b.result()
		refused(a)
		b.emit("join", "{}")
		a.start()
		a.wantResult("a - 0 0 0, b - 0 0 0")
	})
}

// A join in a game, or while one waits, changes nothing.
func TestJoinAgain(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		a.emit("join", "{}")
		a.emit("join", "{}")
		synctest.Wait()
		b.emit("join", "{}")
		b.emit("join", "{}")
		start := time.Now()
		a.start()
		b.start()
		time.Sleep(2 * time.Second)
		a.emit("join", "{}")
		a.wantResult("a - 0 0 0, b - 0 0 0")
		b.result()
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("the game took %v", took)
		}
		time.Sleep(time.Minute)
		a.quiet()
		b.quiet()
	})
}

// Alone for a second: a robot joins and plays. It is nobody else's afterwards.
func TestRobot(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a := c.person(0, "a")
		begin := time.Now()
		a.emit("join", "{}")
		s := a.start()
		if took := time.Since(begin); took != time.Second {
			t.Errorf("the robot came after %v", took)
		}
		if r := s.RoomUsers[1]; r.UID != "robot-1" || r.UName != "robot-1" || r.TotalScore != 0 || len(s.RoomUsers) != 2 {
			t.Errorf("%+v", s)
		}
		robot := ""
		for i := range 30 {
			a.emit("choice", fmt.Sprintf(`{"choice":%d}`, 1+i%3))
			a.Want(`42["movement",{"uid":"robot-1","movement":"choice"}]`)
			result := a.result()
			if strings.Contains(result, "robot-1 -") || strings.Contains(result, "a -") {
				t.Fatalf("result %s", result)
			}
			robot = result[strings.Index(result, "robot-1"):]
			a.emit("join", "{}")
			a.start()
		}
		if strings.HasSuffix(robot, " 0 0") && strings.Contains(robot, " 0 0 0") && strings.Count(robot, "0") == 3 {
			t.Errorf("the robot won nothing in 30 games: %s", robot)
		}
		a.emit("leave", "{}")
		a.emit("join", "{}")
		if r := a.start().RoomUsers[1]; r.UID != "robot-2" || r.TotalScore != 0 || r.WinStreak != 0 {
			t.Errorf("%+v", r)
		}
	})
}

// A robot that knows habits wins against one who goes in a circle.
func TestRobotStrength(t *testing.T) {
	for strength, want := range map[float64]func(won int) bool{
		1: func(won int) bool { return won > 52 },
		0: func(won int) bool { return won > 10 && won < 50 },
	} {
		inCluster(t, 1, Options{RobotStrength: strength}, func(c *cluster) {
			a := c.person(0, "a")
			won := 0
			for i := range 60 {
				a.emit("join", "{}")
				a.start()
				a.emit("choice", fmt.Sprintf(`{"choice":%d}`, 1+i%3))
				a.event("movement", nil)
				if result := a.result(); !strings.HasSuffix(result, " 0") { // the robot's streak
					won++
				}
			}
			if !want(won) {
				t.Errorf("strength %v: the robot leads after %d of 60 games", strength, won)
			}
		})
	}
}

// Up to eight play in a room, each against each.
func TestLargeRoom(t *testing.T) {
	inCluster(t, 1, Options{RoomSize: 4}, func(c *cluster) {
		people := []*person{c.person(0, "a"), c.person(0, "b"), c.person(0, "c")}
		for _, p := range people {
			p.emit("join", "{}")
			synctest.Wait()
			time.Sleep(900 * time.Millisecond)
		}
		for i, p := range people {
			s := p.start()
			if len(s.RoomUsers) != 4 || s.RoomUsers[3].UID != "robot-1" || s.RoomUsers[i].UID != p.uid {
				t.Fatalf("%+v", s)
			}
			p.emit("choice", fmt.Sprintf(`{"choice":%d}`, 1+i))
		}
		result := ""
		for _, p := range people {
			for range 3 {
				p.event("movement", nil)
			}
			result = p.result()
		}
		if !strings.Contains(result, "a 1 ") || !strings.Contains(result, "b 2 ") || !strings.Contains(result, "c 3 ") {
			t.Errorf("result %s", result)
		}
		people[0].emit("leave", "{}")
		people[1].event("leave", nil)
		people[2].event("leave", nil)
		d := c.person(0, "d")
		people[1].emit("join", "{}") // the room opens for others
		synctest.Wait()
		d.emit("join", "{}")
		s := d.start()
		if len(s.RoomUsers) != 4 || s.RoomUsers[3].UID != "d" || s.RoomUsers[0].UID != "b" {
			t.Errorf("%+v", s)
		}
	})
}

// Nobody meets oneself: the second holder of a uid gets another partner.
func TestSameUID(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, twin, b := c.person(0, "a"), c.person(0, "a"), c.person(0, "b")
		a.emit("join", "{}")
		synctest.Wait()
		twin.emit("join", "{}")
		synctest.Wait()
		b.emit("join", "{}")
		if s := b.start(); s.RoomUsers[0].UID != "a" {
			t.Errorf("%+v", s)
		}
		a.start()
		if s := twin.start(); s.RoomUsers[1].UID != "robot-1" {
			t.Errorf("%+v", s)
		}
	})
}

// Who leaves a game has lost it; the others get a result with both.
func TestLeaveInGame(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		a, b := c.person(0, "a"), c.person(0, "b")
		c.pair(a, b)
		b.emit("choice", `{"choice":2}`)
		a.event("movement", nil)
		b.emit("leave", "{}")
		a.event("leave", nil)
		a.emit("choice", `{"choice":1}`)
		a.wantResult("a 1 1 1 1, b - 0 0 0")
		b.quiet()
		// Alone now, a plays with whoever comes next.
		a.emit("join", "{}")
		synctest.Wait()
		b.emit("join", "{}")
		s := a.start()
		b.start()
		if s.RoomUsers[0].TotalScore != 1 || s.RoomUsers[1].UID != "b" {
			t.Errorf("%+v", s)
		}
		a.result()
		b.result()
		if players, rooms := c.nodes[0].counts(); players != 2 || rooms != 1 {
			t.Errorf("%d players, %d rooms", players, rooms)
		}
	})
}

// nearby are the others: near, when the position is known, else online.
func TestNearby(t *testing.T) {
	inCluster(t, 1, Options{}, func(c *cluster) {
		at := func(lat, lon float64) string {
			return fmt.Sprintf(`,"cordinate":{"latitude":%v,"longitude":%v}`, lat, lon)
		}
		for _, who := range []struct {
			uid, more string
			want      int
		}{
			{"a", at(39.9, 116.4), 0},
			{"b", at(39.95, 116.4), 1},
			{"c", at(31.2, 121.5), 0},
			{"d", "", 3},
			{"e", `,"cordinate":null`, 4},
			{"f", `,"cordinate":{"latitude":"x","longitude":1}`, 5},
			{"g", at(99, 0), 6},
			{"h", at(39.91, 116.41), 2},
		} {
			if got := c.connect(0).hello(who.uid, who.more); got != who.want {
				t.Errorf("%s: %d nearby, want %d", who.uid, got, who.want)
			}
		}
	})
}
