package sqlstore

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/wecos-go/wecos/internal/servers/kit/sqlite"
	"github.com/wecos-go/wecos/internal/servers/video"
)

//go:embed schema/sqlite.sql
var sqliteSchema string

// SQLiteFile is the name of the database in the data folder.
const SQLiteFile = "video.db"

// OpenSQLite opens the database in the folder dir, and makes both where they
// are missing. A database that is made holds these films. Several processes may
// have it open.
func OpenSQLite(ctx context.Context, dir string, films []video.Film) (*Store, error) {
	fail := func(err error) (*Store, error) {
		return nil, &OpenError{Text: fmt.Sprintf("cannot open the database in %s: %v", dir, err), Fix: "choose another folder with --data", Err: err}
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, SQLiteFile), sqlite.Fast, sqliteSchema+rowsOf(films))
	if err != nil {
		return fail(err)
	}
	s, err := newStore(ctx, db.Reader, db.Writer)
	if err != nil {
		return fail(err)
	}
	return s, nil
}

// rowsOf are statements that store films, for the step that makes the tables:
// no other process sees them without.
func rowsOf(films []video.Film) string {
	var b strings.Builder
	for _, f := range films {
		fmt.Fprintf(&b, "INSERT INTO video (video_title, video_image, video_url) VALUES (%s, %s, %s);\n", quoted(f.Title), quoted(f.Image), quoted(f.URL))
	}
	return b.String()
}

// quoted is a string of SQLite's language, which knows no other escape.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
