package lobby

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/wecos-go/wecos/internal/servers/rps"
)

const (
	// beatTime is the time between two heartbeats, and lifetime how long a node
	// lives after one. A death is told after the sum, and a moment.
	beatTime = 400 * time.Millisecond
	lifetime = 3 * time.Second
	// gapTime between two heartbeats is an outage: of Redis, or of this node.
	gapTime = 2 * time.Second
	// graceTime is for how long after one nobody is late who has not been seen
	// since.
	graceTime = 2 * lifetime
	// maxUnheard is how many heartbeats a node need not hear of before it
	// subscribes anew.
	maxUnheard = 8
)

// What comes over a node's channel begins with its kind.
const (
	kindCall    = "c" // of the node to itself: the channel works
	kindMessage = "m"
)

// errUnheard is for messages that nobody received.
var errUnheard = errors.New("the node does not hear")

// Send implements rps.Lobby.
func (l *Lobby) Send(ctx context.Context, node string, message []byte) error {
	return l.call(ctx, "send", func(ctx context.Context) error {
		text := append([]byte(kindMessage), message...)
		heard, err := send.Run(ctx, l.client, []string{l.key("nodes")}, node, l.channel(node), text).Int()
		switch {
		case err != nil:
			return err
		case heard == sentToDead, heard == sentToUnknown && !l.knows(node):
			return rps.ErrNotFound
		case heard <= 0:
			// After a restart of Redis it takes a moment.
			return errUnheard
		}
		l.saw(node)
		return nil
	})
}

// knows tells whether a node lived when it was last seen.
func (l *Lobby) knows(node string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.known[node]
	return known
}

// saw notes that a node has heard a message: it may be younger than the last
// heartbeat.
func (l *Lobby) saw(node string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.known[node]; !known && node != l.node {
		l.known[node] = time.Now()
	}
}

// pulse is what a heartbeat told.
type pulse struct {
	before int            // wasAlive, …
	nodes  map[string]int // 1 lives, 0 is late, -1 is dead; without oneself
}

// beat keeps this node alive.
func (l *Lobby) beat(ctx context.Context) (p pulse, err error) {
	err = l.try(ctx, "keep the node alive", func(ctx context.Context) error {
		keys := []string{l.key("nodes"), l.key("on:" + l.node), l.key("geo:" + l.node)}
		reply, err := beat.Run(ctx, l.client, keys, l.node, lifetime.Microseconds(), l.channel(l.node), kindCall).Slice()
		if err != nil {
			return err
		}
		p, err = parsePulse(reply)
		delete(p.nodes, l.node)
		return err
	})
	if err == nil {
		l.rests.Store(0)
	}
	return p, err
}

func parsePulse(reply []any) (p pulse, err error) {
	bad := fmt.Errorf("a heartbeat of %d values", len(reply))
	if len(reply)%2 != 1 {
		return p, bad
	}
	before, ok := reply[0].(int64)
	if !ok {
		return p, bad
	}
	p = pulse{before: int(before), nodes: map[string]int{}}
	for i := 1; i < len(reply); i += 2 {
		node, isText := reply[i].(string)
		state, isNumber := reply[i+1].(int64)
		if !isText || !isNumber {
			return p, bad
		}
		p.nodes[node] = int(state)
	}
	return p, nil
}

// bury declares a node dead, unless it lives after all. A node may say so of
// itself.
func (l *Lobby) bury(ctx context.Context, node string, itself bool) (dead bool, err error) {
	sure := "0"
	if itself {
		sure = "1"
	}
	err = l.try(ctx, "end a node", func(ctx context.Context) (err error) {
		keys := []string{l.key("nodes"), l.key("on:" + node), l.key("geo:" + node)}
		dead, err = bury.Run(ctx, l.client, keys, node, sure).Bool()
		return err
	})
	return dead, err
}

// Run implements rps.Lobby.
func (l *Lobby) Run(ctx context.Context, receive func([]byte), died func(string)) error {
	w := &watch{lobby: l, died: died}
	var inbox *redis.PubSub
	defer func() { _ = inbox.Close() }()
	var messages <-chan *redis.Message
	listen := func() {
		if inbox != nil {
			_ = inbox.Close() // it was deaf
		}
		// The channel subscribes again after Redis was away.
		inbox = l.client.Subscribe(ctx, l.channel(l.node))
		messages = inbox.Channel(redis.WithChannelSize(1000))
		w.unheard = 0
	}
	listen()
	tick := time.NewTicker(beatTime)
	defer tick.Stop()
	w.beat(ctx)
	for {
		select {
		case m, ok := <-messages:
			switch {
			case !ok:
				messages = nil // the next heartbeats find out
			case m.Payload == kindCall:
				w.unheard = 0
			case len(m.Payload) > 0:
				receive([]byte(m.Payload[len(kindMessage):]))
			}
		case <-tick.C:
			w.beat(ctx)
			// Not by the clock: after an outage the old subscription may be back,
			// and have messages.
			if w.unheard > maxUnheard {
				listen()
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// watch is what Run knows of the nodes.
type watch struct {
	lobby *Lobby
	died  func(string)
	last  time.Time // heartbeat
	since time.Time // when heartbeats began to come without a gap
	lost  bool      // the last heartbeat failed
	// unheard are the heartbeats since the node last heard itself.
	unheard int
}

// beat keeps the node alive, and looks who has died. Nobody is declared dead by
// who was away itself: after an outage of Redis all nodes are late, and get the
// time to come back.
func (w *watch) beat(ctx context.Context) {
	l := w.lobby
	p, err := l.beat(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		if !w.lost {
			l.log.Warn("the lobby is lost; games go on at this node", "error", err)
		}
		w.lost = true
		return
	}
	if w.lost {
		l.log.Info("the lobby is back")
		w.lost = false
	}
	now := time.Now()
	if now.Sub(w.last) > gapTime || p.before != wasAlive {
		w.since = now
	}
	w.last = now
	w.unheard++
	l.renote(ctx, p.before != wasAlive)
	for _, node := range w.dead(ctx, p, now) {
		w.died(node)
	}
}

// dead are the nodes that have died since the last time. A node that was itself
// declared dead, because it stood still, is parted from all others.
func (w *watch) dead(ctx context.Context, p pulse, now time.Time) (dead []string) {
	l := w.lobby
	var late []string
	l.mu.Lock()
	for node, seen := range l.known {
		state := p.nodes[node] // late, when Redis has lost it
		switch {
		case p.before == wasDeclared || state < 0:
			dead = append(dead, node)
		case state == 0 && (!seen.Before(w.since) || now.Sub(w.since) >= graceTime):
			late = append(late, node)
		}
	}
	l.mu.Unlock()
	for _, node := range late {
		if gone, err := l.bury(ctx, node, false); err == nil && gone {
			dead = append(dead, node)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, node := range dead {
		delete(l.known, node)
	}
	for node, state := range p.nodes {
		if state > 0 {
			l.known[node] = now
		}
	}
	return dead
}
