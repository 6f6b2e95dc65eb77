// Package conn bounds what the connections of an HTTP server may do: how many
// are open, how slow they are, and how they end.
//
// It never reads a request and knows nothing of what is served.
package conn

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// AddrInUseError says that another program listens on the address.
type AddrInUseError struct {
	Addr string
	Err  error
}

func (e *AddrInUseError) Error() string {
	return fmt.Sprintf("the address %s is in use by another program", e.Addr)
}

// Unwrap returns the cause.
func (e *AddrInUseError) Unwrap() error { return e.Err }

// Listen listens on addr, which is host:port; port 0 picks a free one. The error
// is an *AddrInUseError when the port is taken.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil && addrInUse(err) {
		return nil, &AddrInUseError{Addr: addr, Err: err}
	}
	return ln, err
}

// Reachable is an address that a client on this computer can use.
func Reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// DropUnused lets srv close the connections on which no request has come yet
// when it shuts down. Clients open them in reserve, and Shutdown would wait five
// seconds for them. It takes the server's ConnState.
func DropUnused(srv *http.Server) {
	unused := &unusedConns{conns: make(map[net.Conn]bool)}
	srv.ConnState = unused.note
	srv.RegisterOnShutdown(unused.close)
}

type unusedConns struct {
	mu    sync.Mutex
	ended bool
	conns map[net.Conn]bool
}

func (u *unusedConns) note(c net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, c)
	case u.ended:
		c.Close()
	default:
		u.conns[c] = true
	}
}

func (u *unusedConns) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	for c := range u.conns {
		c.Close()
	}
}
