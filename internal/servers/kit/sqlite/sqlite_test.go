package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit/sqlite"
)

const (
	step1 = "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)"
	step2 = "ALTER TABLE t ADD COLUMN b TEXT NOT NULL DEFAULT 'x'"
)

// A name that would mean something in an address.
const oddName = "茶 a?b#c%20&.db"

func TestOpenMakesAndMigrates(t *testing.T) {
	name := oddName
	if runtime.GOOS == "windows" {
		name = "茶 b#c%20&.db"
	}
	path := filepath.Join(t.TempDir(), "folder", name)
	for _, tt := range []struct {
		name   string
		schema []string
		want   string
	}{
		{"new", []string{step1}, "1"},
		{"again", []string{step1}, "1"},
		{"one step more", []string{step1, step2}, "1x"},
	} {
		db, err := sqlite.Open(t.Context(), path, sqlite.Durable, tt.schema...)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		query := "SELECT group_concat(a) FROM t"
		if len(tt.schema) > 1 {
			query = "SELECT group_concat(a || b) FROM t"
		}
		var got string
		if err := db.Reader.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err := sqlite.Open(t.Context(), path, sqlite.Durable, step1)
	if newer, ok := errors.AsType[*sqlite.VersionError](err); !ok || newer.Have != 2 || newer.Known != 1 || newer.Hint() == "" {
		t.Errorf("a newer file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
}

func TestReaderChangesNothingAndWriterWaits(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"), sqlite.Fast, step1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Reader.ExecContext(t.Context(), "DELETE FROM t"); err == nil {
		t.Error("the reader deleted")
	}
	tx, err := db.Writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.Writer.ExecContext(ctx, "DELETE FROM t"); !errors.Is(err, context.Canceled) {
		t.Errorf("a writer in line ends with %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
	var stmt *sql.Stmt
	if err := sqlite.Prepare(t.Context(), db.Reader, map[string]**sql.Stmt{"SELECT nothing": &stmt}); err == nil {
		t.Error("a broken statement was prepared")
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// A file that is no database, and a folder that is a file.
func TestOpenFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, []byte("this is a text, and long enough to be read as the head of a database, which it is not…"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(path, "y.db")} {
		if db, err := sqlite.Open(t.Context(), p, sqlite.Fast, step1); err == nil {
			t.Errorf("%s was opened", p)
			_ = db.Close()
		}
	}
}
