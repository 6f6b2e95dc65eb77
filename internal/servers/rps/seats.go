package rps

import (
	"slices"
	"time"

	"github.com/wecos-go/wecos/internal/servers/rps/game"
)

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
