package sqlstore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wecos-go/wecos/internal/servers/kit/sqlite"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
	"github.com/wecos-go/wecos/internal/servers/video/storetest"
)

// closing closes a store with its test.
func closing(t *testing.T, s *sqlstore.Store, err error) *sqlstore.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) video.Store {
		s, err := sqlstore.OpenSQLite(t.Context(), t.TempDir(), nil)
		return closing(t, s, err)
	})
}

func TestMemory(t *testing.T) {
	storetest.Run(t, func(t *testing.T) video.Store {
		s, err := sqlstore.OpenMemory(t.Context())
		return closing(t, s, err)
	})
}

// options are those of a new database.
func options(t *testing.T) (*mariadbtest.Server, sqlstore.MySQLOptions) {
	t.Helper()
	server := mariadb.Server(t)
	name, err := server.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return server, sqlstore.MySQLOptions{Host: server.Addr, User: mariadbtest.User, Password: mariadbtest.Password, Database: name}
}

func TestMariaDB(t *testing.T) {
	storetest.Run(t, func(t *testing.T) video.Store {
		_, opt := options(t)
		s, err := sqlstore.OpenMySQL(t.Context(), opt)
		return closing(t, s, err)
	})
}

// A new database has the films that it was made with, and no later one does.
func TestSQLiteIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `a folder?with#odd%20letters & 片`)
	films := []video.Film{{Title: "it's 'one'; --", Image: "i", URL: "u"}, {Title: "two", Image: "i", URL: "u"}}
	for _, more := range []bool{false, true} {
		s, err := sqlstore.OpenSQLite(t.Context(), dir, films)
		if err != nil {
			t.Fatal(err)
		}
		got, total, err := s.Films(t.Context(), 0, 6)
		if want := len(films); err != nil || total != want || len(got) != want || got[0].Title != films[0].Title {
			t.Errorf("films %v of %d, %v, want %v (opened again: %v)", got, total, err, films, more)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, sqlstore.SQLiteFile)); err != nil {
		t.Error(err)
	}
}

// Two processes use one file: what one stores the other one sees.
func TestSQLiteIsShared(t *testing.T) {
	dir := t.TempDir()
	var stores []*sqlstore.Store
	for range 2 {
		s, err := sqlstore.OpenSQLite(t.Context(), dir, nil)
		stores = append(stores, closing(t, s, err))
	}
	id, err := stores[0].AddFilm(t.Context(), video.Film{Title: "t", Image: "i", URL: "u"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stores[1].AddComment(t.Context(), video.Comment{Film: id, Nick: "n", Content: "c"}); err != nil {
		t.Error(err)
	}
	if got, err := stores[0].Comments(t.Context(), id, 0, 5); err != nil || len(got) != 1 {
		t.Errorf("comments %v, %v", got, err)
	}
}

func TestSQLiteRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	newer := t.TempDir()
	db, err := sqlite.Open(t.Context(), filepath.Join(newer, sqlstore.SQLiteFile), sqlite.Fast, "SELECT 1", "SELECT 2")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, sqlstore.SQLiteFile), []byte(strings.Repeat("not a database", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, broken, newer} {
		_, err := sqlstore.OpenSQLite(t.Context(), dir, nil)
		if open, ok := errors.AsType[*sqlstore.OpenError](err); !ok || open.Hint() == "" || !strings.Contains(open.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
