package sio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/wecos-go/wecos/internal/servers/rps/sio/websocket"
)

// A Server serves Socket.IO clients, at whatever path it is mounted.
type Server struct {
	opt        Options
	namespaces map[string]*Namespace

	mu       sync.Mutex
	sessions map[string]*session
	places   map[netip.Addr]int // sessions of an address, when they are limited
	closing  bool

	running sync.WaitGroup // sessions, each with its goroutines
	count   counters
}

// New returns a server with the main namespace, which every client of
// revision 3 is connected to.
func New(opt Options) *Server {
	opt.setDefaults()
	s := &Server{
		opt:        opt,
		namespaces: map[string]*Namespace{},
		sessions:   map[string]*session{},
		places:     map[netip.Addr]int{},
	}
	s.Of("/")
	return s
}

// Of returns the namespace of that name, and makes it if need be. It must not
// be called while the server serves.
func (s *Server) Of(name string) *Namespace {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	n := s.namespaces[name]
	if n == nil {
		n = &Namespace{name: name, handlers: map[string]Handler{}}
		s.namespaces[name] = n
	}
	return n
}

// Under reports whether a request's path is root, with any number of slashes
// behind it: old clients write two.
func Under(root, path string) bool {
	rest, ok := strings.CutPrefix(path, strings.TrimRight(root, "/"))
	return ok && strings.Trim(rest, "/") == ""
}

// fault is a request that is refused, with the reference's number and words.
type fault struct {
	status int
	body   string
}

var (
	faultTransport = fault{http.StatusBadRequest, `{"code":0,"message":"Transport unknown"}`}
	faultSession   = fault{http.StatusBadRequest, `{"code":1,"message":"Session ID unknown"}`}
	faultMethod    = fault{http.StatusBadRequest, `{"code":2,"message":"Bad handshake method"}`}
	faultRequest   = fault{http.StatusBadRequest, `{"code":3,"message":"Bad request"}`}
	faultForbidden = fault{http.StatusForbidden, `{"code":4,"message":"Forbidden"}`}
	faultVersion   = fault{http.StatusBadRequest, `{"code":5,"message":"Unsupported protocol version"}`}
	faultTooLarge  = fault{http.StatusRequestEntityTooLarge, `{"code":3,"message":"Payload too large"}`}
	faultFull      = fault{http.StatusServiceUnavailable, `{"code":4,"message":"Too many connections"}`}
)

func (f fault) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.status)
	_, _ = w.Write([]byte(f.body)) // the client may have gone
}

// ServeHTTP answers every request of the protocol.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !s.allow(w, r) {
		s.count.refused.Add(1)
		faultForbidden.write(w)
		return
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if f := s.serve(w, r); f != nil {
		s.count.refused.Add(1)
		f.write(w)
	}
}

const maxQuery = 4 << 10 // bytes; a session keeps its query

// serve returns the reason to refuse the request, or nil when it was answered.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) *fault {
	q := r.URL.Query()
	revision := 0
	switch q.Get("EIO") {
	case "3":
		revision = 3
	case "4":
		revision = 4
	default:
		return &faultVersion
	}
	asWebSocket := q.Get("transport") == "websocket"
	if !asWebSocket && q.Get("transport") != "polling" {
		return &faultTransport
	}
	// "j" asks for JSONP: a script for any page that asks for one.
	if asWebSocket != websocket.Requested(r) || q.Has("j") || len(r.URL.RawQuery) > maxQuery {
		return &faultRequest
	}
	if id := q.Get("sid"); id != "" {
		session := s.session(id)
		switch {
		case session == nil:
			return &faultSession
		case session.revision != revision:
			return &faultRequest
		case asWebSocket:
			return session.upgrade(w, r)
		case r.Method == http.MethodGet:
			return session.poll(w, r)
		case r.Method == http.MethodPost:
			return session.post(w, r)
		}
		return &faultMethod
	}
	if r.Method != http.MethodGet {
		return &faultMethod
	}
	session, f := s.admit(r, revision)
	if f != nil {
		return f
	}
	if asWebSocket {
		return session.openWebSocket(w, r)
	}
	session.noBinary = q.Get("b64") != "" && q.Get("b64") != "0"
	return session.openPolling(w, r)
}

// admit makes a session for a new client, if there is room.
func (s *Server) admit(r *http.Request, revision int) (*session, *fault) {
	address := s.opt.Address(r)
	session := newSession(s, revision, address, r.URL.RawQuery)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing || s.opt.MaxSessions > 0 && len(s.sessions) >= s.opt.MaxSessions {
		return nil, &faultFull
	}
	if s.opt.MaxPerAddress > 0 {
		if s.places[address] >= s.opt.MaxPerAddress {
			return nil, &faultFull
		}
		s.places[address]++
	}
	s.sessions[session.id] = session
	s.running.Add(1)
	s.count.opened.Add(1)
	return session, nil
}

func (s *Server) session(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// forget takes a session out of the books.
func (s *Server) forget(session *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session.id)
	if s.opt.MaxPerAddress > 0 {
		if s.places[session.address]--; s.places[session.address] == 0 {
			delete(s.places, session.address)
		}
	}
}

// Close ends all connections, new ones included, and waits until their
// handlers have returned. Clients get what waits for them as long as ctx
// lasts, and Options.CloseTimeout at most.
func (s *Server) Close(ctx context.Context) {
	each := func(do func(*session)) {
		s.mu.Lock()
		s.closing = true
		all := make([]*session, 0, len(s.sessions))
		for _, session := range s.sessions {
			all = append(all, session)
		}
		s.mu.Unlock()
		for _, session := range all {
			do(session)
		}
	}
	each(func(x *session) { x.end(ReasonShutdown, polite, websocket.StatusGoingAway) })
	stop := context.AfterFunc(ctx, func() {
		each(func(x *session) { x.end(ReasonShutdown, atOnce, 0) })
	})
	defer stop()
	s.running.Wait()
}

// newID returns an id that cannot be guessed: 20 characters that stand for 120
// random bits, as long as the reference's.
func newID() string {
	var random [15]byte
	_, _ = rand.Read(random[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// Stats are counts since the server was made, but for Sessions.
type Stats struct {
	Sessions    int64 // now
	Opened      int64 // sessions
	Refused     int64 // requests
	MessagesIn  int64 // Engine.IO messages, attachments counted by themselves
	MessagesOut int64
	Overflows   int64 // of queues
}

type counters struct {
	opened, refused, in, out, overflows atomic.Int64
}

// Stats returns the counts.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	sessions := len(s.sessions)
	s.mu.Unlock()
	return Stats{
		Sessions: int64(sessions), Opened: s.count.opened.Load(), Refused: s.count.refused.Load(),
		MessagesIn: s.count.in.Load(), MessagesOut: s.count.out.Load(), Overflows: s.count.overflows.Load(),
	}
}
