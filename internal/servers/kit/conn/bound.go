package conn

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Bounds are how many connections may be open at the same time.
type Bounds struct {
	// Total is for all; others are kept by the operating system, and the rest
	// sees a full queue. 0 is no limit.
	Total int
	// Each is for one client; others are closed. 0 is no limit.
	Each int
	// Client is what counts as one client, or the zero Addr for one that Each
	// does not bind; nil is the address.
	Client func(netip.Addr) netip.Addr
}

// Listener accepts connections within bounds, and knows those that are open.
type Listener struct {
	net.Listener
	bounds  Bounds
	places  chan struct{} // nil without a limit
	closed  chan struct{}
	once    sync.Once
	refused atomic.Int64

	mu      sync.Mutex
	open    map[net.Conn]bool
	clients map[netip.Addr]int
}

// Bound puts bounds on the connections of ln.
func Bound(ln net.Listener, b Bounds) *Listener {
	l := &Listener{
		Listener: ln, bounds: b, closed: make(chan struct{}),
		open: make(map[net.Conn]bool), clients: make(map[netip.Addr]int),
	}
	if b.Total > 0 {
		l.places = make(chan struct{}, b.Total)
	}
	return l
}

// Accept waits for a place and for a connection.
func (l *Listener) Accept() (net.Conn, error) {
	if l.places != nil {
		select {
		case l.places <- struct{}{}:
		case <-l.closed:
			return nil, net.ErrClosed
		}
	}
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.leave()
			return nil, err
		}
		if bound := l.admit(c); bound != nil {
			return bound, nil
		}
		l.refused.Add(1)
		c.Close()
	}
}

// admit returns nil when the client of c has enough connections already.
func (l *Listener) admit(c net.Conn) net.Conn {
	client := l.client(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if client.IsValid() {
		if l.clients[client] >= l.bounds.Each {
			return nil
		}
		l.clients[client]++
	}
	var bound net.Conn
	if tcp, ok := c.(*net.TCPConn); ok {
		bound = &tcpConn{TCPConn: tcp, place: place{l: l, client: client}}
	} else {
		bound = &otherConn{Conn: c, place: place{l: l, client: client}}
	}
	l.open[bound] = true
	return bound
}

func (l *Listener) client(c net.Conn) netip.Addr {
	if l.bounds.Each <= 0 {
		return netip.Addr{}
	}
	a, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	client := a.Addr().Unmap()
	if l.bounds.Client != nil {
		return l.bounds.Client(client)
	}
	return client
}

func (l *Listener) leave() {
	if l.places != nil {
		<-l.places
	}
}

// Close stops accepting; what is open stays.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// CloseConns closes every connection that is still open: those that the server
// has given away, which its Shutdown does not know.
func (l *Listener) CloseConns() {
	l.mu.Lock()
	open := make([]net.Conn, 0, len(l.open))
	for c := range l.open {
		open = append(open, c)
	}
	l.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
}

// Open is how many connections there are.
func (l *Listener) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

// Refused is how many connections have been closed because their client had
// enough.
func (l *Listener) Refused() int64 { return l.refused.Load() }

// place is given back once.
type place struct {
	l      *Listener
	client netip.Addr
	once   sync.Once
}

func (p *place) leave(c net.Conn) {
	p.once.Do(func() {
		p.l.mu.Lock()
		delete(p.l.open, c)
		if p.client.IsValid() {
			if p.l.clients[p.client]--; p.l.clients[p.client] == 0 {
				delete(p.l.clients, p.client)
			}
		}
		p.l.mu.Unlock()
		p.l.leave()
	})
}

// tcpConn keeps what only TCP connections have: lingering, and copies that the
// system makes.
type tcpConn struct {
	*net.TCPConn
	place place
}

func (c *tcpConn) Close() error {
	defer c.place.leave(c)
	return c.TCPConn.Close()
}

type otherConn struct {
	net.Conn
	place place
}

func (c *otherConn) Close() error {
	defer c.place.leave(c)
	return c.Conn.Close()
}
