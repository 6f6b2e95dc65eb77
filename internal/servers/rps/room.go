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

// user is how clients see a seat.
type user struct {
	profile
	Choice *game.Choice `json:"choice"`
	scores
}

type scores struct {
	Round  int `json:"roundScore"`
	Total  int `json:"totalScore"`
	Streak int `json:"winStreak"`
}

func (s *seat) user() user {
	return user{profile: s.who, scores: scores{0, s.score.Total, s.score.Streak}}
}

// score1 is a seat's line of a result. The order of its fields is the
// original's.
type score1 struct {
	UID uid `json:"uid"`
	scores
	Choice *game.Choice `json:"choice"`
}

func (s *seat) line() score1 {
	l := score1{UID: s.who.UID, scores: scores(s.score)}
	if s.choice != game.None {
		l.Choice = &s.choice
	}
	return l
}

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

type movement struct {
	UID      uid             `json:"uid"`
	Movement string          `json:"movement"`
	Face     json.RawMessage `json:"face,omitempty"`
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

func resultJSON(lines []score1) json.RawMessage {
	return mustJSON(struct {
		Result []score1 `json:"result"`
	}{lines})
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

// leave is for good. During a game it is a defeat, and the seat stays without a
// choice, so that the others get a result with it.
func (r *room) leave(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.of(token)
	if s == nil {
		return
	}
	if s.expiry != nil {
		s.expiry.Stop()
	}
	if r.phase == playing {
		s.choice = game.None
		s.score = s.score.Next(-1)
		r.server.scored(s)
	}
	s.left = true
	r.tell("leave", mustJSON(struct {
		UID uid `json:"uid"`
	}{s.who.UID}), s)
	if r.closeEmpty() || r.phase == playing {
		return
	}
	r.seats = slices.DeleteFunc(r.seats, func(other *seat) bool { return other == s })
	r.tellRoom()
	if r.phase == waiting {
		r.offer() // the seat is free again
	}
}

// again is a join of somebody who is seated. It reports whether the player
// stays here; the seat is gone if not.
func (r *room) again(token string) (stays bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.of(token)
	switch {
	case s == nil || r.phase == closed:
		return false
	case r.phase != resting:
		return true // it is under way
	case len(r.seats) == r.server.opt.RoomSize:
		r.play()
		return true
	case len(r.seats) == 1:
		// The partners have gone. Alone here one would wait for nobody.
		s.left = true
		r.closeEmpty()
		return false
	}
	r.phase = waiting
	r.late = false
	r.tellRoom()
	r.offer()
	return true
}

// offer opens the room for others; mu is held.
func (r *room) offer() {
	offer := Offer{Room: r.id, Free: r.server.opt.RoomSize - len(r.seats)}
	for _, s := range r.seats {
		offer.UIDs = append(offer.UIDs, s.who.UID.text)
	}
	r.server.open(offer)
	r.awaitRobots()
}

// drop says that a player's connection is gone. The player's node says when
// the time to come back is over.
func (r *room) drop(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.of(token); s != nil {
		s.away = true
	}
}

// back seats a player again who was away, or changed the node, and tells what
// has happened. It reports whether there was a seat.
func (r *room) back(token, node string, p *player) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.of(token)
	if s == nil {
		return false
	}
	if s.expiry != nil {
		s.expiry.Stop()
		s.expiry = nil
	}
	s.node, s.player, s.away = node, p, false
	r.tellOne(s, "room", r.state())
	switch {
	case r.phase == playing:
		r.tellOne(s, "start", resumedStart(r.start, r.ends))
	case s.missed:
		r.tellOne(s, "start", resumedStart(r.start, r.ends))
		r.tellOne(s, "result", r.result)
	}
	s.missed = false
	return true
}

// resumedStart is a start for somebody who comes later: with what is left of
// the time.
func resumedStart(start json.RawMessage, ends time.Time) json.RawMessage {
	var m struct {
		GameTime seconds         `json:"gameTime"`
		Users    json.RawMessage `json:"roomUsers"`
	}
	if json.Unmarshal(start, &m) != nil {
		return start
	}
	m.GameTime = seconds(max(0, time.Until(ends)))
	return mustJSON(m)
}

// orphan is drop for the players of a node that died, which says nothing more.
func (r *room) orphan(node string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.seats {
		if s.token != "" && s.node == node && !s.left {
			s.away = true
			s.expiry = time.AfterFunc(r.server.opt.ResumeTime, func() { r.leave(s.token) })
		}
	}
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

// seconds is a time as the protocol has it: seconds, whole if they are.
type seconds time.Duration

// MarshalJSON implements json.Marshaler.
func (s seconds) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(time.Duration(s).Milliseconds()) / 1000)
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *seconds) UnmarshalJSON(b []byte) error {
	var f float64
	err := json.Unmarshal(b, &f)
	*s = seconds(f * float64(time.Second))
	return err
}

// mustJSON encodes what this package has made, which always can be.
func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
