// Package mariadbtest starts a real MariaDB for tests and measurements, on a
// port and in a folder of its own.
//
// It never uses a server that runs already, and no program of people imports it.
package mariadbtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// ErrNotInstalled says that this computer has no MariaDB server.
var ErrNotInstalled = errors.New("MariaDB is not installed (mariadbd, mariadb-install-db)")

// User and Password are those of an account that may do everything.
const (
	User     = "applet"
	Password = "p@ss/w:rd"
)

// startTimeout bounds making a data folder, and each start.
const startTimeout = time.Minute

// Server is a MariaDB that runs, or was killed.
type Server struct {
	// Addr is its host and port, the same ones after Restart.
	Addr string

	dir       string
	program   string
	databases atomic.Int64
	running   *exec.Cmd
	messages  *bytes.Buffer
	exited    chan error
}

// Start makes an empty data folder and a server for it. Without the programs it
// is ErrNotInstalled.
func Start(ctx context.Context) (*Server, error) {
	program, err := find("mariadbd", "mysqld")
	if err != nil {
		return nil, err
	}
	install, err := find("mariadb-install-db", "mysql_install_db")
	if err != nil {
		return nil, err
	}
	// A short name: the path of a socket has 107 bytes at the most.
	dir, err := os.MkdirTemp("", "maria")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, program: program}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	me, err := user.Current()
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	making := exec.CommandContext(ctx, install, "--no-defaults", "--datadir="+s.data(), "--user="+me.Username,
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	if out, err := making.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("mariadb-install-db: %w\n%s", err, out), s.Stop())
	}
	first := filepath.Join(dir, "first.sql")
	text := fmt.Sprintf("CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s';\nGRANT ALL ON *.* TO '%[1]s'@'%%' WITH GRANT OPTION;\n", User, Password)
	if err := os.WriteFile(first, []byte(text), 0o600); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	// The port is free now, and another program may still be faster.
	for range 3 {
		if s.Addr, err = freeAddr(); err != nil {
			break
		}
		if err = s.start(ctx, "--init-file="+first); err == nil {
			return s, nil
		}
	}
	return nil, errors.Join(err, s.Stop())
}

func find(names ...string) (string, error) {
	for _, name := range names {
		for _, dir := range []string{"", "/usr/sbin", "/usr/local/sbin"} {
			if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return path, nil
			}
		}
	}
	return "", ErrNotInstalled
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// Restart starts the server again after Kill, with the same data and address.
func (s *Server) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	return s.start(ctx)
}

func (s *Server) start(ctx context.Context, more ...string) error {
	me, err := user.Current()
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	s.messages = new(bytes.Buffer)
	s.running = exec.Command(s.program, append([]string{
		"--no-defaults", "--user=" + me.Username, "--datadir=" + s.data(), "--bind-address=" + host, "--port=" + port,
		"--socket=" + filepath.Join(s.dir, "socket"), "--pid-file=" + filepath.Join(s.dir, "pid"),
		"--skip-name-resolve", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M", "--max-connections=200",
		"--innodb-flush-log-at-trx-commit=2", // a killed process loses nothing
	}, more...)...)
	s.running.Stdout, s.running.Stderr = s.messages, s.messages
	s.running.SysProcAttr = attributes()
	if err := s.running.Start(); err != nil {
		return err
	}
	exited, cmd := make(chan error, 1), s.running
	s.exited = exited
	go func() { exited <- cmd.Wait() }() // ended by Kill or Stop
	return s.wait(ctx)
}

// wait returns when the server answers.
func (s *Server) wait(ctx context.Context) error {
	db, err := sql.Open("mysql", s.config("").FormatDSN())
	if err != nil {
		return err
	}
	defer db.Close()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		if answer, ok := errors.AsType[*mysql.MySQLError](err); ok {
			return errors.Join(answer, s.Kill())
		}
		select {
		case exit := <-s.exited:
			s.exited <- exit
			return fmt.Errorf("%s ended: %v\n%s", s.program, exit, s.messages.Bytes())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", s.program, errors.Join(err, s.Kill()))
		case <-again.C:
		}
	}
}

func (s *Server) config(database string) *mysql.Config {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.Net, c.Addr, c.DBName = User, Password, "tcp", s.Addr, database
	c.MultiStatements, c.Logger = true, &mysql.NopLogger{}
	return c
}

// Database makes a new, empty one and returns its name.
func (s *Server) Database(ctx context.Context) (string, error) {
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	return name, s.Exec(ctx, "", "CREATE DATABASE "+name)
}

// Exec carries out statements in a database, as its administrator.
func (s *Server) Exec(ctx context.Context, database, statements string) error {
	db, err := sql.Open("mysql", s.config(database).FormatDSN())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statements)
	return errors.Join(err, db.Close())
}

// Column returns the first column of what a query finds.
func (s *Server) Column(ctx context.Context, database, query string) (values []string, err error) {
	db, err := sql.Open("mysql", s.config(database).FormatDSN())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// Pid is the process id of the server.
func (s *Server) Pid() int { return s.running.Process.Pid }

// Kill ends the server at once, as a crash would.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Pause stops the server without ending it: its connections stay open and
// nothing answers. Resume lets it go on.
func (s *Server) Pause() error { return s.running.Process.Signal(pause) }

// Resume ends a Pause.
func (s *Server) Resume() error { return s.running.Process.Signal(resume) }

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	return errors.Join(s.end(syscall.SIGTERM), os.RemoveAll(s.dir))
}

func (s *Server) end(sig syscall.Signal) error {
	if s.exited == nil {
		return nil
	}
	if err := s.running.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	var err error
	select {
	case err = <-s.exited:
	case <-time.After(startTimeout):
		return errors.Join(fmt.Errorf("%s does not end", s.program), s.running.Process.Kill())
	}
	s.exited = nil
	var exit *exec.ExitError
	if sig == syscall.SIGKILL && errors.As(err, &exit) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", s.program, err, strings.TrimSpace(s.messages.String()))
	}
	return nil
}
