package lobby

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecos-go/wecos/internal/servers/rps"
)

// ticket is an open room, as the scripts know it.
type ticket struct {
	Node    string   `json:"node"`
	Free    int      `json:"free"`
	UIDs    []string `json:"uids"`
	Players []string `json:"players"`
}

func (l *Lobby) ticket(offer rps.Offer) ([]byte, error) {
	t := ticket{Node: l.node, Free: offer.Free, UIDs: offer.UIDs, Players: []string{}}
	if t.UIDs == nil {
		t.UIDs = []string{}
	}
	if offer.Player != "" {
		t.Players = []string{offer.Player}
	}
	return json.Marshal(t)
}

func (l *Lobby) openKeys() []string {
	return []string{l.key("nodes"), l.key("open"), l.key("tickets")}
}

// Join implements rps.Lobby.
func (l *Lobby) Join(ctx context.Context, offer rps.Offer) (place rps.Place, err error) {
	text, err := l.ticket(offer)
	if err != nil {
		return place, failed("join", err)
	}
	err = l.call(ctx, "join", func(ctx context.Context) error {
		found, err := join.Run(ctx, l.client, l.openKeys(), offer.Room, text, offer.Player, l.node, rps.OpenTime.Microseconds()).StringSlice()
		if err == nil && len(found) != 2 {
			err = fmt.Errorf("%d values", len(found))
		}
		if err == nil {
			place = rps.Place{Room: found[0], Node: found[1], New: found[0] == offer.Room}
		}
		return err
	})
	return place, err
}

// Open implements rps.Lobby.
func (l *Lobby) Open(ctx context.Context, offer rps.Offer) error {
	text, err := l.ticket(offer)
	if err != nil {
		return failed("open a room", err)
	}
	return l.call(ctx, "open a room", func(ctx context.Context) error {
		return open.Run(ctx, l.client, l.openKeys(), offer.Room, text).Err()
	})
}

// Take implements rps.Lobby.
func (l *Lobby) Take(ctx context.Context, room string) (free int, err error) {
	err = l.call(ctx, "take seats", func(ctx context.Context) (err error) {
		free, err = take.Run(ctx, l.client, l.openKeys()[1:], room).Int()
		return err
	})
	return free, err
}

// The fields of a room's hash.
const (
	fieldNode   = "node"
	fieldStart  = "start"
	fieldResult = "result"
	fieldEnds   = "ends" // Unix milliseconds
)

// SaveRoom implements rps.Lobby.
func (l *Lobby) SaveRoom(ctx context.Context, room string, state rps.RoomState) error {
	key := l.key("room:" + room)
	fields := []any{fieldNode, state.Node, fieldEnds, state.Ends.UnixMilli()}
	if state.Start != nil {
		fields = append(fields, fieldStart, []byte(state.Start))
	}
	if state.Result != nil {
		fields = append(fields, fieldResult, []byte(state.Result))
	}
	return l.call(ctx, "save a room", func(ctx context.Context) error {
		_, err := l.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Del(ctx, key)
			p.HSet(ctx, key, fields...)
			p.PExpire(ctx, key, rps.RoomTime)
			return nil
		})
		return err
	})
}

// LoadRoom implements rps.Lobby.
func (l *Lobby) LoadRoom(ctx context.Context, room string) (state rps.RoomState, err error) {
	err = l.call(ctx, "load a room", func(ctx context.Context) error {
		fields, err := l.client.HGetAll(ctx, l.key("room:"+room)).Result()
		switch {
		case err != nil:
			return err
		case len(fields) == 0:
			return rps.ErrNotFound
		}
		ends, err := strconv.ParseInt(fields[fieldEnds], 10, 64)
		if err != nil {
			return fmt.Errorf("the end of a game: %w", err)
		}
		state = rps.RoomState{Node: fields[fieldNode], Start: raw(fields[fieldStart]), Result: raw(fields[fieldResult]), Ends: time.UnixMilli(ends)}
		return nil
	})
	return state, err
}

// raw is JSON, or nil where there is none.
func raw(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

// SavePlayer implements rps.Lobby.
func (l *Lobby) SavePlayer(ctx context.Context, token string, record []byte, keep time.Duration) error {
	return l.call(ctx, "save a player", func(ctx context.Context) error {
		return l.client.Set(ctx, l.key("player:"+token), record, keep).Err()
	})
}

// TakePlayer implements rps.Lobby.
func (l *Lobby) TakePlayer(ctx context.Context, token string) (record []byte, err error) {
	err = l.call(ctx, "take a player", func(ctx context.Context) error {
		text, err := takeKey.Run(ctx, l.client, []string{l.key("player:" + token)}).Text()
		if errors.Is(err, redis.Nil) {
			return rps.ErrNotFound
		}
		record = []byte(text)
		return err
	})
	return record, err
}
