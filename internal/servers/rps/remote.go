package rps

import (
	"encoding/json"
	"errors"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
)

// message is what nodes tell each other: one of its fields.
type message struct {
	From    string         `json:"from"`
	Request *request       `json:"request,omitempty"`
	Tell    *told          `json:"tell,omitempty"`
	Scored  *scoredMessage `json:"scored,omitempty"`
	Unseat  *unseat        `json:"unseat,omitempty"`
	Moved   string         `json:"moved,omitempty"` // a player who is connected elsewhere now
}

// What is asked of the node that owns a room.
const (
	askSit    = "sit"
	askAgain  = "again"
	askChoose = "choose"
	askFace   = "face"
	askLeave  = "leave"
	askDrop   = "drop"
	askBack   = "back"
)

// request is what a player does in a room of another node.
type request struct {
	Kind   string          `json:"kind"`
	Room   string          `json:"room"`
	Player string          `json:"player"`
	Seat   *sitter         `json:"seat,omitempty"`
	Choice game.Choice     `json:"choice,omitempty"`
	Face   json.RawMessage `json:"face,omitempty"`
}

// sitter is a seat on its way to a room.
type sitter struct {
	Who    profile     `json:"who"`
	Score  game.Score  `json:"score"`
	Habits game.Habits `json:"habits"`
}

func newSitter(s *seat) *sitter { return &sitter{s.who, s.score, s.habits} }

// told is an event for players of another node.
type told struct {
	Room    string          `json:"room"`
	Players []string        `json:"players"`
	Event   string          `json:"event"`
	Payload json.RawMessage `json:"payload"`
}

type scoredMessage struct {
	Player string      `json:"player"`
	Score  game.Score  `json:"score"`
	Habits game.Habits `json:"habits"`
}

// unseat says that a player has no seat in a room, whatever was believed.
type unseat struct {
	Room   string `json:"room"`
	Player string `json:"player"`
	Seek   bool   `json:"seek,omitempty"` // the player wants another
}

// send sends a message to a node, and reports whether that has it.
func (s *Server) send(node string, m message) bool { return s.dispatch(node, m) == nil }

// dispatch sends a message to a node. ErrNotFound is a node that is dead.
func (s *Server) dispatch(node string, m message) error {
	m.From = s.node
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	ctx, cancel := s.lobbyContext()
	defer cancel()
	err = s.lobby.Send(ctx, node, text)
	if !errors.Is(err, ErrNotFound) {
		s.note(err)
	}
	return err
}

// ask sends a request to the owner of a place.
func (s *Server) ask(place Place, q request) bool {
	q.Room = place.Room
	return s.send(place.Node, message{Request: &q})
}

// askSeat is ask for a player who may have no seat.
func (s *Server) askSeat(place Place, q request) error {
	if place.Room == "" {
		return errNoSeat
	}
	if !s.ask(place, q) {
		return errNoSeat
	}
	return nil
}

// receive handles a message of another node. What it does not understand, as
// from a newer version, it leaves.
func (s *Server) receive(text []byte) {
	var m message
	if json.Unmarshal(text, &m) != nil {
		return
	}
	switch {
	case m.Request != nil:
		s.requested(m.From, m.Request)
	case m.Tell != nil:
		s.told(m.Tell)
	case m.Scored != nil:
		if p := s.playerOf(m.Scored.Player); p != nil {
			p.scored(m.Scored.Score, m.Scored.Habits)
		}
	case m.Unseat != nil:
		s.unseated(m.Unseat)
	case m.Moved != "":
		s.moved(m.Moved)
	}
}

// requested does what a player of another node does in a room of this one.
func (s *Server) requested(from string, q *request) {
	none := func(seek bool) {
		s.post(from, message{Unseat: &unseat{Room: q.Room, Player: q.Player, Seek: seek}})
	}
	r := s.roomOf(q.Room)
	if r == nil {
		none(q.Kind == askSit || q.Kind == askAgain)
		return
	}
	switch q.Kind {
	case askSit:
		if q.Seat == nil || q.Seat.Who.check() != nil {
			return
		}
		seat := &seat{token: q.Player, node: from, who: q.Seat.Who, score: q.Seat.Score, habits: q.Seat.Habits}
		if r.sit(seat) != nil {
			none(true)
		}
	case askAgain:
		if !r.again(q.Player) {
			none(true)
		}
	case askBack:
		if !r.back(q.Player, from, nil) {
			none(false)
		}
	case askChoose:
		if q.Choice.Valid() {
			_ = r.choose(q.Player, q.Choice) // too late is no fault
		}
	case askFace:
		_ = r.face(q.Player, q.Face) // as above
	case askLeave:
		r.leave(q.Player)
	case askDrop:
		r.drop(q.Player)
	}
}

// told passes an event on to players of this node.
func (s *Server) told(t *told) {
	m, err := s.main.Encode(t.Event, t.Payload)
	if err != nil {
		return
	}
	for _, token := range t.Players {
		p := s.playerOf(token)
		if p == nil {
			continue
		}
		p.mu.Lock()
		here := p.place.Room == t.Room
		if here {
			switch t.Event {
			case "start":
				p.start, p.inGame = t.Payload, true
			case "result":
				p.inGame = false
			}
		}
		p.mu.Unlock()
		if here {
			p.send(m)
		}
	}
}

// unseated finds another seat for a player, or none.
func (s *Server) unseated(u *unseat) {
	p := s.playerOf(u.Player)
	if p == nil {
		return
	}
	// The lobby may take its time, and other messages wait.
	s.busy.Go(func() {
		p.acts.Lock()
		defer p.acts.Unlock()
		if place, _ := p.where(); place.Room != u.Room {
			return
		}
		p.setPlace(Place{}, nil)
		p.mu.Lock()
		here := p.socket != nil
		p.mu.Unlock()
		if u.Seek && here && s.ctx.Err() == nil && s.seek(p) != nil {
			p.emit("refused", mustJSON(map[string]string{"event": "join", "message": errNoLobby.Error()}))
		}
	})
}

// moved forgets a player who is connected to another node now. The seat is
// not touched.
func (s *Server) moved(token string) {
	p := s.playerOf(token)
	if p == nil {
		return
	}
	p.mu.Lock()
	p.gone = true
	socket := p.socket
	p.socket = nil
	if p.expiry != nil {
		p.expiry.Stop()
	}
	p.mu.Unlock()
	s.forget(p)
	s.later(func() { s.note(s.lobby.Leave(s.ctx, token)) }) // not the one that has come elsewhere
	if socket != nil {
		socket.Close()
	}
}

// died ends what was on a node, and keeps the seats of those who were
// connected to it.
func (s *Server) died(node string) {
	for _, r := range s.allRooms() {
		r.orphan(node)
	}
	for _, p := range s.allPlayers() {
		if place, _ := p.where(); place.Node == node {
			s.busy.Go(func() { s.ended(p, place) })
		}
	}
}

// ended tells a player the result of a game whose node has died: the one that
// was kept, or one in which nobody chose anything.
func (s *Server) ended(p *player, place Place) {
	p.acts.Lock()
	defer p.acts.Unlock()
	p.mu.Lock()
	if p.place != place {
		p.mu.Unlock()
		return
	}
	start, inGame := p.start, p.inGame
	p.mu.Unlock()
	p.setPlace(Place{}, nil)
	ctx, cancel := s.lobbyContext()
	defer cancel()
	state, err := s.lobby.LoadRoom(ctx, place.Room)
	switch {
	case err == nil && state.Result != nil:
		if inGame || start == nil {
			p.emit("result", state.Result)
		}
		return
	case err == nil && state.Start != nil && start == nil:
		start, inGame = state.Start, true
	}
	if inGame {
		p.emit("result", voidResult(start))
	}
}

// voidResult is the result of a game that nobody won.
func voidResult(start json.RawMessage) json.RawMessage {
	var m struct {
		Users []struct {
			UID uid `json:"uid"`
			scores
		} `json:"roomUsers"`
	}
	if json.Unmarshal(start, &m) != nil {
		return resultJSON([]score1{})
	}
	lines := make([]score1, len(m.Users))
	for i, u := range m.Users {
		lines[i] = score1{UID: u.UID, scores: scores{0, u.Total, u.Streak}}
	}
	return resultJSON(lines)
}
