package command

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/rps"
	"github.com/wecos-go/wecos/internal/servers/rps/lobby"
	"github.com/wecos-go/wecos/internal/servers/rps/web"
)

func newServeRPS(env func(string) string) *cobra.Command {
	return newServeApp(env, serveApp[*config.RPS]{
		name: rps.Name, short: "Serve rock, paper, scissors over Socket.IO",
		long: `Serve rock, paper, scissors to every client that speaks Socket.IO: WebSockets of
mini-programs, socket.io-client 1 to 4, and browsers that poll. Who finds nobody
to play with plays against a robot. Games and scores are kept in memory. The page at /
plays in a browser.

Several nodes that are given the same Redis play as one: people meet, and come
back, wherever they are connected. Clients that poll must stay at one node.`,
		example: `  appletctl serve rps
  appletctl serve rps --addr 0.0.0.0:9595 --robots habits
  appletctl serve rps --room-size 4 --game-seconds 10 --admin-addr 127.0.0.1:9101
  appletctl serve rps --redis-config-host 10.0.0.2`,
		fresh: config.NewRPS,
		open:  openRPS,
	})
}

func openRPS(ctx context.Context, cfg *config.RPS, log *slog.Logger) (kit.App, string, error) {
	page, err := web.Page(cfg.RootPath, rps.Alive())
	if err != nil {
		return kit.App{}, "", err
	}
	opt := rps.Options{
		RootPath: cfg.RootPath, Page: page, RoomSize: cfg.RoomSize, RobotStrength: cfg.Strength(),
		GameTime: seconds(cfg.GameSeconds), ResumeTime: seconds(cfg.ResumeSeconds),
		PingInterval: time.Duration(cfg.PingInterval) * time.Millisecond,
		PingTimeout:  time.Duration(cfg.PingTimeout) * time.Millisecond,
		Origins:      cfg.AllowedOrigins, Address: kit.ClientAddr,
		MaxConns: orNone(cfg.Limits.Connections), MaxPerAddress: orNone(cfg.Limits.ConnectionsPerClient),
		EventRate: float64(orNone(cfg.EventsPerSecond)), EventBurst: cfg.EventBurst, MaxMessage: cfg.MessageBytes,
	}
	text := "games for " + strconv.Itoa(cfg.RoomSize) + " at " + cfg.RootPath
	if addrs := cfg.Redis.Addrs(); len(addrs) > 0 {
		where := strings.Join(addrs, ", ")
		shared, err := lobby.New(ctx, "", lobby.Options{Options: redisOptions(&cfg.Redis), Prefix: cfg.Redis.Prefix, Log: log})
		if err != nil {
			fix := "see that Redis runs at " + where + ", and what redisConfig says"
			return kit.App{}, "", &cli.ExitError{Code: cli.ExitFailed, Err: &cli.UsageError{Err: err, Fix: fix}}
		}
		opt.Lobby = shared
		text += ", with all nodes of Redis at " + where
	}
	s, err := rps.New(ctx, opt)
	if err != nil {
		if opt.Lobby != nil {
			err = errors.Join(err, opt.Lobby.Close())
		}
		return kit.App{}, "", err
	}
	return s.App(), text, nil
}
