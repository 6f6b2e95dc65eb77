package kit

import (
	"net/netip"
	"sync"
	"time"
)

// maxClients bounds the clients that are remembered. Beyond it some are
// forgotten, which lets them ask more often and costs the others nothing.
const maxClients = 1 << 16

// clientRates counts the requests of clients. It is the generic cell rate
// algorithm (ITU-T I.371), which needs one time for each of them.
type clientRates struct {
	every time.Duration // between two requests of a client
	burst time.Duration // how far it may be ahead

	mu   sync.Mutex
	next map[netip.Addr]time.Time // when the client has used up nothing
}

// newClientRates returns nil, which limits nobody, for a rate below zero.
func newClientRates(perSecond, burst int) *clientRates {
	if perSecond < 0 {
		return nil
	}
	return newRates(time.Second/time.Duration(perSecond), max(burst, 1))
}

func newRates(every time.Duration, burst int) *clientRates {
	return &clientRates{every: every, burst: every * time.Duration(burst), next: make(map[netip.Addr]time.Time)}
}

// take is 0 when the client may go on, else the time that it has to wait.
func (c *clientRates) take(client netip.Addr, now time.Time) time.Duration {
	if c == nil || !client.IsValid() {
		return 0
	}
	client = clientKey(client)
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.next[client]
	if next.Before(now) {
		next = now
	}
	next = next.Add(c.every)
	if ahead := next.Sub(now); ahead > c.burst {
		return ahead - c.burst
	}
	if _, known := c.next[client]; !known && len(c.next) >= maxClients {
		c.forget(now)
	}
	c.next[client] = next
	return 0
}

// forget drops the clients that have used up nothing, and some others if that
// is not enough.
func (c *clientRates) forget(now time.Time) {
	for client, next := range c.next {
		if next.Before(now) {
			delete(c.next, client)
		}
	}
	for client := range c.next {
		if len(c.next) < maxClients*3/4 {
			return
		}
		delete(c.next, client)
	}
}
