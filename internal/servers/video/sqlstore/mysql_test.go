package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/mariadbtest"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// column asks the database for values.
func column(t *testing.T, server *mariadbtest.Server, database, query string) []string {
	t.Helper()
	values, err := server.Column(t.Context(), database, query)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// Tables that earlier programs made lose no row and no byte, and take emoji.
func TestOlderTables(t *testing.T) {
	files, err := filepath.Glob("testdata/older/*.sql")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			server, opt := options(t)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Exec(t.Context(), opt.Database, string(text)); err != nil {
				t.Fatal(err)
			}
			rows := []string{
				"SELECT CONCAT_WS('|', id, video_title, video_image, video_url) COLLATE utf8mb4_bin FROM video ORDER BY id",
				"SELECT CONCAT_WS('|', id, vid, nick, avatar, content) FROM comment ORDER BY id",
			}
			var had [][]string
			for _, query := range rows {
				had = append(had, column(t, server, opt.Database, strings.Replace(query, " COLLATE utf8mb4_bin", "", 1)))
			}
			if len(had[0]) == 0 || len(had[1]) == 0 {
				t.Fatal("there is nothing to lose")
			}
			s, err := sqlstore.OpenMySQL(t.Context(), opt)
			s = closing(t, s, err)
			for i, query := range rows {
				if got := column(t, server, opt.Database, query); !slices.Equal(got, had[i]) {
					t.Errorf("rows\n%q\nwere\n%q", got, had[i])
				}
			}
			charsets := column(t, server, opt.Database, `SELECT DISTINCT CHARACTER_SET_NAME FROM information_schema.COLUMNS
				WHERE TABLE_SCHEMA = DATABASE() AND CHARACTER_SET_NAME IS NOT NULL`)
			if !slices.Equal(charsets, []string{"utf8mb4"}) {
				t.Errorf("character sets %q", charsets)
			}
			c := video.Comment{Film: 1, Nick: strings.Repeat("😀", video.MaxNick), Avatar: "https://" + strings.Repeat("a", video.MaxAvatar-8), Content: strings.Repeat("😀", video.MaxContent)}
			if c.ID, err = s.AddComment(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			got, err := s.Comments(t.Context(), 1, 0, 1)
			if err != nil || len(got) != 1 || got[0] != c {
				t.Errorf("the new comment: %v, %v", got, err)
			}
			if n := column(t, server, opt.Database, `SELECT COUNT(*) FROM information_schema.STATISTICS
				WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'comment' AND COLUMN_NAME = 'vid' AND SEQ_IN_INDEX = 1`); n[0] != "1" {
				t.Errorf("%s indexes begin with vid", n[0])
			}
			shape := `SELECT CONCAT_WS(' ', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_KEY, EXTRA)
				FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1`
			made := column(t, server, opt.Database, shape)
			again, err := sqlstore.OpenMySQL(t.Context(), opt)
			closing(t, again, err)
			if now := column(t, server, opt.Database, shape); !slices.Equal(now, made) {
				t.Errorf("opened again: %q, was %q", now, made)
			}
		})
	}
}

// An account that may not change tables is enough once they are there.
func TestNoRightsToChangeTables(t *testing.T) {
	server, opt := options(t)
	s, err := sqlstore.OpenMySQL(t.Context(), opt)
	closing(t, s, err)
	if err := server.Exec(t.Context(), "", "CREATE USER reader@'%' IDENTIFIED BY 'r'; GRANT SELECT, INSERT ON "+opt.Database+".* TO reader@'%'"); err != nil {
		t.Fatal(err)
	}
	opt.User, opt.Password = "reader", "r"
	s, err = sqlstore.OpenMySQL(t.Context(), opt)
	closing(t, s, err)
}

// Nodes that start together make the tables once.
func TestManyMakeTheTables(t *testing.T) {
	_, opt := options(t)
	var work sync.WaitGroup
	for range 6 {
		work.Go(func() {
			s, err := sqlstore.OpenMySQL(t.Context(), opt)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
}

// Work on the tables may take longer than a program waits for the database.
func TestTablesTakeLongerThanTheWait(t *testing.T) {
	server, opt := options(t)
	other := mysql.NewConfig()
	other.User, other.Passwd, other.Net, other.Addr = opt.User, opt.Password, "tcp", opt.Host
	connector, err := mysql.NewConnector(other)
	if err != nil {
		t.Fatal(err)
	}
	pool := sql.OpenDB(connector)
	defer pool.Close()
	working, err := pool.Conn(t.Context()) // another process, which has the lock
	if err != nil {
		t.Fatal(err)
	}
	if _, err := working.ExecContext(t.Context(), "DO GET_LOCK(?, 5)", "appletctl video "+opt.Database); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var s *sqlstore.Store
	opened := make(chan error, 1)
	go func() {
		var err error
		s, err = sqlstore.OpenMySQL(ctx, opt)
		opened <- err
	}()
	const waiting = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT GET_LOCK(CONCAT%'"
	for column(t, server, opt.Database, waiting)[0] == "0" {
		select {
		case err := <-opened:
			t.Fatal("it has not waited:", err)
		default:
		}
	}
	cancel() // as the time for the start ends
	if err := working.Close(); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil { // which gives the lock back
		t.Fatal(err)
	}
	err = <-opened
	if err := closing(t, s, err).Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMySQLRefused(t *testing.T) {
	server, good := options(t)
	foreign, err := server.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Exec(t.Context(), foreign, "CREATE TABLE comment (id INT, text INT)"); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tt := range []struct {
		name   string
		change func(*sqlstore.MySQLOptions)
		text   string
	}{
		{"a wrong password", func(o *sqlstore.MySQLOptions) { o.Password = "wrong secret" }, "refuses user applet"},
		{"another user", func(o *sqlstore.MySQLOptions) { o.User = "nobody" }, "refuses user nobody"},
		{"no such database", func(o *sqlstore.MySQLOptions) { o.Database = "absent" }, "there is no database absent"},
		{"nothing there", func(o *sqlstore.MySQLOptions) { o.Host = closed.Addr().String() }, "cannot reach the database"},
		{"no answer", func(o *sqlstore.MySQLOptions) { o.Host = silent.Addr().String() }, "cannot reach the database"},
		{"no such socket", func(o *sqlstore.MySQLOptions) { o.Host = "/absent/socket" }, "cannot reach the database"},
		{"another table of that name", func(o *sqlstore.MySQLOptions) { o.Database = foreign }, "the table comment exists, and has no column vid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opt := good
			tt.change(&opt)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := sqlstore.OpenMySQL(ctx, opt)
			open, ok := errors.AsType[*sqlstore.OpenError](err)
			if !ok || !strings.Contains(open.Error(), tt.text) || open.Hint() == "" {
				t.Errorf("%v, want %q and a hint", err, tt.text)
			}
			if strings.Contains(err.Error(), opt.Password) {
				t.Errorf("it says the password: %v", err)
			}
		})
	}
}

// A database that ends or hangs makes errors, soon; when it is back, so is the
// store, without a new one.
func TestDatabaseGoesAndComesBack(t *testing.T) {
	server, opt := options(t)
	s, err := sqlstore.OpenMySQL(t.Context(), opt)
	s = closing(t, s, err)
	id, err := s.AddFilm(t.Context(), video.Film{Title: "t", Image: "i", URL: "u"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, err := s.Films(ctx, 0, 6)
		_, more := s.AddComment(ctx, video.Comment{Film: id, Nick: "n", Content: "c"})
		return errors.Join(err, more)
	}
	stopped := func(what string) {
		t.Helper()
		began := time.Now()
		if err := ask(); err == nil {
			t.Errorf("%s: no error", what)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: an error after %v", what, took)
		}
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	stopped("killed")
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err != nil {
		t.Errorf("after it is back: %v", err)
	}
	if err := server.Pause(); err != nil {
		t.Fatal(err)
	}
	stopped("hanging")
	if err := server.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := ask(); err != nil {
		t.Errorf("after it goes on: %v", err)
	}
}
