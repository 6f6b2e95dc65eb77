// Package sqlitestore keeps sessions in an SQLite database, for a server without
// Redis. Keys are stored as hashes: whoever reads the file learns no login code.
// It never decides what a session is.
package sqlitestore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"

	"github.com/wecos-go/wecos/internal/servers/kit/sqlite"
	"github.com/wecos-go/wecos/internal/servers/session/weapp"
)

const schema = `
CREATE TABLE session (
	key     BLOB NOT NULL PRIMARY KEY, -- SHA-256
	value   BLOB NOT NULL,
	expires INTEGER NOT NULL           -- Unix milliseconds
) WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires);`

// purgeEvery is how often what has expired is removed.
const purgeEvery = time.Minute

// Store is a weapp.Store.
type Store struct {
	db     *sqlite.DB
	purged atomic.Int64 // Unix milliseconds

	get, set, setNew, setTTL, remove, removeIf, purge *sql.Stmt
}

var _ weapp.Store = (*Store)(nil)

// Open opens the database at path, or makes it.
func Open(ctx context.Context, path string) (*Store, error) {
	db, err := sqlite.Open(ctx, path, sqlite.Fast, schema)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db}
	err = errors.Join(
		sqlite.Prepare(ctx, db.Reader, map[string]**sql.Stmt{
			"SELECT value FROM session WHERE key = ? AND expires > ?": &s.get,
		}),
		sqlite.Prepare(ctx, db.Writer, map[string]**sql.Stmt{
			`INSERT INTO session (key, value, expires) VALUES (?, ?, ?)
			 ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires`: &s.set,
			`INSERT INTO session (key, value, expires) VALUES (?, ?, ?)
			 ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires
			 WHERE session.expires <= ?`: &s.setNew,
			"UPDATE session SET expires = ? WHERE key = ? AND expires > ?": &s.setTTL,
			"DELETE FROM session WHERE key = ?":                            &s.remove,
			"DELETE FROM session WHERE key = ? AND value = ?":              &s.removeIf,
			"DELETE FROM session WHERE expires <= ?":                       &s.purge,
		}))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func hash(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

func now() int64 { return time.Now().UnixMilli() }

func until(ttl time.Duration) int64 { return time.Now().Add(ttl).UnixMilli() }

// Get implements weapp.Store.
func (s *Store) Get(ctx context.Context, key string) (value []byte, err error) {
	err = s.get.QueryRowContext(ctx, hash(key), now()).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, weapp.ErrNotFound
	}
	return value, err
}

// Set implements weapp.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if _, err := s.set.ExecContext(ctx, hash(key), value, until(ttl)); err != nil {
		return err
	}
	last := s.purged.Load()
	if t := now(); t-last < purgeEvery.Milliseconds() || !s.purged.CompareAndSwap(last, t) {
		return nil
	}
	// What was asked for is done; what has expired is not given out anyway.
	_, _ = s.purge.ExecContext(ctx, now())
	return nil
}

// SetNew implements weapp.Store.
func (s *Store) SetNew(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	done, err := s.setNew.ExecContext(ctx, hash(key), value, until(ttl), now())
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// SetTTL implements weapp.Store.
func (s *Store) SetTTL(ctx context.Context, key string, ttl time.Duration) error {
	_, err := s.setTTL.ExecContext(ctx, until(ttl), hash(key), now())
	return err
}

// Delete implements weapp.Store.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	for _, key := range keys {
		if _, err := s.remove.ExecContext(ctx, hash(key)); err != nil {
			return err
		}
	}
	return nil
}

// DeleteIf implements weapp.Store.
func (s *Store) DeleteIf(ctx context.Context, key string, value []byte) error {
	_, err := s.removeIf.ExecContext(ctx, hash(key), value)
	return err
}

// Ping implements weapp.Store.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Close implements weapp.Store.
func (s *Store) Close() error { return s.db.Close() }
