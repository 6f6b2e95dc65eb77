package weapp

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound is what a Store returns for a key without a value.
var ErrNotFound = errors.New("no such key")

// Store keeps values under keys for a time. Keys are at most 200 bytes of
// printable ASCII, values at most some ten thousand bytes. All methods may be
// called at the same time, end with their context, and change one key at a time,
// whole or not at all. The package storetest says it in tests.
type Store interface {
	// Get returns the value under key, or ErrNotFound.
	Get(ctx context.Context, key string) ([]byte, error)
	// Set puts a value under key for ttl, whatever was there.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// SetNew is Set where key has no value, and reports whether it had none.
	SetNew(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error)
	// SetTTL lets the value under key live for ttl from now. A key without a
	// value is no error.
	SetTTL(ctx context.Context, key string, ttl time.Duration) error
	// Delete removes keys, those without a value as well.
	Delete(ctx context.Context, keys ...string) error
	// DeleteIf removes key where its value is the one given.
	DeleteIf(ctx context.Context, key string, value []byte) error
	// Ping fails where the other methods would.
	Ping(ctx context.Context) error
	// Close ends the store.
	Close() error
}
