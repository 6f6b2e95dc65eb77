package command

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/kit"
	"github.com/wecos-go/wecos/internal/servers/video"
	"github.com/wecos-go/wecos/internal/servers/video/samples"
	"github.com/wecos-go/wecos/internal/servers/video/web"
)

func newServeVideo(env func(string) string) *cobra.Command {
	return newServeApp(env, serveApp[*config.Video]{
		name: "video", short: "Serve films with comments",
		long: `Serve the film list with comments that the mini-program of the same name shows,
and a page for browsers at /. Films and comments are in SQLite, with eight films
to begin with, or in MySQL when host is set; "appletctl video" manages them.`,
		example: `  appletctl serve video
  appletctl serve video --addr 127.0.0.1:0 --data ./films
  VIDEO_PASSWORD=secret appletctl serve video --host 127.0.0.1 --user applet --database films`,
		fresh: config.NewVideo,
		open:  openVideo,
	})
}

func openVideo(ctx context.Context, cfg *config.Video, _ *slog.Logger) (kit.App, string, error) {
	files, err := samples.Files()
	if err != nil {
		return kit.App{}, "", err
	}
	store, text, err := openVideoStore(ctx, cfg)
	if err != nil {
		return kit.App{}, "", err
	}
	page, err := web.Page(cfg.BasePath)
	if err != nil {
		return kit.App{}, "", errors.Join(err, store.Close())
	}
	return video.New(video.Options{
		Store: store, Base: cfg.BasePath, Samples: files, Page: page, PublicURL: cfg.PublicURL,
		CacheTime:         time.Duration(cfg.CacheMilliseconds) * time.Millisecond,
		CommentsPerMinute: cfg.CommentsPerMinute,
	}), text, nil
}
