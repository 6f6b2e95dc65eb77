package rps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
)

// model is the game as servers.md tells it, one thing after the other: what
// everybody must be told after each step, and nothing else.
type model struct {
	size   int
	now    time.Duration
	people []*modelPerson
	open   []*modelRoom // longest open first
}

type modelPerson struct {
	uid     string
	online  bool // a connection
	hello   bool // on that connection
	known   bool // a player, whose token is good
	wrong   int
	score   game.Score
	room    *modelRoom
	expires time.Duration // while away
	told    []string      // since the last step
}

type modelRoom struct {
	seats  []*modelSeat
	phase  phase
	due    time.Duration // of robots, or of the end
	start  string
	result string // the last one, as it was told
}

type modelSeat struct {
	uid    string
	person *modelPerson // nil is a robot
	choice game.Choice
	score  game.Score
	left   bool
	missed bool
}

func (m *model) seatOf(p *modelPerson) *modelSeat {
	if p.room != nil {
		for _, s := range p.room.seats {
			if s.person == p && !s.left {
				return s
			}
		}
	}
	return nil
}

func (r *modelRoom) tell(text string, but *modelSeat) {
	for _, s := range r.seats {
		if s != but && s.person != nil && !s.left && s.person.hello {
			s.person.told = append(s.person.told, text)
		}
	}
}

func (r *modelRoom) text() string {
	var uids []string
	for _, s := range r.seats {
		uids = append(uids, fmt.Sprintf("%s:%d:%d", s.uid, s.score.Total, s.score.Streak))
	}
	return "room " + strings.Join(uids, ",")
}

func (m *model) hear(p *modelPerson, resumed bool) {
	was := p.known
	p.hello, p.wrong = true, 0
	if !resumed {
		// A stranger.
		p.known, p.score = true, game.Score{}
		if p.room != nil {
			panic("a stranger with a seat")
		}
	}
	others := 0
	for _, other := range m.people {
		if other != p && other.hello {
			others++
		}
	}
	p.told = append(p.told, fmt.Sprintf("hi %d", others))
	if !resumed || !was {
		return
	}
	if s := m.seatOf(p); s != nil {
		r := p.room
		p.told = append(p.told, r.text())
		switch {
		case r.phase == playing:
			p.told = append(p.told, r.start)
		case s.missed:
			p.told = append(p.told, r.start, r.result)
		}
		s.missed = false
	}
}

func (m *model) refuse(p *modelPerson, event string) {
	p.told = append(p.told, "refused "+event)
	if p.wrong++; p.wrong > maxWrong {
		m.drop(p)
	}
}

func (m *model) drop(p *modelPerson) {
	p.online = false
	if p.hello {
		p.expires = m.now + 30*time.Second
	}
	p.hello = false
}

func (m *model) join(p *modelPerson) {
	if s := m.seatOf(p); s != nil {
		r := p.room
		switch {
		case r.phase != resting:
			return
		case len(r.seats) == m.size:
			m.play(r)
			return
		case len(r.seats) > 1:
			r.phase = waiting
			r.tell(r.text(), nil)
			m.offer(r)
			return
		}
		r.phase = closed
	}
	p.room = nil
	seat := &modelSeat{uid: p.uid, person: p, score: p.score}
	for i, r := range m.open {
		if slices.ContainsFunc(r.seats, func(s *modelSeat) bool { return s.uid == p.uid }) {
			continue
		}
		r.seats, p.room = append(r.seats, seat), r
		r.tell(r.text(), nil)
		if len(r.seats) == m.size {
			m.open = slices.Delete(m.open, i, i+1)
			m.play(r)
		} else {
			r.due = m.now + time.Second
		}
		return
	}
	p.room = &modelRoom{seats: []*modelSeat{seat}}
	p.room.tell(p.room.text(), nil)
	m.offer(p.room)
}

func (m *model) offer(r *modelRoom) {
	m.close(r)
	m.open = append(m.open, r)
	r.due = m.now + time.Second
}

func (m *model) close(r *modelRoom) {
	m.open = slices.DeleteFunc(m.open, func(o *modelRoom) bool { return o == r })
}

func (m *model) play(r *modelRoom) {
	r.phase, r.due = playing, m.now+3*time.Second
	var texts []string
	for _, s := range r.seats {
		s.choice, s.missed, s.score.Round = game.None, false, 0
		texts = append(texts, fmt.Sprintf("%s:%d:%d", s.uid, s.score.Total, s.score.Streak))
	}
	r.start = "start " + strings.Join(texts, ",")
	r.tell(r.start, nil)
}

func (m *model) leave(p *modelPerson) {
	s, r := m.seatOf(p), p.room
	p.room = nil
	if s == nil {
		return
	}
	if r.phase == playing {
		s.choice, s.score = game.None, s.score.Next(-1)
		p.score = s.score
	}
	s.left = true
	r.tell("leave "+s.uid, s)
	if !slices.ContainsFunc(r.seats, func(s *modelSeat) bool { return s.person != nil && !s.left }) {
		m.close(r)
		r.phase = closed
		return
	}
	if r.phase != playing {
		m.removeLeft(r)
		if r.phase == waiting {
			m.offer(r)
		}
	}
}

func (m *model) removeLeft(r *modelRoom) {
	n := len(r.seats)
	r.seats = slices.DeleteFunc(r.seats, func(s *modelSeat) bool { return s.left })
	if len(r.seats) < n {
		r.tell(r.text(), nil)
	}
}

// rooms are those in which somebody has a seat.
func (m *model) rooms() (all []*modelRoom) {
	for _, p := range m.people {
		if p.room != nil && p.room.phase != closed && !slices.Contains(all, p.room) {
			all = append(all, p.room)
		}
	}
	return all
}

// advance lets time pass. What robots have shown is known from what was told.
func (m *model) advance(d time.Duration, robots func(*modelRoom)) {
	end := m.now + d
	for {
		next := end + 1
		var do func()
		for _, r := range m.rooms() {
			if (r.phase == playing || r.phase == waiting) && r.due < next {
				next, do = r.due, func() { m.due(r, robots) }
			}
		}
		for _, p := range m.people {
			if p.known && !p.hello && p.expires < next {
				next, do = p.expires, func() {
					m.leave(p)
					p.known = false
				}
			}
		}
		if do == nil || next > end {
			break
		}
		m.now = next
		do()
	}
	m.now = end
}

func (m *model) due(r *modelRoom, robots func(*modelRoom)) {
	if r.phase == waiting {
		m.close(r)
		for len(r.seats) < m.size {
			r.seats = append(r.seats, &modelSeat{uid: "robot"})
		}
		r.tell(r.text(), nil)
		m.play(r)
		return
	}
	robots(r)
	r.phase = resting
	choices := make([]game.Choice, len(r.seats))
	for i, s := range r.seats {
		choices[i] = s.choice
	}
	var texts []string
	for i, sum := range game.Sums(choices) {
		s := r.seats[i]
		if !s.left {
			s.score = s.score.Next(sum)
			if s.person != nil {
				s.person.score = s.score
				s.missed = !s.person.hello
			}
		}
		texts = append(texts, fmt.Sprintf("%s:%d:%d:%d:%d", s.uid, s.choice, s.score.Round, s.score.Total, s.score.Streak))
	}
	r.result = "result " + strings.Join(texts, ",")
	r.tell(r.result, nil)
	m.removeLeft(r)
}

// plain is an event that came, in the model's words.
func plain(text string) string {
	if !strings.HasPrefix(text, "42") {
		return text
	}
	var parts []json.RawMessage
	var name string
	var arg struct {
		Nearby        int
		Event         string
		UID, Movement string
		Users         []line
		RoomUsers     []line
		Result        []line
	}
	if json.Unmarshal([]byte(text[2:]), &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[0], &name) != nil || json.Unmarshal(parts[1], &arg) != nil {
		return text
	}
	robot := func(uid string) string {
		uid, _, _ = strings.Cut(uid, "-")
		return uid
	}
	users := func(lines []line, result bool) string {
		var texts []string
		for _, l := range lines {
			t := robot(l.UID)
			if result {
				choice := 0
				if l.Choice != nil {
					choice = *l.Choice
				}
				t += fmt.Sprintf(":%d:%d", choice, l.RoundScore)
			}
			texts = append(texts, fmt.Sprintf("%s:%d:%d", t, l.TotalScore, l.WinStreak))
		}
		return strings.Join(texts, ",")
	}
	switch name {
	case "hi":
		return fmt.Sprintf("hi %d", arg.Nearby)
	case "refused":
		return "refused " + arg.Event
	case "room":
		return "room " + users(arg.Users, false)
	case "start":
		return "start " + users(arg.RoomUsers, false)
	case "result":
		return "result " + users(arg.Result, true)
	case "leave":
		return "leave " + robot(arg.UID)
	case "movement":
		return "movement " + robot(arg.UID) + " " + arg.Movement
	}
	return text
}
