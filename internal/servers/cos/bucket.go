package cos

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/wecos-go/wecos/internal/servers/cos/disk"
)

// maxBuckets bounds what clients may create, as the service does.
const maxBuckets = 200

// Names must end in the appid, so that a Host header is not mistaken for one.
var bucketName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?-[0-9]{1,20}$`)
})

// bucket is an open bucket.
type bucket struct {
	name  string
	store *disk.Store
	fixed bool // the options name it, so it stays
	users int  // requests under way, guarded by Server.mu

	mu  sync.RWMutex
	set settings
}

// openBuckets opens those that the options name and those that lie in the
// folder.
func (s *Server) openBuckets() error {
	for _, name := range append([]string{s.opt.Bucket}, s.opt.Buckets...) {
		if err := s.open(name, true); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(s.opt.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() && bucketName().MatchString(e.Name()) {
			if err := s.open(e.Name(), false); err != nil {
				return err
			}
		}
	}
	return nil
}

// open opens a bucket unless it is open. It is called with mu held, or before
// anybody else can.
func (s *Server) open(name string, fixed bool) error {
	if !bucketName().MatchString(name) {
		return fmt.Errorf("%q is not a bucket: it must read name-appid", name)
	}
	if s.buckets[name] != nil {
		return nil
	}
	store, err := disk.Open(filepath.Join(s.opt.Dir, name), disk.Options{
		NoSync: s.opt.NoSync, Now: s.opt.Now, UploadLifetime: s.opt.UploadLifetime,
	})
	if err != nil {
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	b := &bucket{name: name, store: store, fixed: fixed}
	if err := b.loadSettings(); err != nil {
		store.Close()
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	s.buckets[name] = b
	return nil
}

// bucketOf names the bucket that a host means, or the default one: names
// under localhost do not resolve everywhere, so an address alone must do.
func (s *Server) bucketOf(host string) string {
	if label, _, ok := strings.Cut(withoutPort(host), "."); ok && bucketName().MatchString(label) {
		return label
	}
	return s.opt.Bucket
}

// isService reports whether a host is that of the service, which lists
// buckets: service.cos.myqcloud.com, cos.ap-guangzhou.myqcloud.com.
func isService(host string) bool {
	label, rest, ok := strings.Cut(withoutPort(host), ".")
	return ok && (label == "service" || label == "cos" && strings.Contains(rest, "."))
}

func withoutPort(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

// acquire returns a bucket that stays until release. The error is
// errNoSuchBucket.
func (s *Server) acquire(name string) (*bucket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[name]
	if b == nil {
		return nil, errNoSuchBucket
	}
	b.users++
	return b, nil
}

func (s *Server) release(b *bucket) {
	if b == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b.users--
}

// owner is the account that a bucket's name ends in.
func (b *bucket) owner() string {
	return b.name[strings.LastIndexByte(b.name, '-')+1:]
}

// listBuckets answers GET Service.
func (s *Server) listBuckets(w http.ResponseWriter, q *request) error {
	s.mu.Lock()
	names := make([]string, 0, len(s.buckets))
	for name := range s.buckets {
		names = append(names, name)
	}
	s.mu.Unlock()
	slices.Sort(names)
	b := newXML("ListAllMyBucketsResult")
	b.WriteString("<Owner>")
	element(b, "ID", ownerID("0"))
	element(b, "DisplayName", "0")
	b.WriteString("</Owner><Buckets>")
	for _, name := range names {
		created := ""
		if info, err := os.Stat(filepath.Join(s.opt.Dir, name, "lock")); err == nil {
			created = timestamp(info.ModTime())
		}
		b.WriteString("<Bucket>")
		element(b, "Name", name)
		element(b, "Location", s.opt.Region)
		element(b, "CreationDate", created)
		b.WriteString("</Bucket>")
	}
	b.WriteString("</Buckets>")
	return endXML(w, b, "ListAllMyBucketsResult")
}

func (s *Server) headBucket(w http.ResponseWriter, _ *request) error {
	w.Header().Set("X-Cos-Bucket-Region", s.opt.Region)
	w.WriteHeader(http.StatusOK)
	return nil
}

// createBucket makes the bucket that the Host header names.
func (s *Server) createBucket(w http.ResponseWriter, q *request) error {
	if q.bucket != nil {
		return errBucketExists
	}
	list, err := aclFromHeader(q.Header, bucketACLs)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.buckets[q.bucketName] != nil:
		return errBucketExists
	case len(s.buckets) >= maxBuckets:
		return errTooManyBuckets
	}
	if err := s.open(q.bucketName, false); err != nil {
		return err
	}
	if list.isSet() {
		if err := s.buckets[q.bucketName].setACL(list); err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// deleteBucket removes an empty bucket that a client made.
func (s *Server) deleteBucket(w http.ResponseWriter, q *request) error {
	b := q.bucket
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case b.fixed:
		return errFixedBucket
	case b.users > 1: // besides this one
		return errBucketBusy
	}
	if err := b.store.Remove(); err != nil {
		if errors.Is(err, disk.ErrNotEmpty) {
			return errBucketNotEmpty
		}
		return err
	}
	delete(s.buckets, b.name)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) location(w http.ResponseWriter, _ *request) error {
	b := newXML("")
	element(b, "LocationConstraint", s.opt.Region)
	return endXML(w, b, "")
}

// versioning says that the bucket never had versions.
func (s *Server) versioning(w http.ResponseWriter, _ *request) error {
	return endXML(w, newXML("VersioningConfiguration"), "VersioningConfiguration")
}
