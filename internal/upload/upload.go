// Package upload puts images online: the Store interface and its COS client,
// the names of objects and the addresses under which they are read, retries,
// the worker pool, and the proof that a final URL answers with the right
// bytes.
//
// It never looks at references or sources, never prints, and never lets a
// secret into an error.
package upload

import (
	"context"
	"io"
	"iter"
)

// MultipartThreshold is the size in bytes above which an object is sent in
// parts.
const MultipartThreshold = 16 << 20

// Store holds objects under keys. Implementations are safe for concurrent use.
//
// Errors are *Error for one object and *FatalError when nothing else can
// succeed either (credentials, bucket, clock). Both unwrap to the context's
// error when it was the reason.
type Store interface {
	// Put stores o under key and returns only when the service confirmed the
	// content: by its CRC64, else by the ETag, else by a HEAD.
	Put(ctx context.Context, key string, o Object) error
	// Head describes the object. The error is ErrNotFound when there is none.
	Head(ctx context.Context, key string) (Info, error)
	// Get opens the object; the caller closes it. The error is ErrNotFound
	// when there is none.
	Get(ctx context.Context, key string) (io.ReadCloser, Info, error)
	// Copy copies within the bucket, headers included.
	Copy(ctx context.Context, from, to string) error
	// Delete removes the object. A key without an object is no error.
	Delete(ctx context.Context, key string) error
	// List yields the objects whose keys begin with prefix, in the order of
	// their keys. It stops at the first error, which it yields.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// Object is what Put stores: either Data or Open gives the content.
type Object struct {
	// Data is the content, for objects that are in memory anyway. It must not
	// change afterwards either: a failed attempt may still be under way.
	Data []byte
	// Open gives the content when Data is nil. It is called once an attempt,
	// so a retried upload reads the file again.
	Open func() (io.ReadCloser, error)
	// Size in bytes; ignored when Data is set. Content of another length is
	// an error: the file changed.
	Size int64
	// ContentType is found from the content when it is empty.
	ContentType string
	// CacheControl is kept and served with the object. Optional.
	CacheControl string
	// Process, when not nil, lets the service process the object.
	Process *Processing
}

// Info describes a stored object. List does not fill the headers.
type Info struct {
	Key  string
	Size int64
	// ETag is in lower case and without quotes. For an object that was sent
	// in one piece it is the hexadecimal MD5 of the content.
	ETag string
	// CRC64 is the ECMA checksum that the service reports, 0 if it does not.
	CRC64       uint64
	ContentType string
	// ForcedDownload says that browsers are told to save the object instead
	// of showing it, as buckets created since 2024 do on default domains.
	ForcedDownload bool

	cacheControl string
}
