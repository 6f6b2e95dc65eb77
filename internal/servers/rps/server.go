package rps

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

// Server is one node.
type Server struct {
	opt     Options
	node    string
	lobby   Lobby
	sockets *sio.Server
	main    *sio.Namespace
	metrics *metrics
	robots  atomic.Int64

	ctx    context.Context // of what is done in the background
	cancel context.CancelFunc
	work   chan func() // notes for the lobby, in their order
	outbox chan posted // messages to other nodes, in their order
	quit   chan struct{}
	queues sync.WaitGroup // the goroutines that empty them
	busy   sync.WaitGroup // all others

	mu      sync.Mutex
	players map[string]*player // by token
	rooms   map[string]*room
}

// queued is how much may wait for the lobby, and for other nodes. More is
// dropped: when it comes to that they cannot be reached.
const queued = 10_000

// lobbyTime is how long the lobby may take for something that a player waits
// for.
const lobbyTime = 2 * time.Second

// New starts a node. It runs until Close.
func New(ctx context.Context, opt Options) (*Server, error) {
	opt.setDefaults()
	if err := opt.Lobby.Ready(ctx); err != nil {
		return nil, err
	}
	s := &Server{
		opt: opt, lobby: opt.Lobby, node: opt.Lobby.Node(), work: make(chan func(), queued),
		outbox: make(chan posted, queued), quit: make(chan struct{}),
		players: map[string]*player{}, rooms: map[string]*room{},
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.sockets = sio.New(sio.Options{
		PingInterval: opt.PingInterval, PingTimeout: opt.PingTimeout, MaxPayload: opt.MaxMessage,
		Origins: opt.Origins, MaxSessions: opt.MaxConns, MaxPerAddress: opt.MaxPerAddress,
		PacketRate: opt.EventRate, PacketBurst: opt.EventBurst, Address: opt.Address,
		SendQueue: 256 << 10,
		// Clients that poll are back at once, if at all.
		CloseTimeout: 2 * time.Second,
	})
	s.main = s.sockets.Of("/")
	s.handle()
	s.metrics = newMetrics(s)
	s.busy.Go(func() { s.note(s.lobby.Run(s.ctx, s.receive, s.died)) })
	s.queues.Go(func() { empty(s.quit, s.work, func(f func()) { f() }) })
	letters := &courier{send: s.dispatch, drop: s.metrics.dropped.Inc}
	s.queues.Go(func() { letters.run(s.quit, s.outbox) })
	return s, nil
}

// App is the node as kit serves it.
func (s *Server) App() kit.App {
	return kit.App{
		Name: Name, Handler: s, Prefixes: []string{s.opt.RootPath, AltPath},
		Ready: s.lobby.Ready, Metrics: s.metrics.all(), Drain: s.Drain, Close: s.Close,
	}
}

// ServeHTTP answers Socket.IO, and everything else with the page or 200.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case sio.Under(s.opt.RootPath, path), sio.Under(AltPath, path):
		s.sockets.ServeHTTP(w, r)
	case s.opt.Page != nil:
		s.opt.Page.ServeHTTP(w, r)
	default:
		alive(w, r)
	}
}

// Alive answers 200, for those who look whether the server is there.
func Alive() http.Handler { return http.HandlerFunc(alive) }

func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("rps\n")) // the client may have gone
}

// Drain ends the games that are being played, with their results, and closes
// all connections: clients will look for another node.
func (s *Server) Drain(ctx context.Context) {
	for _, r := range s.allRooms() {
		r.settle()
	}
	s.sockets.Close(ctx)
}

// Close ends the node. Drain comes first.
func (s *Server) Close() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s.sockets.Close(ctx) // whoever is left
	for _, p := range s.allPlayers() {
		p.stop()
	}
	for _, r := range s.allRooms() {
		r.stop()
	}
	close(s.quit)
	s.queues.Wait()
	s.cancel()
	s.busy.Wait()
	return s.lobby.Close()
}

func (s *Server) allRooms() []*room {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*room, 0, len(s.rooms))
	for _, r := range s.rooms {
		all = append(all, r)
	}
	return all
}

func (s *Server) allPlayers() []*player {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*player, 0, len(s.players))
	for _, p := range s.players {
		all = append(all, p)
	}
	return all
}

// stop keeps a player's time to come back from ending after the node.
func (p *player) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.expiry != nil {
		p.expiry.Stop()
	}
}

// stop ends a room with its node.
func (r *room) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = closed
	if r.timer != nil {
		r.timer.Stop()
	}
	for _, s := range r.seats {
		if s.expiry != nil {
			s.expiry.Stop()
		}
	}
}

// empty does what comes in a queue, and after quit what is left in it.
func empty[T any](quit chan struct{}, queue chan T, do func(T)) {
	for {
		select {
		case v := <-queue:
			do(v)
			continue
		case <-quit:
		}
		for {
			select {
			case v := <-queue:
				do(v)
			default:
				return
			}
		}
	}
}

// later queues a note for the lobby, which nobody waits for.
func (s *Server) later(f func()) {
	select {
	case s.work <- f:
	default:
		s.metrics.dropped.Inc()
	}
}

// post is send for those who must not wait.
func (s *Server) post(node string, m message) {
	select {
	case s.outbox <- posted{node, m, time.Now().Add(holdTime)}:
	default:
		s.metrics.dropped.Inc()
	}
}

// note counts what the lobby could not do.
func (s *Server) note(err error) {
	if err != nil && s.ctx.Err() == nil {
		s.metrics.lobbyErrors.Inc()
	}
}

func (s *Server) lobbyContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.ctx, lobbyTime)
}

// take takes a room's free seats. When the lobby cannot be reached nobody else
// can take them either.
func (s *Server) take(room string) int {
	ctx, cancel := s.lobbyContext()
	defer cancel()
	free, err := s.lobby.Take(ctx, room)
	s.note(err)
	if err != nil {
		return MaxRoomSize
	}
	return free
}

func (s *Server) open(offer Offer) {
	s.later(func() { s.note(s.lobby.Open(s.ctx, offer)) })
}

func (s *Server) saveRoom(id string, state RoomState) {
	s.later(func() { s.note(s.lobby.SaveRoom(s.ctx, id, state)) })
}

// dropRoom forgets a room, whose lock is held.
func (s *Server) dropRoom(r *room) {
	s.mu.Lock()
	delete(s.rooms, r.id)
	s.mu.Unlock()
	s.later(func() { _, err := s.lobby.Take(s.ctx, r.id); s.note(err) })
}

func (s *Server) addRoom(r *room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms[r.id] = r
}

func (s *Server) roomOf(id string) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rooms[id]
}

func (s *Server) playerOf(token string) *player {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.players[token]
}

func (s *Server) addPlayer(p *player) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.players[p.token] = p
}

func (s *Server) forget(p *player) {
	s.mu.Lock()
	if s.players[p.token] == p {
		delete(s.players, p.token)
	}
	s.mu.Unlock()
}

// tell sends an event to the players of some seats, wherever they are.
func (s *Server) tell(room string, seats []*seat, event string, payload json.RawMessage) {
	var m *sio.Message
	var away map[string][]string // node → tokens
	for _, seat := range seats {
		if seat.player != nil {
			if m == nil {
				var err error
				if m, err = s.main.Encode(event, payload); err != nil {
					return
				}
			}
			seat.player.send(m)
			continue
		}
		if seat.node != s.node {
			if away == nil {
				away = map[string][]string{}
			}
			away[seat.node] = append(away[seat.node], seat.token)
		}
	}
	for node, tokens := range away {
		s.post(node, message{Tell: &told{Room: room, Players: tokens, Event: event, Payload: payload}})
	}
}

// scored lets a player know what a game has brought.
func (s *Server) scored(seat *seat) {
	if seat.player != nil {
		seat.player.scored(seat.score, seat.habits)
		return
	}
	if seat.node != s.node {
		s.post(seat.node, message{Scored: &scoredMessage{Player: seat.token, Score: seat.score, Habits: seat.habits}})
	}
}

// newToken returns a secret of 120 random bits.
func newToken() string {
	var random [15]byte
	_, _ = rand.Read(random[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(random[:])
}
