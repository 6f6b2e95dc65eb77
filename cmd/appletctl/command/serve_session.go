package command

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/session"
	"github.com/wecos-go/wecos/internal/servers/session/drawing/mongostore"
	"github.com/wecos-go/wecos/internal/servers/session/weapp/redisstore"
)

// sessionApp is serve session.
var sessionApp = serveApp[*config.Session]{
	name: "session", short: "Serve WeChat login and drawings",
	long: `Serve the login session of a mini-program and the drawings of its users
(一笔到底). Sessions are kept in Redis and drawings in MongoDB where the
configuration names them, else in SQLite databases in the folder --data. The page
at / draws in a browser.

WeChat is asked who somebody is with --app-id and --app-secret. Without an
account, --dev logs in as anybody who is named, on this computer only.`,
	example: `  appletctl serve session --dev
  WX_APP_ID=wx123 WX_APP_SECRET=secret appletctl serve session
  appletctl serve session --config config.js --admin-addr 127.0.0.1:9101`,
	fresh: config.NewSession,
	open:  openSession,
}

func openSession(ctx context.Context, cfg *config.Session, log *slog.Logger) (kit.App, string, error) {
	opt := session.Options{
		BasePath: cfg.BasePath, Dir: cfg.Data, Addr: cfg.Addr, Dev: cfg.Dev, Log: log,
		AppID: cfg.AppID, Secret: cfg.AppSecret.Reveal(), Code2SessionURL: cfg.Code2SessionURL,
		TTL: time.Duration(cfg.Redis.TTL) * time.Second,
	}
	sessions, drawings := cfg.Data, cfg.Data
	if r := &cfg.Redis; len(r.Addrs()) > 0 {
		sessions = "Redis at " + strings.Join(r.Addrs(), ", ")
		opt.Redis = &redisstore.Options{Options: redisOptions(r), Prefix: r.Prefix}
	}
	if m := &cfg.Mongo; m.Host != "" {
		drawings = "MongoDB at " + m.Host
		opt.Mongo = &mongostore.Options{
			Username: m.Username, Password: m.Password.Reveal(), Host: m.Host, Port: m.Port, Query: m.Query, Database: m.Database,
		}
	}
	text := "sessions from " + sessions + ", drawings from " + drawings
	if cfg.Dev {
		text += "; ANYBODY ON THIS COMPUTER IS WHO THEY SAY (--dev)"
	}
	app, err := session.New(ctx, opt)
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		err = &cli.UsageError{Err: err, Fix: hinted.Hint()}
	}
	return app, text, err
}
