package rps

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

// player is a person who has said hello on this node. The token, a secret
// between the player and the nodes, is what a seat belongs to.
//
// Locks: acts is held while the player joins or leaves, which may take a while;
// mu guards the fields. A room's lock may be held when mu is taken, not the
// other way round.
type player struct {
	server *Server
	token  string

	acts sync.Mutex

	mu     sync.Mutex
	socket *sio.Socket // nil while away
	who    profile
	at     *Position
	score  game.Score
	habits game.Habits
	place  Place // where the player is seated, or zero
	room   *room // that place, if it is on this node
	expiry *time.Timer
	gone   bool // for good
	wrong  int  // inputs since hello

	// Of a room on another node, to end its game if that node dies.
	start  json.RawMessage
	inGame bool
}

// record is a player as nodes hand one over.
type record struct {
	Node   string      `json:"node"`
	Who    profile     `json:"who"`
	At     *Position   `json:"at,omitempty"`
	Score  game.Score  `json:"score"`
	Habits game.Habits `json:"habits"`
	Place  Place       `json:"place"`
}

// recordTime is how long a player's record is kept, from the last change, in
// case the node dies.
const recordTime = time.Hour

// seat is what a room gets of the player.
func (p *player) seat() *seat {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &seat{
		token: p.token, node: p.server.node, player: p,
		who: p.who, score: p.score, habits: p.habits, away: p.socket == nil,
	}
}

// where is the player's place, and its room if it is on this node.
func (p *player) where() (Place, *room) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.place, p.room
}

func (p *player) setPlace(place Place, r *room) {
	p.mu.Lock()
	p.place, p.room, p.inGame = place, r, false
	p.mu.Unlock()
	p.save(recordTime)
}

// save keeps the player's record where other nodes find it.
func (p *player) save(keep time.Duration) {
	s := p.server
	s.later(func() {
		p.mu.Lock()
		text := mustJSON(record{Node: s.node, Who: p.who, At: p.at, Score: p.score, Habits: p.habits, Place: p.place})
		gone := p.gone
		p.mu.Unlock()
		if !gone {
			s.note(s.lobby.SavePlayer(s.ctx, p.token, text, keep))
		}
	})
}

// scored takes over what a game has brought.
func (p *player) scored(score game.Score, habits game.Habits) {
	p.mu.Lock()
	p.score, p.habits = score, habits
	p.mu.Unlock()
	p.save(recordTime)
}

// send sends an event to the player, if connected.
func (p *player) send(m *sio.Message) {
	p.mu.Lock()
	socket := p.socket
	p.mu.Unlock()
	if socket != nil {
		_ = socket.Send(m) // the connection may have ended
	}
}

// emit is send for one player alone.
func (p *player) emit(event string, payload json.RawMessage) {
	if m, err := p.server.main.Encode(event, payload); err == nil {
		p.send(m)
	}
}

// attach gives the player a connection, instead of the one before. It reports
// false when the time to come back has just ended.
func (p *player) attach(socket *sio.Socket) bool {
	p.mu.Lock()
	if p.gone {
		p.mu.Unlock()
		return false
	}
	old := p.socket
	p.socket = socket
	if p.expiry != nil {
		p.expiry.Stop()
		p.expiry = nil
	}
	p.mu.Unlock()
	socket.SetValue(p)
	if old != nil && old != socket {
		old.Close()
	}
	return true
}

// detach says that a connection has ended. The seat is kept for a while.
func (p *player) detach(socket *sio.Socket) {
	p.mu.Lock()
	if p.socket != socket || p.gone {
		p.mu.Unlock()
		return // another has taken over
	}
	p.socket = nil
	p.expiry = time.AfterFunc(p.server.opt.ResumeTime, p.expire)
	place, r := p.place, p.room
	p.mu.Unlock()
	s := p.server
	p.save(s.opt.ResumeTime)
	s.later(func() { s.note(s.lobby.Leave(s.ctx, p.token)) })
	if r != nil {
		r.drop(p.token)
	} else if place.Room != "" {
		s.post(place.Node, message{Request: &request{Kind: askDrop, Room: place.Room, Player: p.token}})
	}
}

// expire ends the time to come back.
func (p *player) expire() {
	p.acts.Lock()
	defer p.acts.Unlock()
	p.mu.Lock()
	if p.socket != nil || p.gone {
		p.mu.Unlock()
		return
	}
	p.gone = true
	p.mu.Unlock()
	p.leave()
	p.server.forget(p)
}

// leave gives the player's seat up; acts is held.
func (p *player) leave() {
	place, r := p.where()
	p.setPlace(Place{}, nil)
	if r != nil {
		r.leave(p.token)
	} else if place.Room != "" {
		p.server.ask(place, request{Kind: askLeave, Player: p.token})
	}
}
