package command

import (
	"context"
	"fmt"
	"time"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/video/samples"
	"github.com/wecos-go/wecos/internal/servers/video/sqlstore"
)

// openTime bounds the wait for a database at the start.
const openTime = 5 * time.Second

// openVideoStore opens the database that cfg names. One that is made in a file
// holds the sample films, whoever makes it: the server would add none later. The
// text says for a person what it is.
func openVideoStore(ctx context.Context, cfg *config.Video) (s *sqlstore.Store, text string, err error) {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	if cfg.Host == "" {
		s, err = sqlstore.OpenSQLite(ctx, cfg.Data, samples.Films())
		return s, "films from " + cfg.Data, err
	}
	s, err = sqlstore.OpenMySQL(ctx, sqlstore.MySQLOptions{
		Host: cfg.Host, User: cfg.User, Password: cfg.Password.Reveal(), Database: cfg.Database, Conns: cfg.PoolSize,
	})
	return s, fmt.Sprintf("films from the database %s of %s", cfg.Database, cfg.Host), err
}
