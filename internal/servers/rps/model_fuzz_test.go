package rps

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
)

// Any sequence of events, by several people, with connections that come and
// go: everybody is told what the model says, and nothing is left behind.
func FuzzGame(f *testing.F) {
	seeds := []string{
		"\x00" + "aAbBcC" + "jkJK" + "tttt", // two play
		"\x00" + "j" + "T",                  // a robot
		"\x01" + "aAbBcCdD",
	}
	for seed := range 12 {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		b := make([]byte, 1+30*seed)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		seeds = append(seeds, string(b))
	}
	if len(seeds) != 15 {
		f.Fatal("seeds are missing")
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 0 {
			playScript(t, 2+int(script[0]%3), script[1:min(len(script), 400)])
		}
	})
}

// The same with many scripts, so that every run plays some games.
func TestRandomGames(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range 60 {
		script := make([]byte, 300)
		for j := range script {
			script[j] = byte(r.Uint32())
		}
		playScript(t, 2+i%3, script)
		if t.Failed() {
			return
		}
	}
}

// table is a run of the real thing beside the model.
type table struct {
	*cluster
	model *model
	conns []*person // nil while not connected
	token []string
	log   []string
}

func playScript(t *testing.T, size int, script []byte) {
	opt := Options{RoomSize: size, PingInterval: 1000 * time.Hour, EventRate: -1}
	inCluster(t, 1, opt, func(c *cluster) {
		uids := []string{"a", "b", "c", "a"} // the last is another one with the same uid
		w := &table{cluster: c, model: &model{size: size}, conns: make([]*person, len(uids)), token: make([]string, len(uids))}
		for _, uid := range uids {
			w.model.people = append(w.model.people, &modelPerson{uid: uid})
		}
		for i := range uids {
			w.connect(i)
			w.hello(i)
		}
		for i := 0; i < len(script) && !t.Failed(); i++ {
			w.step(int(script[i]))
		}
		for i := range uids {
			if !t.Failed() {
				w.drop(i)
			}
		}
		if t.Failed() {
			t.Logf("%s", strings.Join(w.log, "\n"))
			return
		}
		w.pass(61 * time.Second)
		if players, rooms := c.nodes[0].counts(); players+rooms+len(c.hub.open)+len(c.hub.online) != 0 {
			t.Errorf("left: %d players, %d rooms, %d open ones, %d online", players, rooms, len(c.hub.open), len(c.hub.online))
		}
	})
}

// step does what a byte of the script says.
func (w *table) step(b int) {
	i, what := b%4, b/4
	p := w.model.people[i]
	switch {
	case what < 16:
		w.emit(i, "join", "{}", func() { w.model.join(p) })
	case what < 28:
		c := game.Choice(1 + what%3)
		w.emit(i, "choice", fmt.Sprintf(`{"choice":%d}`, c), func() {
			s := w.model.seatOf(p)
			if s == nil || p.room.phase != playing {
				w.model.refuse(p, "choice")
				return
			}
			s.choice = c
			p.room.tell("movement "+p.uid+" choice", s)
		})
	case what < 31:
		w.emit(i, "face", `{"face":"x"}`, func() {
			s := w.model.seatOf(p)
			if s == nil {
				w.model.refuse(p, "face")
				return
			}
			p.room.tell("movement "+p.uid+" face", s)
		})
	case what < 34:
		w.emit(i, "leave", "{}", func() { w.model.leave(p) })
	case what < 36:
		w.emit(i, "choice", `{"choice":4}`, func() { w.model.refuse(p, "choice") })
	case what < 40:
		w.drop(i)
	case what < 44:
		w.connect(i)
	case what < 49:
		w.hello(i)
	default:
		w.pass([]time.Duration{130 * time.Millisecond, 470 * time.Millisecond, 1100 * time.Millisecond, 2900 * time.Millisecond, 31 * time.Second}[what%5])
	}
}

// pass lets time pass for both, and compares.
func (w *table) pass(d time.Duration) {
	w.log = append(w.log, fmt.Sprint("pass ", d))
	time.Sleep(d)
	synctest.Wait()
	got := make([][]string, len(w.conns))
	for i, c := range w.conns {
		if c == nil {
			continue
		}
		for _, text := range c.Pending() {
			if text = plain(text); !strings.HasPrefix(text, "movement robot") {
				got[i] = append(got[i], text)
			}
		}
	}
	w.model.advance(d, func(r *modelRoom) { w.reveal(r, got) })
	for i, p := range w.model.people {
		if !slices.Equal(got[i], p.told) {
			w.t.Errorf("%d was told %q, want %q", i, got[i], p.told)
		}
		w.log = append(w.log, fmt.Sprintf("  %d: %q", i, got[i]))
		p.told = nil
	}
}

// reveal finds out what the robots of a room have shown, from the result that
// somebody there got.
func (w *table) reveal(r *modelRoom, got [][]string) {
	for _, s := range r.seats {
		i := slices.Index(w.model.people, s.person)
		if i < 0 || s.left || !s.person.hello {
			continue
		}
		// As many results have been told before in this step.
		n := 0
		for _, text := range s.person.told {
			if strings.HasPrefix(text, "result ") {
				n++
			}
		}
		for _, text := range got[i] {
			if !strings.HasPrefix(text, "result ") {
				continue
			}
			if n--; n >= 0 {
				continue
			}
			for j, part := range strings.Split(strings.TrimPrefix(text, "result "), ",") {
				fields := strings.Split(part, ":")
				if j < len(r.seats) && r.seats[j].person == nil && len(fields) > 1 {
					c, _ := strconv.Atoi(fields[1])
					r.seats[j].choice = game.Choice(c)
				}
			}
			return
		}
	}
	// Nobody is there to see it: the server knows.
	for _, real := range w.nodes[0].allRooms() {
		real.mu.Lock()
		var shown []game.Choice
		same := false
		for _, s := range real.seats {
			if s.token == "" {
				shown = append(shown, s.choice)
			}
			same = same || s.token != "" && slices.ContainsFunc(r.seats, func(m *modelSeat) bool { return w.tokenOf(m) == s.token })
		}
		real.mu.Unlock()
		for _, m := range r.seats {
			if same && m.person == nil && len(shown) > 0 {
				m.choice, shown = shown[0], shown[1:]
			}
		}
	}
}

func (w *table) tokenOf(s *modelSeat) string {
	if i := slices.Index(w.model.people, s.person); i >= 0 && !s.left {
		return w.token[i]
	}
	return ""
}

func (w *table) emit(i int, event, arg string, expect func()) {
	c, p := w.conns[i], w.model.people[i]
	if c == nil || !p.online {
		return
	}
	w.log = append(w.log, fmt.Sprint(i, " ", event, " ", arg))
	c.Flood(fmt.Sprintf(`42[%q,%s]`, event, arg))
	if !p.hello {
		w.model.refuse(p, event)
	} else {
		expect()
	}
	if !p.online { // it was one too many
		synctest.Wait()
		if got := c.Pending(); len(got) == 0 || !strings.HasPrefix(got[len(got)-1], "close") {
			w.t.Errorf("%d was not closed: %q", i, got)
		}
		c.Conn.Close()
		w.conns[i], p.told = nil, nil
	}
	w.pass(time.Millisecond)
}

func (w *table) drop(i int) {
	c := w.conns[i]
	if c == nil {
		return
	}
	w.log = append(w.log, fmt.Sprint(i, " drops"))
	c.Conn.Close()
	w.conns[i] = nil
	w.model.drop(w.model.people[i])
	w.pass(time.Millisecond)
}

// connect opens a connection; one that there was takes over at hello.
func (w *table) connect(i int) {
	if w.conns[i] != nil {
		w.drop(i)
	}
	w.log = append(w.log, fmt.Sprint(i, " connects"))
	w.conns[i] = w.cluster.connect(0)
	p := w.model.people[i]
	p.online, p.hello, p.wrong = true, false, 0
	w.pass(time.Millisecond)
}

func (w *table) hello(i int) {
	c, p := w.conns[i], w.model.people[i]
	if c == nil {
		return
	}
	w.log = append(w.log, fmt.Sprint(i, " hello"))
	again := p.hello
	c.hello(p.uid, fmt.Sprintf(`,"resume":%q`, w.token[i]))
	w.token[i] = c.hi
	wasKnown := p.known
	if again {
		w.model.hear(p, true)
		p.told = p.told[:1] // nothing but hi
	} else {
		w.model.hear(p, wasKnown)
	}
	// The client has read hi; the number in it was compared by other tests.
	p.told = p.told[1:]
	w.pass(time.Millisecond)
}
