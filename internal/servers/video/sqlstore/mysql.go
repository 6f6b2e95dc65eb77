package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// MySQLOptions say where a MySQL server is.
type MySQLOptions struct {
	// Host is a name or an address, with or without a port (3306 by default), or
	// the path of a socket.
	Host           string
	User, Password string
	Database       string
	// Conns bounds the connections; 0 is 20.
	Conns int
}

const (
	defaultConns = 20
	dialTimeout  = time.Second
	// prepareTimeout bounds what follows when the tables are up to date.
	prepareTimeout = 5 * time.Second
	// sqlMode lets nothing be cut off in silence.
	sqlMode = "'STRICT_ALL_TABLES'"
)

// OpenMySQL connects to a server, makes the tables where they are missing and
// brings older ones up to date. Every error is an *OpenError.
func OpenMySQL(ctx context.Context, opt MySQLOptions) (*Store, error) {
	connector, err := mysql.NewConnector(opt.driver())
	if err != nil {
		return nil, opt.failed(err)
	}
	db := sql.OpenDB(connector)
	conns := opt.Conns
	if conns <= 0 {
		conns = defaultConns
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxIdleTime(time.Minute)
	db.SetConnMaxLifetime(5 * time.Minute) // before a proxy or the server ends it
	if err := migrateMySQL(ctx, db); err != nil {
		return nil, opt.failed(errors.Join(err, db.Close()))
	}
	// The tables may have taken longer than the caller waits for an answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), prepareTimeout)
	defer cancel()
	s, err := newStore(ctx, db, db)
	if err != nil {
		return nil, opt.failed(err)
	}
	return s, nil
}

// driver is what the driver needs to know. Waiting for an answer ends with the
// context of each call.
func (o MySQLOptions) driver() *mysql.Config {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = o.User, o.Password, o.Database
	c.Net, c.Addr = "tcp", o.Host
	if strings.HasPrefix(o.Host, "/") {
		c.Net = "unix"
	} else if _, _, err := net.SplitHostPort(o.Host); err != nil {
		c.Addr = net.JoinHostPort(strings.Trim(o.Host, "[]"), "3306")
	}
	c.Timeout = dialTimeout
	c.Collation = "utf8mb4_general_ci" // which every server knows
	c.Params = map[string]string{"sql_mode": sqlMode}
	c.Logger = log.New(io.Discard, "", 0) // what it says comes as an error, too
	return c
}

// failed says what is wrong with a database, for a person.
func (o MySQLOptions) failed(err error) error {
	e := &OpenError{Err: err}
	where := fmt.Sprintf("database %s of %s", o.Database, o.Host)
	var hinted interface{ Hint() string }
	var answer *mysql.MySQLError
	var network *net.OpError
	switch {
	case errors.As(err, &hinted):
		e.Text, e.Fix = fmt.Sprintf("cannot use the %s: %v", where, err), hinted.Hint()
	case errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded):
		e.Text = fmt.Sprintf("cannot reach the %s: %v", where, err)
		e.Fix = "is MySQL running there? host may hold a port, as 127.0.0.1:3307; without host, SQLite is used"
	case errors.As(err, &answer) && (answer.Number == 1045 || answer.Number == 1044):
		e.Text = fmt.Sprintf("the %s refuses user %s: %s", where, o.User, answer.Message)
		e.Fix = "check user, password and database, and that the user may use it from this computer"
	case errors.As(err, &answer) && answer.Number == 1049:
		e.Text = fmt.Sprintf("there is no %s", where)
		e.Fix = fmt.Sprintf("create it: CREATE DATABASE `%s` CHARACTER SET utf8mb4", o.Database)
	default:
		e.Text = fmt.Sprintf("cannot use the %s: %v", where, err)
	}
	return e
}
