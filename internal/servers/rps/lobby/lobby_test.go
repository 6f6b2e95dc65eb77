package lobby_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
	"github.com/wecos-go/wecos/internal/servers/redistest"
	"github.com/wecos-go/wecos/internal/servers/rps"
	"github.com/wecos-go/wecos/internal/servers/rps/lobby"
	"github.com/wecos-go/wecos/internal/servers/rps/lobbytest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) { removeBuilt(); os.Exit(code) }))
}

func open(t *testing.T, node string, opt lobby.Options) *lobby.Lobby {
	t.Helper()
	l, err := lobby.New(t.Context(), node, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func at(addr, prefix string) lobby.Options {
	return lobby.Options{Options: redisclient.Options{Addrs: []string{addr}}, Prefix: prefix}
}

// All that lobbies must do, each test in keys of its own.
func TestSuite(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	lobbytest.Run(t, func(t *testing.T) lobbytest.Make {
		return func(t *testing.T, node string) rps.Lobby { return open(t, node, at(server.Addr, t.Name()+":")) }
	})
}

// In a cluster every key and channel is in one slot.
func TestCluster(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--cluster-enabled", "yes")
	if err := redistest.Command(t.Context(), server.Addr, "CLUSTER", "ADDSLOTSRANGE", "0 16383"); err != nil {
		t.Fatal(err)
	}
	lobbytest.Until(t, "the cluster is up", func() bool {
		return redistest.Command(t.Context(), server.Addr, "SET", "x", "y") == nil
	})
	lobbytest.Run(t, func(t *testing.T) lobbytest.Make {
		return func(t *testing.T, node string) rps.Lobby {
			opt := at(server.Addr, t.Name()+":")
			opt.Cluster = true
			return open(t, node, opt)
		}
	})
}

// A lobby says whether Redis is there, and no secret.
func TestWrongPassword(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--requirepass", "right-secret")
	opt := at(server.Addr, "")
	opt.Password = "wrong-secret"
	_, err := lobby.New(t.Context(), "a", opt)
	if !errors.Is(err, rps.ErrLobby) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	opt.Password = "right-secret"
	if err := open(t, "a", opt).Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// running runs a lobby, and sends on what it is told.
func running(t *testing.T, l *lobby.Lobby) (messages, dead chan string) {
	t.Helper()
	messages, dead = make(chan string, 100), make(chan string, 100)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = l.Run(ctx, func(m []byte) { messages <- string(m) }, func(node string) { dead <- node })
	}()
	t.Cleanup(func() { cancel(); <-done })
	return messages, dead
}

// Redis goes and comes back empty: calls end in time, nobody is dead, those who
// are online are counted again, and messages arrive.
func TestRestart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	a, b := open(t, "a", at(server.Addr, "")), open(t, "b", at(server.Addr, ""))
	_, deadA := running(t, a)
	messages, deadB := running(t, b)
	ctx := t.Context()
	heard := func() bool { return a.Send(ctx, "b", []byte("hear")) == nil }
	lobbytest.Until(t, "b hears", heard)
	peking := &rps.Position{Latitude: 39.9042, Longitude: 116.4074}
	if err := errors.Join(a.Enter(ctx, "p1", peking), a.Enter(ctx, "p2", nil), b.Enter(ctx, "p3", peking)); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	start := time.Now()
	const calls = 1000
	for range calls {
		if _, err := a.Join(ctx, rps.Offer{Room: "r", Free: 1, Player: "p", UIDs: []string{"u"}}); !errors.Is(err, rps.ErrLobby) {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("%d calls took %v", calls, took)
	}
	if err := a.Ready(ctx); !errors.Is(err, rps.ErrLobby) {
		t.Error(err)
	}
	if err := b.Leave(ctx, "p3"); !errors.Is(err, rps.ErrLobby) {
		t.Error(err)
	}
	if err := b.Enter(ctx, "p4", peking); !errors.Is(err, rps.ErrLobby) {
		t.Error(err)
	}
	server.Restart()
	lobbytest.Until(t, "b hears again", heard)
	lobbytest.Until(t, "all are counted again", func() bool {
		all, err := a.Nearby(ctx, "p1", nil)
		near, err2 := a.Nearby(ctx, "p1", peking)
		return err == nil && err2 == nil && all == 2 && near == 1
	})
	if m := <-messages; m != "hear" {
		t.Errorf("got %q", m)
	}
	// For longer than a node lives without a heartbeat.
	select {
	case node := <-deadA:
		t.Errorf("%s is said to be dead", node)
	case node := <-deadB:
		t.Errorf("%s is said to be dead", node)
	case <-time.After(4 * time.Second):
	}
}

// A node that stops without a word is dead to all others within five seconds,
// and when it comes back after all, they are dead to it: both sides agree.
func TestStandsStill(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	a, b := open(t, "a", at(server.Addr, "")), open(t, "b", at(server.Addr, ""))
	_, dead := running(t, a)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = b.Run(ctx, func([]byte) {}, func(string) {}) }()
	lobbytest.Until(t, "b lives", func() bool { return a.Send(t.Context(), "b", nil) == nil })
	if err := b.Enter(t.Context(), "p", nil); err != nil {
		t.Fatal(err)
	}
	stop()
	<-stopped
	start := time.Now()
	if node := <-dead; node != "b" || time.Since(start) > 5*time.Second {
		t.Errorf("%s is dead after %v", node, time.Since(start))
	}
	if n, err := a.Nearby(t.Context(), "", nil); n != 0 || err != nil {
		t.Errorf("%d online, %v", n, err)
	}
	_, others := running(t, b)
	if node := <-others; node != "a" {
		t.Errorf("%s is dead", node)
	}
	lobbytest.Until(t, "b lives again", func() bool {
		n, err := a.Nearby(t.Context(), "", nil)
		return a.Send(t.Context(), "b", nil) == nil && n == 1 && err == nil
	})
}
