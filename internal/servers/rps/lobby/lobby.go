// Package lobby is the rps.Lobby of several nodes, in Redis: each step that
// must not be divided is one script, and what a node is told comes over a
// channel of its own.
//
// It never judges a game, and never waits for Redis for longer than a moment:
// when Redis cannot be reached, calls fail at once until it can be.
package lobby

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecos-go/wecos/internal/servers/kit/redisclient"
	"github.com/wecos-go/wecos/internal/servers/rps"
)

// DefaultPrefix is the beginning of all keys, unless another is given.
const DefaultPrefix = "rps:"

const (
	// callTime bounds a call. Two of them fit into what a player waits for.
	callTime = time.Second
	// restTime is for how long calls fail at once after one found no Redis.
	restTime = 500 * time.Millisecond
)

// Options say which Redis a lobby is in.
type Options struct {
	redisclient.Options
	// Prefix is the beginning of all keys; lobbies with the same are one.
	Prefix string
	// Log is told when Redis is lost, and when it is back; nil is nobody.
	Log *slog.Logger
}

// Lobby is one node's part of the lobby.
type Lobby struct {
	client redis.UniversalClient
	node   string
	begin  string // of all keys
	log    *slog.Logger
	rests  atomic.Int64 // until when calls fail at once, in Unix nanoseconds
	closed sync.Once

	visitors visitors

	mu    sync.Mutex
	known map[string]time.Time // when nodes were seen alive that are not dead
}

var _ rps.Lobby = (*Lobby)(nil)

// New makes a node part of the lobby, alive for as long as Run runs. The name is
// one that no other node has; without one it is made up.
func New(ctx context.Context, node string, opt Options) (*Lobby, error) {
	if opt.Prefix == "" {
		opt.Prefix = DefaultPrefix
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if node == "" {
		node = rand.Text()
	}
	l := &Lobby{
		client: redisclient.New(opt.Options), node: node, log: opt.Log,
		// What stands in braces decides on the slot of a cluster.
		begin: opt.Prefix + "{lobby}:",
		known: map[string]time.Time{}, visitors: visitors{at: map[string]*rps.Position{}},
	}
	if _, err := l.beat(ctx); err != nil {
		_ = l.client.Close() // nothing was begun
		return nil, err
	}
	return l, nil
}

// Node implements rps.Lobby.
func (l *Lobby) Node() string { return l.node }

func (l *Lobby) key(name string) string { return l.begin + name }

func (l *Lobby) channel(node string) string { return l.key("node:" + node) }

// errRests is for calls that were not tried.
var errRests = errors.New("it could not be reached a moment ago")

// call does one call, within callTime.
func (l *Lobby) call(ctx context.Context, what string, do func(ctx context.Context) error) error {
	if time.Now().UnixNano() < l.rests.Load() {
		return failed(what, errRests)
	}
	return l.try(ctx, what, do)
}

// try is call, whether Redis could be reached a moment ago or not.
func (l *Lobby) try(ctx context.Context, what string, do func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := do(limited)
	if err == nil || errors.Is(err, rps.ErrNotFound) {
		return err
	}
	var reply redis.Error
	if !errors.As(err, &reply) && !errors.Is(err, errUnheard) && ctx.Err() == nil {
		l.rests.Store(time.Now().Add(restTime).UnixNano())
	}
	return failed(what, err)
}

// failed says that Redis did not do what it was asked for.
func failed(what string, err error) error {
	return fmt.Errorf("%w: Redis, to %s: %w", rps.ErrLobby, what, err)
}

// Ready implements rps.Lobby.
func (l *Lobby) Ready(ctx context.Context) error {
	return l.try(ctx, "answer", func(ctx context.Context) error { return l.client.Ping(ctx).Err() })
}

// Close implements rps.Lobby.
func (l *Lobby) Close() (err error) {
	l.closed.Do(func() {
		// Without Redis the node's time ends by itself.
		_, _ = l.bury(context.Background(), l.node, true)
		err = l.client.Close()
	})
	return err
}
