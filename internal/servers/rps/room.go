package rps

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
)

// phase is what happens in a room.
type phase uint8

const (
	waiting phase = iota // for players
	playing
	resting // after a game; the players stay seated
	closed
)

// room is a table and who sits at it. It belongs to this node; its lock guards
// everything, and while it is held nothing else waits.
type room struct {
	server *Server
	id     string

	mu     sync.Mutex
	seats  []*seat // in the order of joining
	phase  phase
	round  int // counts games
	ends   time.Time
	timer  *time.Timer // of the game, or until robots come
	late   bool        // somebody who has a seat has not come in time
	start  json.RawMessage
	result json.RawMessage
}

// seat is a player's place.
type seat struct {
	token  string  // "" is a robot
	node   string  // that the player is connected to
	player *player // if that is this one
	who    profile
	choice game.Choice
	score  game.Score
	habits game.Habits
	away   bool        // the connection is gone; the seat is kept
	missed bool        // a result, while away
	expiry *time.Timer // of a seat whose node died
	left   bool        // for good; the seat stays until the game ends
}

var errFull = errors.New("the room has no seat for the player")

func newRoom(s *Server, opener *seat) *room {
	return &room{server: s, id: newToken(), seats: []*seat{opener}}
}

// opened says that the room is in the lobby.
func (r *room) opened() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != waiting {
		return // somebody came at once
	}
	r.tellRoom()
	r.awaitRobots()
}

// sit seats a player for whom the lobby found the room.
func (r *room) sit(s *seat) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != waiting || len(r.seats) >= r.server.opt.RoomSize || r.of(s.token) != nil {
		return errFull
	}
	r.seats = append(r.seats, s)
	r.late = false
	r.tellRoom()
	if len(r.seats) == r.server.opt.RoomSize {
		r.play()
	} else {
		r.awaitRobots()
	}
	return nil
}

// awaitRobots starts the time until robots come; mu is held.
func (r *room) awaitRobots() {
	r.setTimer(r.server.opt.RobotWait, r.fill)
}

// setTimer replaces the room's timer; mu is held.
func (r *room) setTimer(after time.Duration, do func()) {
	if r.timer != nil {
		r.timer.Stop()
	}
	r.timer = time.AfterFunc(after, do)
}

// fill gives the free seats to robots. A seat that somebody has taken in the
// lobby, but not here, is kept for as long again.
func (r *room) fill() {
	r.mu.Lock()
	if r.phase != waiting {
		r.mu.Unlock()
		return
	}
	r.mu.Unlock()
	free := r.server.take(r.id)
	r.mu.Lock()
	defer r.mu.Unlock()
	missing := r.server.opt.RoomSize - len(r.seats)
	if r.phase != waiting || missing <= 0 {
		return
	}
	if free < missing && !r.late {
		r.late = true
		r.awaitRobots()
	} else {
		free = missing
	}
	for range free {
		r.seats = append(r.seats, r.robot())
	}
	if free > 0 {
		r.tellRoom()
	}
	if len(r.seats) == r.server.opt.RoomSize {
		r.play()
	}
}

// robot is a new one, whose uid nobody here has.
func (r *room) robot() *seat {
	for {
		name := "robot-" + strconv.FormatInt(r.server.robots.Add(1), 10)
		if !slices.ContainsFunc(r.seats, func(s *seat) bool { return s.who.UID.text == name }) {
			return &seat{who: profile{UID: uid{text: name}, Name: name}}
		}
	}
}

// play begins a game; mu is held and all seats are taken.
func (r *room) play() {
	r.phase = playing
	r.round++
	r.ends = time.Now().Add(r.server.opt.GameTime)
	r.result = nil
	users := make([]user, len(r.seats))
	for i, s := range r.seats {
		s.choice, s.missed, s.score.Round = game.None, false, 0
		users[i] = s.user()
	}
	r.start = mustJSON(struct {
		GameTime seconds `json:"gameTime"`
		Users    []user  `json:"roomUsers"`
	}{seconds(r.server.opt.GameTime), users})
	r.tell("start", r.start, nil)
	r.server.metrics.games.Inc()
	r.setTimer(r.server.opt.GameTime, r.settle)
	round := r.round
	for _, s := range r.seats {
		if s.token == "" {
			// Somewhere in the middle of the game, as people do.
			after := time.Duration((0.2 + 0.6*rand.Float64()) * float64(r.server.opt.GameTime))
			time.AfterFunc(after, func() { r.robotChooses(s, round) })
		}
	}
	r.save()
}

// robotChooses is a robot's move in the game that it was planned for.
func (r *room) robotChooses(s *seat, round int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != playing || r.round != round {
		return
	}
	var habits *game.Habits
	for _, other := range r.seats {
		if other.token != "" {
			habits = &other.habits
			break
		}
	}
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	s.choice = game.Robot(random, r.server.opt.RobotStrength, habits)
	r.tell("movement", mustJSON(movement{UID: s.who.UID, Movement: "choice"}), s)
}

// settle ends the game and judges it.
func (r *room) settle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != playing {
		return
	}
	r.phase = resting
	choices := make([]game.Choice, len(r.seats))
	for i, s := range r.seats {
		choices[i] = s.choice
	}
	lines := make([]score1, len(r.seats))
	for i, sum := range game.Sums(choices) {
		s := r.seats[i]
		if !s.left { // who left has lost already
			s.score = s.score.Next(sum)
			s.habits.Note(s.choice)
			s.missed = s.away
		}
		lines[i] = s.line()
	}
	r.result = resultJSON(lines)
	r.tell("result", r.result, nil)
	for _, s := range r.seats {
		if !s.left {
			r.server.scored(s)
		}
	}
	r.save()
	r.removeLeft()
}

// removeLeft frees the seats of those who left in the game; mu is held.
func (r *room) removeLeft() {
	n := len(r.seats)
	r.seats = slices.DeleteFunc(r.seats, func(s *seat) bool { return s.left })
	if len(r.seats) < n && !r.closeEmpty() {
		r.tellRoom()
	}
}

// closeEmpty closes a room without people; mu is held.
func (r *room) closeEmpty() bool {
	if slices.ContainsFunc(r.seats, func(s *seat) bool { return s.token != "" && !s.left }) {
		return false
	}
	r.phase = closed
	if r.timer != nil {
		r.timer.Stop()
	}
	r.server.dropRoom(r)
	return true
}

// of finds a player's seat; mu is held.
func (r *room) of(token string) *seat {
	for _, s := range r.seats {
		if s.token == token && token != "" && !s.left {
			return s
		}
	}
	return nil
}

// choose notes what a player shows; until the game ends it may be changed.
func (r *room) choose(token string, c game.Choice) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.of(token)
	if s == nil || r.phase != playing {
		return errNotPlayed
	}
	s.choice = c
	r.tell("movement", mustJSON(movement{UID: s.who.UID, Movement: "choice"}), s)
	return nil
}

func (r *room) face(token string, face json.RawMessage) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.of(token)
	if s == nil {
		return errNoSeat
	}
	r.tell("movement", mustJSON(movement{UID: s.who.UID, Movement: "face", Face: face}), s)
	return nil
}

// tellRoom tells everybody who is here; mu is held.
func (r *room) tellRoom() { r.tell("room", r.state(), nil) }

func (r *room) state() json.RawMessage {
	users := make([]user, len(r.seats))
	for i, s := range r.seats {
		users[i] = s.user()
	}
	return mustJSON(struct {
		ID    string `json:"roomId"`
		Users []user `json:"users"`
		Full  bool   `json:"full"`
	}{r.id, users, len(r.seats) == r.server.opt.RoomSize})
}

// tell sends an event to everybody but one; mu is held.
func (r *room) tell(event string, payload json.RawMessage, but *seat) {
	r.server.tell(r.id, slices.DeleteFunc(slices.Clone(r.seats), func(s *seat) bool {
		return s == but || s.token == "" || s.left || s.away
	}), event, payload)
}

func (r *room) tellOne(s *seat, event string, payload json.RawMessage) {
	r.server.tell(r.id, []*seat{s}, event, payload)
}

// save keeps what players of other nodes may ask for; mu is held.
func (r *room) save() {
	r.server.saveRoom(r.id, RoomState{Node: r.server.node, Start: r.start, Result: r.result, Ends: r.ends})
}
