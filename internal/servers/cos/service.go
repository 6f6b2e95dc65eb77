package cos

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// Service is a store that a person starts on an address.
type Service struct {
	// Options are those of the Server. Without Credentials it is Unsigned.
	Options Options
	// Addr is host:port; port 0 picks a free one.
	Addr string
	// Public allows an address that other computers reach.
	Public bool
	// Listen bounds connections.
	Listen ListenOptions
}

// ExposedError says that a store would be open to other computers.
type ExposedError struct {
	Addr string
	// NoKeys is true when that was allowed, but not without signatures.
	NoKeys bool
}

func (e *ExposedError) Error() string {
	if e.NoKeys {
		return fmt.Sprintf("%s is open to other computers, and there are no keys", e.Addr)
	}
	return fmt.Sprintf("%s is open to other computers", e.Addr)
}

// Hint says what to do.
func (e *ExposedError) Hint() string {
	if e.NoKeys {
		return "give keys in COS_SECRET_ID and COS_SECRET_KEY"
	}
	return "listen on 127.0.0.1, or allow it with --public and keys"
}

// Start serves the store until ctx ends; the returned function waits for the
// end of it. The errors are *ExposedError, *KeysError, *conn.AddrInUseError,
// *disk.LockedError and those of the file system.
func (s Service) Start(ctx context.Context) (*Running, func() error, error) {
	opt := s.Options
	opt.Unsigned = len(opt.Credentials) == 0
	if !loopback(s.Addr) {
		switch {
		case !s.Public:
			return nil, nil, &ExposedError{Addr: s.Addr}
		case opt.Unsigned:
			return nil, nil, &ExposedError{Addr: s.Addr, NoKeys: true}
		}
	}
	if opt.Private && opt.Unsigned {
		return nil, nil, &KeysError{"a private store", errHalf}
	}
	server, err := New(opt)
	if err != nil {
		return nil, nil, err
	}
	running, err := ListenWith(ctx, s.Addr, server, s.Listen)
	if err != nil {
		return nil, nil, errors.Join(err, server.Close())
	}
	return running, func() error { return errors.Join(running.Wait(), server.Close()) }, nil
}

// Access says for a person who may do what.
func (s Service) Access() string {
	switch {
	case len(s.Options.Credentials) == 0:
		return "unsigned: every program on this computer may read and write"
	case s.Options.Private:
		return "signed: reading and writing need a signature"
	}
	return "signed: everybody may read objects, the rest needs a signature"
}

// loopback reports whether only this computer reaches the address. Names other
// than localhost could lead anywhere.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return true // no address at all, as listening will say
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
