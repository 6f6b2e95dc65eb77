// Package sqlitestore keeps drawings in an SQLite database, for a server without
// MongoDB. A drawing is on the disk before Save returns. It never looks into one.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wecos-go/wecos/internal/servers/kit/sqlite"
	"github.com/wecos-go/wecos/internal/servers/session/drawing"
)

const schema = `
CREATE TABLE drawing (
	seq     INTEGER PRIMARY KEY AUTOINCREMENT,
	owner   TEXT NOT NULL,
	id      TEXT NOT NULL,
	actions TEXT NOT NULL,
	size    INTEGER NOT NULL, -- bytes of actions
	UNIQUE (owner, id)
);
CREATE INDEX drawing_size ON drawing (owner, id, size);`

// save is one statement, so that racing ones cannot pass the limits together.
const save = `
INSERT INTO drawing (owner, id, actions, size)
SELECT ?1, ?2, ?3, ?4
 WHERE (SELECT count(*) FROM drawing WHERE owner = ?1 AND id <> ?2) < ?5
   AND (SELECT coalesce(sum(size), 0) FROM drawing WHERE owner = ?1 AND id <> ?2) + ?4 <= ?6
ON CONFLICT (owner, id) DO UPDATE SET actions = excluded.actions, size = excluded.size`

// Store is a drawing.Store.
type Store struct {
	db     *sqlite.DB
	limits drawing.Limits

	list, save, remove *sql.Stmt
}

var _ drawing.Store = (*Store)(nil)

// Open opens the database at path, or makes it.
func Open(ctx context.Context, path string, limits drawing.Limits) (*Store, error) {
	db, err := sqlite.Open(ctx, path, sqlite.Durable, schema)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, limits: limits}
	err = errors.Join(
		sqlite.Prepare(ctx, db.Reader, map[string]**sql.Stmt{
			"SELECT id, actions FROM drawing WHERE owner = ? ORDER BY seq DESC": &s.list,
		}),
		sqlite.Prepare(ctx, db.Writer, map[string]**sql.Stmt{
			save: &s.save,
			"DELETE FROM drawing WHERE owner = ? AND id = ?": &s.remove,
		}))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// List implements drawing.Store.
func (s *Store) List(ctx context.Context, owner string) ([]drawing.Drawing, error) {
	rows, err := s.list.QueryContext(ctx, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []drawing.Drawing{}
	for rows.Next() {
		var d drawing.Drawing
		if err := rows.Scan(&d.ID, &d.Actions); err != nil {
			return nil, err
		}
		list = append(list, d)
	}
	return list, rows.Err()
}

// Save implements drawing.Store.
func (s *Store) Save(ctx context.Context, owner string, d drawing.Drawing) error {
	done, err := s.save.ExecContext(ctx, owner, d.ID, d.Actions, len(d.Actions), s.limits.Drawings, s.limits.Bytes)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return &drawing.LimitError{Limits: s.limits}
	}
	return err
}

// Delete implements drawing.Store.
func (s *Store) Delete(ctx context.Context, owner, id string) error {
	_, err := s.remove.ExecContext(ctx, owner, id)
	return err
}

// Ping implements drawing.Store.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }

// Close implements drawing.Store.
func (s *Store) Close() error { return s.db.Close() }
