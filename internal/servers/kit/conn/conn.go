// Package conn bounds what the connections of an HTTP server may do: how many
// are open, how slow they are, and how they end.
//
// It never reads a request and knows nothing of what is served.
package conn

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
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

// ListenError says why a server cannot listen on an address.
type ListenError struct {
	Addr string
	Text string // why, as the end of a sentence that begins with the address
	Fix  string // what to do; see Hint
	Err  error
}

func (e *ListenError) Error() string { return "cannot listen on " + e.Addr + ": " + e.Text }

// Unwrap returns the cause.
func (e *ListenError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *ListenError) Hint() string { return e.Fix }

// Listen listens on addr, which is host:port; port 0 picks a free one. The error
// is an *AddrInUseError when the port is taken, else a *ListenError.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case err == nil:
		return ln, nil
	case addrInUse(err):
		return nil, &AddrInUseError{Addr: addr, Err: err}
	}
	return nil, listenError(addr, err)
}

// lowPorts are those that only a privileged program may listen on, on most
// systems.
const lowPorts = 1024

func listenError(addr string, err error) error {
	e := &ListenError{Addr: addr, Text: err.Error(), Fix: "an address of this computer looks like 127.0.0.1:9993", Err: err}
	if network, ok := errors.AsType[*net.OpError](err); ok {
		e.Text = network.Err.Error()
	}
	_, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	lookup, isLookup := errors.AsType[*net.DNSError](err)
	switch {
	case errors.Is(err, fs.ErrPermission) && n < lowPorts:
		e.Text = "permission denied"
		e.Fix = "ports below 1024 are for root: choose a higher one, with a proxy in front, or give the program CAP_NET_BIND_SERVICE"
	case errors.Is(err, fs.ErrPermission):
		e.Text, e.Fix = "permission denied", "choose another port; 0 is any free one"
	case isLookup:
		e.Text = "no computer is known by the name " + lookup.Name
	case addrNotHere(err):
		e.Text, e.Fix = "this computer does not have this address", "0.0.0.0 in place of the host is every address of this computer"
	}
	return e
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
