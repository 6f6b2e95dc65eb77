// Package disk keeps the objects of one bucket in a folder: one file an
// object, written under a temporary name, synced and renamed, so that a
// restart loses nothing and shows nothing half.
//
// A file holds the content followed by what is known about it. File names are
// hashes of the keys, so no key can leave the folder, be too long for it, or
// clash with another where case does not count. Signatures, HTTP and XML are
// not this package's business, and it never reads a file it did not write.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// MaxKeyLength is the longest key in bytes.
const MaxKeyLength = 850

// The errors of objects. Others are those of the file system.
var (
	ErrNoSuchKey = errors.New("no such object")
	ErrBadKey    = errors.New("the key is empty, too long or not UTF-8")
	ErrBadDigest = errors.New("the content does not have the announced MD5")
	ErrShort     = errors.New("the content is shorter than announced")
	ErrExists    = errors.New("there is an object with this key already")
	ErrNotEmpty  = errors.New("there are objects or uploads in the store")
)

// LockedError says that another process has the folder open.
type LockedError struct{ Dir string }

func (e *LockedError) Error() string {
	return fmt.Sprintf("the store %s is in use by another process", e.Dir)
}

// Options change how a Store works. The zero Options are safe.
type Options struct {
	// NoSync leaves it to the operating system when bytes reach the disk. A
	// crash of the machine may then lose objects; one of the process does not.
	NoSync bool
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// UploadLifetime is the age from which Open drops uploads in parts that
	// nobody ended. Zero is DefaultUploadLifetime, less is for ever.
	UploadLifetime time.Duration
}

// Info describes an object. The maps must not be changed.
type Info struct {
	Key     string
	Size    int64
	ETag    string // hexadecimal MD5 of the content; for parts that of their MD5s, "-" and their number
	CRC64   uint64 // ECMA
	ModTime time.Time
	Header  map[string]string // kept with the object as it was given
	Attr    map[string]string // kept as well, for what the caller knows of the object besides
	// Appendable is true for what Append made.
	Appendable bool
}

// Store is a folder of objects, safe for concurrent use.
type Store struct {
	dir    string
	noSync bool
	now    func() time.Time
	lock   *os.File
	temps  atomic.Uint64
	dirs   *groupSync // of the folder of objects

	// mu also covers the rename that puts an object in place, so that what
	// the index says and what a file holds are the same.
	mu    sync.RWMutex
	index index
}

const (
	objectsDir  = "objects"
	uploadsDir  = "uploads"
	tempDir     = "tmp"
	settingsDir = "settings"
	damagedDir  = "damaged"
	lockFile    = "lock"
)

// Open opens the store in dir, which is made if it is missing. Files that are
// not whole, which only a crash without syncing leaves, are moved to the
// folder "damaged" inside. The error is a *LockedError if another process has
// the store open.
func Open(dir string, opt Options) (*Store, error) {
	s := &Store{dir: dir, noSync: opt.NoSync, now: opt.Now}
	if s.now == nil {
		s.now = time.Now
	}
	for _, d := range []string{objectsDir, uploadsDir, tempDir, settingsDir} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := tryLock(lock); err != nil {
		lock.Close()
		return nil, &LockedError{Dir: dir}
	}
	s.lock = lock
	s.dirs = newGroupSync(s.path(objectsDir))
	err = s.load()
	if err == nil {
		err = s.expireUploads(opt.UploadLifetime)
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return s, nil
}

// Close lets another process open the folder. Objects that are open stay
// readable.
func (s *Store) Close() error { return s.lock.Close() }

// Remove closes the store and removes its folder. The error is ErrNotEmpty,
// and nothing is changed, while there are objects or uploads. No other call may
// be under way.
func (s *Store) Remove() error {
	s.mu.RLock()
	objects := len(s.index.objects)
	s.mu.RUnlock()
	uploads, err := os.ReadDir(s.path(uploadsDir))
	if err != nil {
		return err
	}
	if objects > 0 || len(uploads) > 0 {
		return ErrNotEmpty
	}
	if err := s.Close(); err != nil {
		return err
	}
	return os.RemoveAll(s.dir)
}

func (s *Store) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// CheckKey returns ErrBadKey unless key can name an object.
func CheckKey(key string) error {
	if key == "" || len(key) > MaxKeyLength || !utf8.ValidString(key) {
		return ErrBadKey
	}
	return nil
}

// Stat describes the object under key. The error is ErrNoSuchKey when there is
// none.
func (s *Store) Stat(key string) (Info, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	info, ok := s.index.get(key)
	if !ok {
		return Info{}, ErrNoSuchKey
	}
	return *info, nil
}

// Get opens the object under key. The error is ErrNoSuchKey when there is
// none.
func (s *Store) Get(key string) (*Object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	info, ok := s.index.get(key)
	if !ok {
		return nil, ErrNoSuchKey
	}
	f, err := os.Open(s.objectPath(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoSuchKey // removed by hand
	}
	if err != nil {
		return nil, err
	}
	return newObject(f, info), nil
}

// Delete removes the objects under keys. A key without an object is no error.
func (s *Store) Delete(keys ...string) error {
	removed, err := s.remove(keys)
	if removed {
		err = errors.Join(err, s.syncObjects())
	}
	return err
}

func (s *Store) remove(keys []string) (removed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		if _, ok := s.index.get(key); !ok {
			continue
		}
		if err := os.Remove(s.objectPath(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		s.index.remove(key)
		removed = true
	}
	return removed, nil
}

// Copy stores the content of from under to, with its header or, if header is
// not nil, with that one.
func (s *Store) Copy(from, to string, header map[string]string) (Info, error) {
	o, err := s.Get(from)
	if err != nil {
		return Info{}, err
	}
	defer o.Close()
	if header == nil {
		header = o.Info.Header
	}
	return s.Put(to, o, PutOptions{Size: o.Info.Size, Header: header})
}

func (s *Store) syncObjects() error {
	if s.noSync {
		return nil
	}
	return s.dirs.sync()
}
