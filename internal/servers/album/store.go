package album

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"
)

// The errors of stores. Others are those of what lies behind them.
var (
	// ErrFull says that a store takes no more pictures.
	ErrFull = errors.New("the album is full")
	// ErrNotFound says that there is no picture under a key.
	ErrNotFound = errors.New("no such picture")
)

// Item is an object of a store.
type Item struct {
	Key  string
	Size int64     // in bytes
	Time time.Time // of its upload
}

// Content is a picture on its way into a store: Head, then what Rest holds until
// io.EOF. Rest is nil when Head is all. An error of Rest means that nothing may
// be stored.
type Content struct {
	Type string // MIME type
	Head []byte // not to be kept after Put
	Rest io.Reader
}

// Reader reads the whole content once.
func (c Content) Reader() io.Reader {
	head := io.Reader(strings.NewReader(""))
	if len(c.Head) > 0 {
		head = &headReader{c.Head}
	}
	if c.Rest == nil {
		return head
	}
	return io.MultiReader(head, c.Rest)
}

// headReader is a bytes.Reader that cannot seek, so that nobody believes to
// know the length.
type headReader struct{ left []byte }

func (r *headReader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// Store holds the pictures of an album. It is safe for concurrent use. Every
// Store is an Opener or a Publisher as well.
type Store interface {
	// Put stores a picture under a key that nothing has. It has reached the disk
	// or the service when Put returns nil; after an error nothing of it is there.
	// ErrFull says that there is no room. Rest is not read after Put has returned.
	Put(ctx context.Context, key string, c Content) error
	// Delete removes what is under key. A missing key is no error.
	Delete(ctx context.Context, key string) error
	// List goes through the objects whose keys begin with prefix, in ascending
	// order of keys (by bytes). It ends after the first error.
	List(ctx context.Context, prefix string) iter.Seq2[Item, error]
}

// Opener is a store whose pictures the album's own server hands out.
type Opener interface {
	// Open opens the picture under key; ErrNotFound if there is none.
	Open(ctx context.Context, key string) (*Picture, error)
}

// Publisher is a store whose pictures have addresses of their own, which
// everybody can read.
type Publisher interface {
	// URL is the address of the picture under key, percent-encoded. With a width
	// in pixels it is that of a version that is no wider; 0 is the picture itself.
	URL(key string, width int) string
}

// Picture is an open picture.
type Picture struct {
	io.ReadSeekCloser
	Type string // MIME type
	Size int64  // in bytes
	ETag string // hexadecimal, without quotes: tells versions apart
	Time time.Time
}

// maxKey is the longest key that COS takes, in bytes.
const maxKey = 850

// validKey reports whether key names an object and nothing besides: COS and its
// SDK clean or refuse the others.
func validKey(key string) bool {
	if key == "" || len(key) > maxKey || !utf8.ValidString(key) {
		return false
	}
	for seg := range strings.SplitSeq(key, "/") {
		if seg == "" || seg == "." || seg == ".." {
			return false
		}
	}
	return !strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' })
}
