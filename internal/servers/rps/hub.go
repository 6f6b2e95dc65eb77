package rps

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"
)

// A Hub is what the lobbies of one process share. Most servers have one node:
// then nothing is kept for the others.
type Hub struct {
	mu      sync.Mutex
	nodes   map[string]*hubLobby
	open    []*openRoom // longest open first
	rooms   map[string]kept[RoomState]
	players map[string]kept[[]byte]
	online  map[string]*visitor
	swept   time.Time
}

type openRoom struct {
	Offer
	node    string
	expires time.Time
	players []string
}

// kept is a value with an end.
type kept[T any] struct {
	value   T
	expires time.Time
}

type visitor struct {
	node string
	at   *Position
}

// NewHub returns a hub without lobbies.
func NewHub() *Hub {
	return &Hub{
		nodes: map[string]*hubLobby{}, rooms: map[string]kept[RoomState]{},
		players: map[string]kept[[]byte]{}, online: map[string]*visitor{},
	}
}

// Lobby returns the lobby of a further node.
func (h *Hub) Lobby(node string) Lobby {
	l := &hubLobby{hub: h, node: node, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.nodes[node] = l
	return l
}

// hubLobby is one node's part of a hub. The hub's lock guards everything.
type hubLobby struct {
	hub   *Hub
	node  string
	inbox [][]byte
	ended []string // nodes whose end has not been told
	wake  chan struct{}
}

func (l *hubLobby) Node() string { return l.node }

// dead tells whether the lobby has been closed; mu is held.
func (l *hubLobby) dead() bool { return l.hub.nodes[l.node] != l }

func (l *hubLobby) Join(_ context.Context, offer Offer) (Place, error) {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sweep()
	now := time.Now()
	for i, r := range h.open {
		if now.After(r.expires) || slices.Contains(r.UIDs, offer.UIDs[0]) || slices.Contains(r.players, offer.Player) {
			continue
		}
		r.UIDs = append(r.UIDs, offer.UIDs[0])
		r.players = append(r.players, offer.Player)
		if r.Free--; r.Free == 0 {
			h.open = slices.Delete(h.open, i, i+1)
		}
		return Place{Room: r.Room, Node: r.node}, nil
	}
	l.add(offer)
	return Place{Room: offer.Room, Node: l.node, New: true}, nil
}

func (l *hubLobby) Open(_ context.Context, offer Offer) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	l.hub.open = slices.DeleteFunc(l.hub.open, func(r *openRoom) bool { return r.Room == offer.Room })
	l.add(offer)
	return nil
}

func (l *hubLobby) add(offer Offer) {
	offer.UIDs = slices.Clone(offer.UIDs)
	r := &openRoom{Offer: offer, node: l.node, expires: time.Now().Add(OpenTime)}
	if offer.Player != "" {
		r.players = []string{offer.Player}
	}
	l.hub.open = append(l.hub.open, r)
}

func (l *hubLobby) Take(_ context.Context, room string) (free int, err error) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	l.hub.open = slices.DeleteFunc(l.hub.open, func(r *openRoom) bool {
		if r.Room == room {
			free = r.Free
		}
		return r.Room == room
	})
	return free, nil
}

func (l *hubLobby) SaveRoom(_ context.Context, room string, state RoomState) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.dead() {
		return ErrLobby
	}
	if len(l.hub.nodes) == 1 {
		return nil
	}
	l.hub.rooms[room] = kept[RoomState]{state, time.Now().Add(RoomTime)}
	return nil
}

func (l *hubLobby) LoadRoom(_ context.Context, room string) (RoomState, error) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	k, ok := l.hub.rooms[room]
	if !ok || time.Now().After(k.expires) {
		return RoomState{}, ErrNotFound
	}
	return k.value, nil
}

func (l *hubLobby) SavePlayer(_ context.Context, token string, record []byte, keep time.Duration) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.dead() {
		return ErrLobby
	}
	if len(l.hub.nodes) == 1 {
		return nil
	}
	l.hub.players[token] = kept[[]byte]{slices.Clone(record), time.Now().Add(keep)}
	return nil
}

func (l *hubLobby) TakePlayer(_ context.Context, token string) ([]byte, error) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	k, ok := l.hub.players[token]
	delete(l.hub.players, token)
	if !ok || time.Now().After(k.expires) {
		return nil, ErrNotFound
	}
	return k.value, nil
}

// sweepTime is how often what has expired is removed.
const sweepTime = time.Minute

// sweep removes what has expired; mu is held.
func (h *Hub) sweep() {
	now := time.Now()
	if now.Sub(h.swept) < sweepTime {
		return
	}
	h.swept = now
	sweepMap(h.rooms, now)
	sweepMap(h.players, now)
	h.open = slices.DeleteFunc(h.open, func(r *openRoom) bool { return now.After(r.expires) })
}

func sweepMap[T any](m map[string]kept[T], now time.Time) {
	for key, k := range m {
		if now.After(k.expires) {
			delete(m, key)
		}
	}
}

func (l *hubLobby) Enter(_ context.Context, player string, at *Position) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	l.hub.online[player] = &visitor{l.node, at}
	return nil
}

func (l *hubLobby) Leave(_ context.Context, player string) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if v := l.hub.online[player]; v != nil && v.node == l.node {
		delete(l.hub.online, player)
	}
	return nil
}

func (l *hubLobby) Nearby(_ context.Context, player string, at *Position) (n int, err error) {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if at == nil {
		n = len(l.hub.online)
		if l.hub.online[player] != nil {
			n--
		}
		return n, nil
	}
	for id, v := range l.hub.online {
		if id != player && v.at != nil && near(*at, *v.at) {
			n++
		}
	}
	return n, nil
}

// near tells whether two places are near. Most are ruled out by their
// latitudes alone.
func near(a, b Position) bool {
	const degree = 111. // kilometres, or a little more
	return math.Abs(a.Latitude-b.Latitude) <= NearKilometres/degree+0.001 && kilometres(a, b) <= NearKilometres
}

// kilometres is the distance on a sphere with the Earth's mean radius.
func kilometres(a, b Position) float64 {
	const radius = 6371
	rad := func(degrees float64) float64 { return degrees * math.Pi / 180 }
	dLat, dLon := math.Sin(rad(b.Latitude-a.Latitude)/2), math.Sin(rad(b.Longitude-a.Longitude)/2)
	h := dLat*dLat + math.Cos(rad(a.Latitude))*math.Cos(rad(b.Latitude))*dLon*dLon
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}

func (l *hubLobby) Send(_ context.Context, node string, message []byte) error {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	if l.dead() {
		return ErrLobby
	}
	to := l.hub.nodes[node]
	if to == nil {
		return ErrNotFound
	}
	to.inbox = append(to.inbox, slices.Clone(message))
	to.poke()
	return nil
}

func (l *hubLobby) poke() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
}

func (l *hubLobby) Run(ctx context.Context, receive func([]byte), died func(string)) error {
	for {
		l.hub.mu.Lock()
		inbox, dead := l.inbox, l.ended
		l.inbox, l.ended = nil, nil
		l.hub.mu.Unlock()
		for _, m := range inbox {
			receive(m)
		}
		for _, node := range dead {
			died(node)
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

func (l *hubLobby) Ready(context.Context) error { return nil }

func (l *hubLobby) Close() error {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if l.dead() {
		return nil
	}
	delete(h.nodes, l.node)
	h.open = slices.DeleteFunc(h.open, func(r *openRoom) bool { return r.node == l.node })
	for id, v := range h.online {
		if v.node == l.node {
			delete(h.online, id)
		}
	}
	for _, other := range h.nodes {
		other.ended = append(other.ended, l.node)
		other.poke()
	}
	return nil
}
