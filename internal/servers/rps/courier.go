package rps

import (
	"errors"
	"time"
)

const (
	// holdTime is how long a message waits for a node that does not hear: long
	// enough for a restart of what nodes share.
	holdTime = 15 * time.Second
	// retryTime is the time between two attempts.
	retryTime = 250 * time.Millisecond
)

// posted is a message on its way to a node.
type posted struct {
	node    string
	message message
	until   time.Time // when it is worth nothing any more
}

// courier takes messages to other nodes, those for one node in their order. A
// node that does not hear at the moment keeps no other waiting.
type courier struct {
	send func(node string, m message) error
	drop func() // counts a message that was given up
	held map[string][]posted
	n    int // of all held
}

// run takes what comes, until quit; then it tries once more.
func (c *courier) run(quit chan struct{}, outbox chan posted) {
	c.held = map[string][]posted{}
	tick := time.NewTicker(retryTime)
	defer tick.Stop()
	for {
		var again <-chan time.Time
		if c.n > 0 {
			again = tick.C
		}
		select {
		case m := <-outbox:
			c.take(m)
		case <-again:
			c.retry()
		case <-quit:
			empty(quit, outbox, c.take)
			c.retry()
			return
		}
	}
}

// take sends a message, or holds it.
func (c *courier) take(m posted) {
	switch {
	case len(c.held[m.node]) == 0 && c.sent(m):
	case c.n >= queued:
		c.drop()
	default:
		c.held[m.node] = append(c.held[m.node], m)
		c.n++
	}
}

// sent reports whether a message has arrived, or never will.
func (c *courier) sent(m posted) bool {
	err := c.send(m.node, m.message)
	return err == nil || errors.Is(err, ErrNotFound)
}

// retry sends what is held.
func (c *courier) retry() {
	for node, list := range c.held {
		for len(list) > 0 && (c.expired(list[0]) || c.sent(list[0])) {
			list = list[1:]
			c.n--
		}
		if len(list) == 0 {
			delete(c.held, node)
		} else {
			c.held[node] = list
		}
	}
}

func (c *courier) expired(m posted) bool {
	if time.Now().Before(m.until) {
		return false
	}
	c.drop()
	return true
}
