// Package sqlite opens the databases that back ends keep in their data folder
// when no other is configured: one file, one writer and several readers at a time,
// with a schema that it brings up to date. It never knows what lies in a table.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver
)

// Durability is what a commit waits for.
type Durability string

const (
	// Durable commits survive the loss of power.
	Durable Durability = "FULL"
	// Fast ones survive the end of the process; the loss of power takes the
	// latest along, whole ones only.
	Fast Durability = "NORMAL"
)

// DB is a database in a file. Reader takes queries, Writer everything that
// changes something: it has one connection, so that writers wait in line, ended by
// their context, instead of failing with a busy database.
type DB struct {
	Reader, Writer *sql.DB
}

// VersionError says that a file was written by a newer program.
type VersionError struct {
	Path        string
	Have, Known int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s has schema version %d, this program knows %d", e.Path, e.Have, e.Known)
}

// Hint says what to do about it.
func (e *VersionError) Hint() string {
	return "run the version that wrote it, or choose another data folder"
}

// Open opens the database at path and makes it, with its folder, where it is
// missing. schema is the list of steps that lead to today's schema, each carried
// out once; later versions append to it. It fails with a *VersionError where the
// file has taken more steps than these.
func Open(ctx context.Context, path string, how Durability, schema ...string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// SQLite gives its other files the permissions of this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	db := &DB{}
	if db.Writer, err = sql.Open("sqlite", address(path, how, true)); err != nil {
		return nil, err
	}
	if db.Reader, err = sql.Open("sqlite", address(path, how, false)); err != nil {
		return nil, errors.Join(err, db.Writer.Close())
	}
	db.Writer.SetMaxOpenConns(1)
	readers := max(4, runtime.GOMAXPROCS(0))
	db.Reader.SetMaxOpenConns(readers)
	db.Reader.SetMaxIdleConns(readers)
	if err := db.migrate(ctx, path, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return db, nil
}

// address is what the driver opens.
func address(path string, how Durability, writer bool) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive of Windows
	}
	q := url.Values{"_pragma": {"busy_timeout(1500)", "journal_mode(WAL)", "synchronous(" + string(how) + ")", "foreign_keys(1)"}}
	if writer {
		q.Set("_txlock", "immediate")
	} else {
		q.Add("_pragma", "query_only(1)")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// migrate takes the steps that the file has not taken.
func (db *DB) migrate(ctx context.Context, path string, schema []string) error {
	tx, err := db.Writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing is left to roll back after a commit
	var have int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > len(schema) {
		return &VersionError{path, have, len(schema)}
	}
	for _, step := range schema[have:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if have < len(schema) {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(schema))); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// Prepare prepares statements, each into the place that its text is mapped to.
func Prepare(ctx context.Context, on *sql.DB, statements map[string]**sql.Stmt) error {
	for text, into := range statements {
		var err error
		if *into, err = on.PrepareContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// Ping fails where a query would.
func (db *DB) Ping(ctx context.Context) error { return db.Reader.PingContext(ctx) }

// Close ends both.
func (db *DB) Close() error { return errors.Join(db.Reader.Close(), db.Writer.Close()) }
