package mariadbtest

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// Shared is one server for all tests of a package: it starts with the first
// that needs it. TestMain stops it.
type Shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Server returns the server, or skips the test where there is no MariaDB.
func (s *Shared) Server(t testing.TB) *Server {
	t.Helper()
	s.once.Do(func() { s.server, s.err = Start(context.Background()) })
	if errors.Is(s.err, ErrNotInstalled) {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s.server
}

// Stop ends the server, if a test started it.
func (s *Shared) Stop() error {
	if s.server == nil {
		return nil
	}
	return s.server.Stop()
}
