// Package cos is an object store that speaks the COS XML API, so that COS
// clients work against it unchanged: for trying things without an account, for
// tests, and as a back end's own store.
//
// It checks signatures, keeps objects on disk (package disk) and serves them.
// It never listens by itself, never prints, and never opens a path that came
// from a request.
package cos

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/web"
	"github.com/wecos-go/wecos/internal/servers/kit/conn"
)

// DefaultBucket is the bucket of a Server whose Options name none.
const DefaultBucket = "wecos-1250000000"

// DefaultMaxObjectSize is 5 GB, the most that COS takes in one request.
const DefaultMaxObjectSize = 5 << 30

// Options configure a Server. Dir and one of Credentials or Unsigned are
// needed.
type Options struct {
	// Dir holds a folder for every bucket. Buckets that lie there already are
	// served too.
	Dir string
	// Bucket is the one that is meant unless the Host header names another
	// (bucket.anything). The empty string is DefaultBucket.
	Bucket string
	// Buckets are further ones. Any other name in a Host header is no bucket
	// until a client creates it.
	Buckets []string
	// Region is what the store says it is in. The empty string is
	// DefaultRegion.
	Region string
	// Credentials may do everything.
	Credentials []Credentials
	// Unsigned lets requests do everything without a signature, and looks at
	// none. Such a store must not be reachable from other computers; it
	// refuses hosts and origins that a web page could choose (see guard).
	Unsigned bool
	// Private refuses GET and HEAD of objects without a signature, unless the
	// object or its bucket has been given a public access list.
	Private bool
	// MaxObjectSize bounds objects and parts in bytes; 0 is
	// DefaultMaxObjectSize.
	MaxObjectSize int64
	// MaxPixels bounds the pictures that are processed; 0 is
	// picture.DefaultMaxPixels.
	MaxPixels int
	// Pace ends slow clients. The zero Pace is the default one.
	Pace conn.Pace
	// UploadLifetime is the age from which New drops uploads in parts that
	// nobody ended: see disk.Options.
	UploadLifetime time.Duration
	// NoSync is for tests: see disk.Options.
	NoSync bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Fault, for tests, makes requests fail or linger: one of its own making,
	// or FaultPlan.Func. No request can set it.
	Fault func(*http.Request) Fault
}

// DefaultRegion is the region of a Server whose Options name none.
const DefaultRegion = "ap-guangzhou"

// Credentials are a key pair, with a token if they are temporary.
type Credentials struct{ ID, Key, Token string }

// NewCredentials returns a random key pair.
func NewCredentials() Credentials {
	var b [36]byte
	rand.Read(b[:]) // never fails
	return Credentials{ID: "AKID" + hex.EncodeToString(b[:16]), Key: hex.EncodeToString(b[16:])}
}

// Server is the handler. Requests for paths and hosts it does not know get the
// documented errors.
type Server struct {
	opt       Options
	keys      map[string]Credentials
	requestID string // random beginning
	requests  atomic.Uint64
	pictures  chan struct{} // one for each picture in work
	page      *web.Site

	mu      sync.Mutex
	buckets map[string]*bucket
}

// New opens the buckets. A *disk.LockedError says that another process has
// one of them open. Close the Server after use.
func New(opt Options) (*Server, error) {
	if opt.Bucket == "" {
		opt.Bucket = DefaultBucket
	}
	if opt.Region == "" {
		opt.Region = DefaultRegion
	}
	if opt.MaxObjectSize <= 0 {
		opt.MaxObjectSize = DefaultMaxObjectSize
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Dir == "" {
		return nil, errors.New("no folder for the objects is given")
	}
	s := &Server{
		opt:       opt,
		keys:      make(map[string]Credentials),
		buckets:   make(map[string]*bucket),
		requestID: strconv.FormatInt(opt.Now().UnixNano(), 36),
		pictures:  make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
	}
	for _, c := range opt.Credentials {
		if c.ID == "" || c.Key == "" {
			return nil, errors.New("credentials need an id and a key")
		}
		s.keys[c.ID] = c
	}
	s.page = s.newPage()
	if err := s.openBuckets(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the buckets. No request may be under way.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, b := range s.buckets {
		errs = append(errs, b.store.Close())
	}
	return errors.Join(errs...)
}

// ServeHTTP implements http.Handler. It must not stand behind a ServeMux,
// which cleans the paths that keys are.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["X-Cos-Request-Id"] = []string{s.requestID + "-" + strconv.FormatUint(s.requests.Add(1), 36)}
	w, end := s.opt.Pace.Begin(w, r)
	defer end()
	if s.opt.Fault != nil {
		s.serveFaulty(w, r)
		return
	}
	s.answer(w, r, s.opt.Now())
}

// answer serves the request as of now.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, now time.Time) {
	if err := s.serve(w, r, now); err != nil {
		writeError(w, r, err)
	}
}

// serve answers the request, or returns an error before it has begun to.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, now time.Time) error {
	if s.opt.Unsigned && !s.guard(r) {
		return errForeign
	}
	if isPage(r) {
		s.page.ServeHTTP(w, r)
		return nil
	}
	q, err := newRequest(s, r, now)
	if err != nil {
		return err
	}
	defer s.release(q.bucket)
	if q.bucket != nil {
		if r.Method == http.MethodOptions {
			return s.preflight(w, q)
		}
		q.bucket.allowOrigin(w, r)
	}
	if q.isForm() {
		return s.postForm(w, q) // which holds its own signature
	}
	if err := s.authorize(q); err != nil {
		return err
	}
	return s.route(w, q)
}
