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
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// DefaultBucket is the bucket of a Server whose Options name none.
const DefaultBucket = "wecos-1250000000"

// DefaultMaxObjectSize is 5 GB, the most that COS takes in one request.
const DefaultMaxObjectSize = 5 << 30

// Options configure a Server. Dir and one of Credentials are needed.
type Options struct {
	// Dir holds a folder for every bucket.
	Dir string
	// Bucket is the one that is meant unless the Host header names another
	// (bucket.anything). The empty string is DefaultBucket.
	Bucket string
	// Buckets are further ones. Any other name in a Host header is no bucket.
	Buckets []string
	// Credentials may do everything.
	Credentials []Credentials
	// Private refuses GET and HEAD of objects without a signature.
	Private bool
	// MaxObjectSize bounds objects and parts in bytes; 0 is
	// DefaultMaxObjectSize.
	MaxObjectSize int64
	// NoSync is for tests: see disk.Options.
	NoSync bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Fault, for tests, makes requests fail or linger. No request can set it.
	Fault func(*http.Request) Fault
}

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
	buckets   map[string]*disk.Store
	requestID string // random beginning
	requests  atomic.Uint64
}

// Names must end in the appid, so that a Host header is not mistaken for one.
var bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?-[0-9]{1,20}$`)

// New opens the buckets. A *disk.LockedError says that another process has
// one of them open. Close the Server after use.
func New(opt Options) (*Server, error) {
	if opt.Bucket == "" {
		opt.Bucket = DefaultBucket
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
		buckets:   make(map[string]*disk.Store),
		requestID: strconv.FormatInt(opt.Now().UnixNano(), 36),
	}
	for _, c := range opt.Credentials {
		if c.ID == "" || c.Key == "" {
			return nil, errors.New("credentials need an id and a key")
		}
		s.keys[c.ID] = c
	}
	for _, name := range append([]string{opt.Bucket}, opt.Buckets...) {
		if err := s.open(name); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Server) open(name string) error {
	if !bucketName.MatchString(name) {
		return fmt.Errorf("%q is not a bucket: it must read name-appid", name)
	}
	if s.buckets[name] != nil {
		return nil
	}
	b, err := disk.Open(filepath.Join(s.opt.Dir, name), disk.Options{NoSync: s.opt.NoSync, Now: s.opt.Now})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	s.buckets[name] = b
	return nil
}

// Close closes the buckets. No request may be under way.
func (s *Server) Close() error {
	var errs []error
	for _, b := range s.buckets {
		errs = append(errs, b.Close())
	}
	return errors.Join(errs...)
}

// ServeHTTP implements http.Handler. It must not stand behind a ServeMux,
// which cleans the paths that keys are.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["X-Cos-Request-Id"] = []string{s.requestID + "-" + strconv.FormatUint(s.requests.Add(1), 36)}
	if s.opt.Fault != nil && s.fail(w, r) {
		return
	}
	if err := s.serve(w, r); err != nil {
		writeError(w, r, err)
	}
}

// serve answers the request, or returns an error before it has begun to.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	q, err := newRequest(s, r)
	if err != nil {
		return err
	}
	if err := s.authorize(q); err != nil {
		return err
	}
	if q.key == "" {
		return s.serveBucket(w, q)
	}
	return s.serveObject(w, q)
}

func (s *Server) serveBucket(w http.ResponseWriter, q *request) error {
	switch {
	case q.Method == http.MethodGet && q.sub == "":
		return s.list(w, q)
	case q.Method == http.MethodHead && q.sub == "":
		return nil
	case q.Method == http.MethodPut && q.sub == "":
		return errBucketExists
	}
	return errNotImplemented
}

func (s *Server) serveObject(w http.ResponseWriter, q *request) error {
	switch q.sub {
	case "":
		switch q.Method {
		case http.MethodGet, http.MethodHead:
			return s.get(w, q)
		case http.MethodPut:
			if q.Header.Get("X-Cos-Copy-Source") != "" {
				return s.copy(w, q)
			}
			return s.put(w, q)
		case http.MethodDelete:
			return s.delete(w, q)
		}
	case "uploads":
		if q.Method == http.MethodPost {
			return s.begin(w, q)
		}
	case "uploadId":
		switch q.Method {
		case http.MethodPut:
			return s.putPart(w, q)
		case http.MethodPost:
			return s.complete(w, q)
		case http.MethodDelete:
			return s.abort(w, q)
		}
	}
	return errNotImplemented
}

// bucketOf returns the bucket that a host names, or the default one: names
// under localhost do not resolve everywhere, so an address alone must do.
func (s *Server) bucketOf(host string) (string, *disk.Store, error) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	name := s.opt.Bucket
	if label, _, ok := strings.Cut(host, "."); ok && bucketName.MatchString(label) {
		name = label
	}
	b := s.buckets[name]
	if b == nil {
		return "", nil, errNoSuchBucket
	}
	return name, b, nil
}
