package sqlstore

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/wecos-go/wecos/internal/servers/video"
)

//go:embed schema/sqlite.sql
var sqliteSchema string

// sqliteVersion is the schema that this program knows, as SQLite's
// user_version keeps it.
const sqliteVersion = 1

// SQLiteFile is the name of the database in the data folder.
const SQLiteFile = "video.db"

// OpenSQLite opens the database in the folder dir, and makes both where they
// are missing. A database that is made holds these films. Several processes may
// have it open.
func OpenSQLite(ctx context.Context, dir string, films []video.Film) (*Store, error) {
	fail := func(err error) (*Store, error) {
		return nil, &OpenError{Text: fmt.Sprintf("cannot open the database in %s: %v", dir, err), Fix: "choose another folder with --data", Err: err}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fail(err)
	}
	file, err := filepath.Abs(filepath.Join(dir, SQLiteFile))
	if err != nil {
		return fail(err)
	}
	// SQLite has one writer at a time. A pool of one lets them wait in Go,
	// where waiting ends with the context.
	write, err := sql.Open("sqlite", sqliteSource(file, "_txlock=immediate"))
	if err != nil {
		return fail(err)
	}
	write.SetMaxOpenConns(1)
	if err := migrateSQLite(ctx, write, films); err != nil {
		return fail(errors.Join(err, write.Close()))
	}
	read, err := sql.Open("sqlite", sqliteSource(file, "_pragma=query_only(1)"))
	if err != nil {
		return fail(errors.Join(err, write.Close()))
	}
	readers := 2 * runtime.GOMAXPROCS(0)
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	s, err := newStore(ctx, read, write)
	if err != nil {
		return fail(err)
	}
	return s, nil
}

// sqliteSource names a file for the driver, with the settings of every
// connection: readers never wait for the writer, and a commit survives the end
// of the process.
func sqliteSource(file string, more ...string) string {
	slashed := filepath.ToSlash(file)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/…
	}
	settings := append([]string{
		"_pragma=busy_timeout(5000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(NORMAL)",
	}, more...)
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: strings.Join(settings, "&")}).String()
}

// migrateSQLite makes the tables of a new database, with these films.
func migrateSQLite(ctx context.Context, db *sql.DB, films []video.Film) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing after a commit
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version == sqliteVersion:
		return nil
	case version > sqliteVersion:
		return fmt.Errorf("its version is %d, and this program knows %d at the most", version, sqliteVersion)
	}
	if _, err := tx.ExecContext(ctx, sqliteSchema); err != nil {
		return err
	}
	for _, f := range films {
		if _, err := tx.ExecContext(ctx, insertFilm, f.Title, f.Image, f.URL); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", sqliteVersion)); err != nil {
		return err
	}
	return tx.Commit()
}
