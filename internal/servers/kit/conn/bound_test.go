package conn

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"
)

// listener gives what dial puts in.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// from is one end of a connection that seems to come from an address.
type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

func (p *pipes) dial(addr string) net.Conn {
	here, there := net.Pipe()
	p.conns <- from{there, net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(addr), 1))}
	return here
}

func TestBoundTotal(t *testing.T) {
	p := &pipes{conns: make(chan net.Conn, 3), closed: make(chan struct{})}
	l := Bound(p, Bounds{Total: 2})
	for range 3 {
		p.dial("192.0.2.1")
	}
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Accept(); err != nil {
		t.Fatal(err)
	}
	third := make(chan error)
	go func() {
		_, err := l.Accept()
		third <- err
	}()
	select {
	case err := <-third:
		t.Fatalf("a third connection, %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	first.Close()
	first.Close() // gives its place back once
	if err := <-third; err != nil || l.Open() != 2 {
		t.Errorf("%d are open, %v", l.Open(), err)
	}
	go func() {
		_, err := l.Accept()
		third <- err
	}()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-third; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the waiting one: %v", err)
	}
	l.CloseConns()
	if l.Open() != 0 {
		t.Errorf("%d are open", l.Open())
	}
}

func TestBoundEach(t *testing.T) {
	p := &pipes{conns: make(chan net.Conn, 8), closed: make(chan struct{})}
	trusted := netip.MustParseAddr("127.0.0.1")
	l := Bound(p, Bounds{Each: 1, Client: func(a netip.Addr) netip.Addr {
		if a == trusted {
			return netip.Addr{}
		}
		return a
	}})
	p.dial("192.0.2.1")
	refused := p.dial("192.0.2.1")
	p.dial("::ffff:192.0.2.2")
	p.dial("127.0.0.1")
	p.dial("127.0.0.1")
	var open []net.Conn
	for range 4 {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	if _, err := refused.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the second of a client: %v", err)
	}
	if l.Refused() != 1 || l.Open() != 4 {
		t.Errorf("%d refused, %d open", l.Refused(), l.Open())
	}
	open[0].Close()
	p.dial("192.0.2.1")
	if _, err := l.Accept(); err != nil {
		t.Errorf("after the first has gone: %v", err)
	}
	l.CloseConns()
	if len(l.clients) != 0 {
		t.Errorf("%d clients are remembered", len(l.clients))
	}
}
