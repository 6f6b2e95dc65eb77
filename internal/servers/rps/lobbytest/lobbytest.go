// Package lobbytest is what every implementation of rps.Lobby must do, as
// tests.
//
// It never waits for longer than a lobby may take to notice that a node died.
package lobbytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps"
)

// Make returns the lobby of a node; all of one test share what lobbies share.
type Make func(t *testing.T, node string) rps.Lobby

// Run tests an implementation. Start is called once for each test, and returns
// what makes its lobbies.
func Run(t *testing.T, start func(t *testing.T) Make) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Make)
	}{
		{"a room is opened, joined once and closed", joins},
		{"nobody meets oneself", meetsNotOneself},
		{"seats are given away once", racing},
		{"robots and people never get the same seat", robots},
		{"rooms of more than two", larger},
		{"rooms and players are kept", keeps},
		{"players are counted", counts},
		{"messages come in order", messages},
		{"a dead node is noticed", dies},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, start(t)) })
	}
}

func offer(room, who string) rps.Offer {
	return rps.Offer{Room: room, Free: 1, Player: "player-" + who, UIDs: []string{who}}
}

func join(t *testing.T, l rps.Lobby, o rps.Offer) rps.Place {
	t.Helper()
	p, err := l.Join(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func joins(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	same(t, "node", a.Node(), "a")
	same(t, "first", join(t, a, offer("r1", "x")), rps.Place{Room: "r1", Node: "a", New: true})
	same(t, "second", join(t, b, offer("r2", "y")), rps.Place{Room: "r1", Node: "a"})
	same(t, "third", join(t, b, offer("r3", "z")), rps.Place{Room: "r3", Node: "b", New: true})
	free, err := b.Take(t.Context(), "r3")
	ok(t, err)
	same(t, "free", free, 1)
	same(t, "fourth", join(t, a, offer("r4", "w")), rps.Place{Room: "r4", Node: "a", New: true})
	ok(t, a.Ready(t.Context()))
}

func meetsNotOneself(t *testing.T, make Make) {
	a := make(t, "a")
	join(t, a, offer("r1", "x"))
	again := offer("r2", "x")
	again.Player = "another with the same uid"
	same(t, "uid", join(t, a, again), rps.Place{Room: "r2", Node: "a", New: true})
	other := offer("r3", "y")
	other.Player = "player-x"
	same(t, "player", join(t, a, other).Room, "r2")
	same(t, "stranger", join(t, a, offer("r4", "z")), rps.Place{Room: "r1", Node: "a"})
}

func racing(t *testing.T, make Make) {
	lobbies := []rps.Lobby{make(t, "a"), make(t, "b"), make(t, "c")}
	var mu sync.Mutex
	guests := map[string]int{}
	opened := 0
	var all sync.WaitGroup
	const players = 90
	for i := range players {
		all.Go(func() {
			p, err := lobbies[i%3].Join(context.Background(), offer(fmt.Sprint("r", i), fmt.Sprint("u", i)))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if p.New {
				opened++
			} else {
				guests[p.Room]++
			}
		})
	}
	all.Wait()
	for room, n := range guests {
		if n != 1 {
			t.Errorf("%d guests in %s", n, room)
		}
	}
	same(t, "rooms", opened, players/2)
	same(t, "guests", len(guests), players/2)
}

func robots(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	for i := range 30 {
		room := fmt.Sprint("r", i)
		join(t, a, offer(room, "x"))
		var free int
		var place rps.Place
		var both sync.WaitGroup
		both.Go(func() {
			var err error
			if free, err = a.Take(context.Background(), room); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			var err error
			if place, err = b.Join(context.Background(), offer(room+"b", "y")); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		if (free == 1) == (place.Room == room) {
			t.Errorf("%d seats for the robot, the person is in %s", free, place.Room)
		}
		if _, err := b.Take(t.Context(), room+"b"); err != nil {
			t.Error(err)
		}
	}
}

func larger(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	big := offer("r1", "x")
	big.Free = 3
	join(t, a, big)
	same(t, "second", join(t, b, offer("r2", "y")).Room, "r1")
	free, err := a.Take(t.Context(), "r1")
	ok(t, err)
	same(t, "free", free, 2)
	reopened := rps.Offer{Room: "r1", Free: 1, UIDs: []string{"x", "y", "z"}}
	ok(t, a.Open(t.Context(), reopened))
	ok(t, a.Open(t.Context(), reopened))
	same(t, "seated", join(t, b, offer("r3", "z")).Room, "r3")
	same(t, "stranger", join(t, b, offer("r4", "w")).Room, "r1")
	free, err = a.Take(t.Context(), "r1")
	ok(t, err)
	same(t, "full", free, 0)
}

func keeps(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	if _, err := b.LoadRoom(t.Context(), "r1"); !errors.Is(err, rps.ErrNotFound) {
		t.Error(err)
	}
	ends := time.UnixMilli(1_700_000_000_123)
	state := rps.RoomState{Node: "a", Start: []byte(`{"gameTime":3}`), Result: []byte(`{"result":[]}`), Ends: ends}
	ok(t, a.SaveRoom(t.Context(), "r1", rps.RoomState{Node: "a"}))
	ok(t, a.SaveRoom(t.Context(), "r1", state))
	got, err := b.LoadRoom(t.Context(), "r1")
	ok(t, err)
	if got.Node != "a" || string(got.Start) != string(state.Start) || string(got.Result) != string(state.Result) || !got.Ends.Equal(ends) {
		t.Errorf("got %+v", got)
	}
	ok(t, a.SavePlayer(t.Context(), "token", []byte("old"), time.Minute))
	ok(t, a.SavePlayer(t.Context(), "token", []byte("\x00new"), time.Minute))
	record, err := b.TakePlayer(t.Context(), "token")
	ok(t, err)
	same(t, "record", string(record), "\x00new")
	for _, l := range []rps.Lobby{a, b} {
		if _, err := l.TakePlayer(t.Context(), "token"); !errors.Is(err, rps.ErrNotFound) {
			t.Error(err)
		}
	}
}

func counts(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	nearby := func(l rps.Lobby, player string, at *rps.Position) int {
		t.Helper()
		n, err := l.Nearby(t.Context(), player, at)
		ok(t, err)
		return n
	}
	peking := &rps.Position{Latitude: 39.9042, Longitude: 116.4074}
	close := &rps.Position{Latitude: 39.9842, Longitude: 116.4074} // 8.9 km
	far := &rps.Position{Latitude: 40.0042, Longitude: 116.4074}   // 11.1 km
	same(t, "alone", nearby(a, "p1", nil), 0)
	ok(t, a.Enter(t.Context(), "p1", peking))
	same(t, "oneself", nearby(a, "p1", nil), 0)
	ok(t, b.Enter(t.Context(), "p2", close))
	ok(t, b.Enter(t.Context(), "p3", far))
	ok(t, b.Enter(t.Context(), "p4", nil))
	same(t, "near", nearby(a, "p1", peking), 1)
	same(t, "online", nearby(a, "p1", nil), 3)
	same(t, "a stranger", nearby(b, "p5", nil), 4)
	ok(t, b.Enter(t.Context(), "p3", close))
	same(t, "moved", nearby(a, "p1", peking), 2)
	ok(t, b.Enter(t.Context(), "p3", nil))
	same(t, "hidden", nearby(a, "p1", peking), 1)
	ok(t, b.Leave(t.Context(), "p2"))
	ok(t, b.Leave(t.Context(), "nobody"))
	ok(t, b.Leave(t.Context(), "p1")) // who is on a
	same(t, "left", nearby(a, "p1", peking), 0)
	same(t, "still online", nearby(a, "p1", nil), 2)
}

// runs lets a lobby receive, and returns what it has got so far.
func runs(t *testing.T, l rps.Lobby) (got func() (messages, dead []string), stop func()) {
	t.Helper()
	var mu sync.Mutex
	var messages, dead []string
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- l.Run(ctx, func(m []byte) {
			mu.Lock()
			defer mu.Unlock()
			messages = append(messages, string(m))
		}, func(node string) {
			mu.Lock()
			defer mu.Unlock()
			dead = append(dead, node)
		})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return func() ([]string, []string) {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(messages), slices.Clone(dead)
	}, stop
}

// Until waits for what a lobby may take a while for.
func Until(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.After(6 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not in time", what)
		}
	}
}

func messages(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	got, _ := runs(t, b)
	runs(t, a)
	// A node may be sent to as soon as it runs, which takes a moment.
	Until(t, "a first message", func() bool {
		_ = a.Send(t.Context(), "b", []byte("first"))
		m, _ := got()
		return len(m) > 0
	})
	var want []string
	for i := range 200 {
		text := fmt.Sprintf("message\x00 %d", i)
		want = append(want, text)
		ok(t, a.Send(t.Context(), "b", []byte(text)))
	}
	Until(t, "messages", func() bool {
		m, _ := got()
		return len(m) >= 201 && m[len(m)-1] == want[199]
	})
	m, dead := got()
	if !slices.Equal(m[len(m)-200:], want) || len(dead) > 0 {
		t.Errorf("got %q, dead %q", m, dead)
	}
}

func dies(t *testing.T, make Make) {
	a, b := make(t, "a"), make(t, "b")
	got, _ := runs(t, a)
	_, stop := runs(t, b)
	ok(t, b.Enter(t.Context(), "p1", nil))
	join(t, b, offer("r1", "x"))
	Until(t, "b lives", func() bool { return a.Send(t.Context(), "b", []byte("x")) == nil })
	stop()
	ok(t, b.Close())
	ok(t, b.Close())
	Until(t, "b's end", func() bool {
		_, dead := got()
		return slices.Equal(dead, []string{"b"})
	})
	if err := a.Send(t.Context(), "b", []byte("x")); !errors.Is(err, rps.ErrNotFound) {
		t.Error(err)
	}
	same(t, "its rooms", join(t, a, offer("r2", "y")), rps.Place{Room: "r2", Node: "a", New: true})
	n, err := a.Nearby(t.Context(), "p2", nil)
	ok(t, err)
	same(t, "its players", n, 0)
}
