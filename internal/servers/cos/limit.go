package cos

import (
	"net"
	"sync"
)

// limitListener accepts no more connections while too many are open. Those
// that wait are kept by the operating system, and the rest sees a full queue.
type limitListener struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newLimitListener(ln net.Listener, n int) net.Listener {
	return &limitListener{Listener: ln, places: make(chan struct{}, n), closed: make(chan struct{})}
}

func (l *limitListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &limitedTCP{TCPConn: tcp, place: place{free: l.places}}, nil
	}
	return &limitedConn{Conn: conn, place: place{free: l.places}}, nil
}

func (l *limitListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

// place is given back once.
type place struct {
	free chan struct{}
	once sync.Once
}

func (p *place) leave() { p.once.Do(func() { <-p.free }) }

// limitedTCP keeps what only TCP connections have: lingering, and copies that
// the system makes.
type limitedTCP struct {
	*net.TCPConn
	place
}

func (c *limitedTCP) Close() error {
	defer c.leave()
	return c.TCPConn.Close()
}

type limitedConn struct {
	net.Conn
	place
}

func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
