package lobby

import (
	"context"
	"maps"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/wecos-go/wecos/internal/servers/rps"
)

// visitors are the players who are online at this node. They are kept here as
// well, to be noted anew in a Redis that has lost them.
type visitors struct {
	// steps is held for writing while all are noted anew, and for reading by
	// what notes one.
	steps sync.RWMutex

	mu    sync.Mutex
	at    map[string]*rps.Position
	stale bool // Redis has not been told all
}

func (v *visitors) set(player string, at *rps.Position) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.at[player] = at
}

func (v *visitors) remove(player string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.at, player)
}

// told notes whether Redis was told, and returns err.
func (v *visitors) told(err error) error {
	if err != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.stale = true
	}
	return err
}

// maxLatitude is where the Mercator projection ends that Redis knows places by.
const maxLatitude = 85.05112878

// coordinates are the longitude and latitude that Redis takes.
func coordinates(at rps.Position) (longitude, latitude float64) {
	return at.Longitude, max(-maxLatitude, min(maxLatitude, at.Latitude))
}

// Enter implements rps.Lobby.
func (l *Lobby) Enter(ctx context.Context, player string, at *rps.Position) error {
	l.visitors.steps.RLock()
	defer l.visitors.steps.RUnlock()
	args := []any{l.begin, l.node, player}
	if at != nil {
		longitude, latitude := coordinates(*at)
		args = append(args, longitude, latitude)
	}
	l.visitors.set(player, at)
	return l.visitors.told(l.call(ctx, "note who is online", func(ctx context.Context) error {
		return enter.Run(ctx, l.client, []string{l.key("nodes")}, args...).Err()
	}))
}

// Leave implements rps.Lobby.
func (l *Lobby) Leave(ctx context.Context, player string) error {
	l.visitors.steps.RLock()
	defer l.visitors.steps.RUnlock()
	l.visitors.remove(player)
	return l.visitors.told(l.call(ctx, "note who has left", func(ctx context.Context) error {
		_, err := l.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.SRem(ctx, l.key("on:"+l.node), player)
			p.ZRem(ctx, l.key("geo:"+l.node), player)
			return nil
		})
		return err
	}))
}

// Nearby implements rps.Lobby.
func (l *Lobby) Nearby(ctx context.Context, player string, at *rps.Position) (n int, err error) {
	args := []any{l.begin, player}
	if at != nil {
		longitude, latitude := coordinates(*at)
		args = append(args, rps.NearKilometres, longitude, latitude)
	}
	err = l.call(ctx, "count who is near", func(ctx context.Context) (err error) {
		n, err = nearby.Run(ctx, l.client, []string{l.key("nodes")}, args...).Int()
		return err
	})
	return n, err
}

// renoted is how many players one command notes.
const renoted = 500

// renote notes all players of this node anew, if Redis may not know them.
func (l *Lobby) renote(ctx context.Context, lost bool) {
	v := &l.visitors
	v.steps.Lock()
	defer v.steps.Unlock()
	v.mu.Lock()
	if !lost && !v.stale {
		v.mu.Unlock()
		return
	}
	v.stale = false
	at := maps.Clone(v.at)
	v.mu.Unlock()
	on, geo := l.key("on:"+l.node), l.key("geo:"+l.node)
	// Until it succeeds, it is tried with every heartbeat.
	_ = v.told(l.try(ctx, "note who is online", func(ctx context.Context) error {
		_, err := l.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Del(ctx, on, geo)
			var players []any
			var places []*redis.GeoLocation
			flush := func(least int) {
				if len(players) > least {
					p.SAdd(ctx, on, players...)
					players = nil
				}
				if len(places) > least {
					p.GeoAdd(ctx, geo, places...)
					places = nil
				}
			}
			for player, place := range at {
				players = append(players, player)
				if place != nil {
					longitude, latitude := coordinates(*place)
					places = append(places, &redis.GeoLocation{Name: player, Longitude: longitude, Latitude: latitude})
				}
				flush(renoted)
			}
			flush(0)
			return nil
		})
		return err
	}))
}
