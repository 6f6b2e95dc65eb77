package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// OpenMemory opens a new SQLite database that is in memory, with one connection:
// another one would have a database of its own.
func OpenMemory(ctx context.Context) (*Store, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, sqliteSchema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newStore(ctx, db, db)
}
