package rps

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/sio"
)

// maxWrong is how much a connection may send that is not understood.
const maxWrong = 20

// handle sets what events do. A player's connection has the player for its
// value; before hello it has none.
func (s *Server) handle() {
	s.on("hello", s.hello)
	s.on("join", s.withPlayer(func(p *player, _ *sio.Event) error { return s.join(p) }))
	s.on("leave", s.withPlayer(func(p *player, _ *sio.Event) error {
		p.acts.Lock()
		defer p.acts.Unlock()
		p.leave()
		return nil
	}))
	s.on("choice", s.withPlayer(func(p *player, e *sio.Event) error {
		c, err := parseChoice(e)
		if err != nil {
			return err
		}
		place, r := p.where()
		if r != nil {
			return r.choose(p.token, c)
		}
		return s.askSeat(place, request{Kind: askChoose, Player: p.token, Choice: c})
	}))
	s.on("face", s.withPlayer(func(p *player, e *sio.Event) error {
		face, err := parseFace(e)
		if err != nil {
			return err
		}
		place, r := p.where()
		if r != nil {
			return r.face(p.token, face)
		}
		return s.askSeat(place, request{Kind: askFace, Player: p.token, Face: face})
	}))
	s.main.OnOther(func(socket *sio.Socket, e *sio.Event) { s.wrong(socket, e, errUnknown) })
	s.main.OnDisconnect(func(socket *sio.Socket, _ sio.Reason) {
		if p, ok := socket.Value().(*player); ok {
			p.detach(socket)
		}
	})
}

// on sets an event's handler, with what all have in common.
func (s *Server) on(event string, do func(*sio.Socket, *sio.Event) error) {
	s.main.On(event, func(socket *sio.Socket, e *sio.Event) {
		start := time.Now()
		if err := do(socket, e); err != nil {
			s.wrong(socket, e, err)
		} else if e.WantsAck() {
			_ = e.Ack() // the connection may have ended
		}
		s.metrics.seconds.Observe(time.Since(start).Seconds())
	})
}

func (s *Server) withPlayer(do func(*player, *sio.Event) error) func(*sio.Socket, *sio.Event) error {
	return func(socket *sio.Socket, e *sio.Event) error {
		p, ok := socket.Value().(*player)
		if !ok {
			return errNotHello
		}
		return do(p, e)
	}
}

// wrong tells a client what it should not have sent. One that goes on is
// disconnected.
func (s *Server) wrong(socket *sio.Socket, e *sio.Event, err error) {
	input, ok := asInput(err)
	if !ok {
		input = errNoLobby
	}
	s.metrics.wrong.Inc()
	reply := mustJSON(struct {
		Event   string `json:"event"`
		Message string `json:"message"`
	}{e.Name[:min(len(e.Name), maxUID)], input.Error()})
	_ = socket.Emit("refused", reply) // the connection may have ended
	if e.WantsAck() {
		_ = e.Ack(reply)
	}
	if s.countWrong(socket) > maxWrong {
		socket.Close()
	}
}

// faults counts what was wrong on a connection before hello; a player counts
// for itself.
type faults struct{ n int }

// countWrong is called by handlers of one connection, one after the other.
func (s *Server) countWrong(socket *sio.Socket) int {
	switch v := socket.Value().(type) {
	case *player:
		v.mu.Lock()
		defer v.mu.Unlock()
		v.wrong++
		return v.wrong
	case *faults:
		v.n++
		return v.n
	}
	socket.SetValue(&faults{n: 1})
	return 1
}

// hello makes a player of a connection, or gives it the one it had.
func (s *Server) hello(socket *sio.Socket, e *sio.Event) error {
	h, at, err := parseHello(e)
	if err != nil {
		return err
	}
	p, known := socket.Value().(*player)
	back := false
	if !known {
		p = s.resume(h.Resume)
		if back = p != nil && p.attach(socket); !back {
			p = &player{server: s, token: newToken()}
			s.addPlayer(p)
			p.attach(socket)
		}
	}
	p.mu.Lock()
	p.wrong = 0
	p.at = at
	if p.place.Room == "" { // whom the others play with does not change
		p.who = h.User
	}
	p.mu.Unlock()
	p.save(recordTime)
	s.greet(socket, p, at)
	if back {
		s.reseat(p)
	}
	return nil
}

// greet notes that the player is online, and says how many others are.
func (s *Server) greet(socket *sio.Socket, p *player, at *Position) {
	ctx, cancel := s.lobbyContext()
	defer cancel()
	s.note(s.lobby.Enter(ctx, p.token, at))
	n, err := s.lobby.Nearby(ctx, p.token, at)
	s.note(err)
	hi := mustJSON(struct {
		Message string `json:"message"`
		Nearby  int    `json:"nearby"`
		Resume  string `json:"resume"`
	}{"welcome", n, p.token})
	_ = socket.Emit("hi", hi) // the connection may have ended
}

// resume finds the player that a token stands for, here or at another node. It
// returns nil when the time to come back is over.
func (s *Server) resume(token string) *player {
	if token == "" {
		return nil
	}
	if p := s.playerOf(token); p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.gone {
			return nil
		}
		return p
	}
	ctx, cancel := s.lobbyContext()
	defer cancel()
	text, err := s.lobby.TakePlayer(ctx, token)
	var was record
	if err != nil || json.Unmarshal(text, &was) != nil {
		if !errors.Is(err, ErrNotFound) {
			s.note(err)
		}
		return nil
	}
	p := &player{
		server: s, token: token, who: was.Who, at: was.At, score: was.Score, habits: was.Habits, place: was.Place,
	}
	if p.place.Room != "" && p.place.Node == s.node {
		p.room = s.roomOf(p.place.Room)
	}
	s.addPlayer(p)
	if was.Node != s.node {
		s.post(was.Node, message{Moved: token})
	}
	return p
}

// reseat gives a player who came back the seat that was kept.
func (s *Server) reseat(p *player) {
	place, r := p.where()
	switch {
	case place.Room == "":
	case r != nil:
		if !r.back(p.token, s.node, p) {
			p.setPlace(Place{}, nil)
		}
	case place.Node == s.node: // the room has ended
		p.setPlace(Place{}, nil)
	default:
		if !s.ask(place, request{Kind: askBack, Player: p.token}) {
			s.ended(p, place)
		}
	}
}

// join seats a player, or starts the next game of one who is seated.
func (s *Server) join(p *player) error {
	p.acts.Lock()
	defer p.acts.Unlock()
	place, r := p.where()
	switch {
	case r != nil && r.again(p.token):
		return nil
	case r == nil && place.Room != "" && s.ask(place, request{Kind: askAgain, Player: p.token}):
		return nil // the answer says if there is no seat any more
	}
	p.setPlace(Place{}, nil)
	return s.seek(p)
}

// seek finds a seat for a player who has none; acts is held.
func (s *Server) seek(p *player) error {
	const attempts = 5 // a room may fill up, or its node die, in between
	for range attempts {
		opener := p.seat()
		r := newRoom(s, opener)
		s.addRoom(r)
		place := s.find(p, r)
		if place.New {
			p.setPlace(place, r)
			r.opened()
			return nil
		}
		s.discard(r)
		if place.Node != s.node {
			p.setPlace(place, nil)
			if s.ask(place, request{Kind: askSit, Player: p.token, Seat: newSitter(opener)}) {
				return nil
			}
			continue
		}
		r = s.roomOf(place.Room)
		if r == nil {
			continue
		}
		p.setPlace(place, r)
		if r.sit(opener) == nil {
			return nil
		}
	}
	p.setPlace(Place{}, nil)
	return errNoLobby
}

// find asks the lobby for a seat. If it cannot be reached, people of one node
// do not meet those of others, and play against robots.
func (s *Server) find(p *player, r *room) Place {
	ctx, cancel := s.lobbyContext()
	defer cancel()
	place, err := s.lobby.Join(ctx, Offer{
		Room: r.id, Free: s.opt.RoomSize - 1, Player: p.token, UIDs: []string{r.seats[0].who.UID.text},
	})
	s.note(err)
	if err != nil {
		return Place{Room: r.id, Node: s.node, New: true}
	}
	return place
}

// discard forgets a room that was not needed.
func (s *Server) discard(r *room) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = closed
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.rooms, r.id)
}
