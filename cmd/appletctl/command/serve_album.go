package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/album"
	"github.com/wecos-go/wecos/internal/servers/album/bucket"
	"github.com/wecos-go/wecos/internal/servers/album/folder"
	"github.com/wecos-go/wecos/internal/servers/cos/disk"
	"github.com/wecos-go/wecos/internal/servers/kit"
)

func newServeAlbum(env func(string) string) *cobra.Command {
	return newServeApp(env, serveApp[*config.Album]{
		name: album.Name, short: "Serve a picture album",
		long: `Serve the picture album that the mini-program of the same name shows, and a page
for browsers at /. Pictures go to a folder, or to a bucket of COS when
cosFileBucket is set.`,
		example: `  appletctl serve album
  appletctl serve album --addr 0.0.0.0:9993 --data ./pictures --quota-mb 500
  COS_SECRET_ID=AKIDxxxx COS_SECRET_KEY=secret appletctl serve album --cos-file-bucket album-1250000000 --cos-region ap-guangzhou`,
		fresh: config.NewAlbum,
		open:  openAlbum,
		listening: func(cfg *config.Album, log *slog.Logger) {
			if cfg.Token.Reveal() == "" && cfg.Public() {
				log.Warn("everybody who reaches this address may upload and delete pictures", "addr", cfg.Addr, "hint", "set uploaderToken")
			}
		},
	})
}

func openAlbum(_ context.Context, cfg *config.Album, _ *slog.Logger) (kit.App, string, error) {
	opt := album.Options{
		Base: cfg.BasePath, Folder: cfg.Folder, Token: cfg.Token.Reveal(),
		AllowedOrigins: cfg.AllowedOrigins, ListAge: seconds(cfg.ListSeconds),
	}
	if opt.Base == "" {
		opt.Base = "/"
	}
	var text string
	var store io.Closer
	if cfg.Endpoint != "" {
		s, err := bucket.New(bucket.Options{
			Endpoint: cfg.Endpoint, Domain: cfg.Domain, SecretID: cfg.SecretID.Reveal(), SecretKey: cfg.SecretKey.Reveal(),
		})
		if err != nil {
			return kit.App{}, "", err
		}
		opt.Store, store = s, s
		text = "pictures from " + cfg.Endpoint
	} else {
		s, err := folder.Open(folder.Options{Dir: filepath.Join(cfg.Data, "pictures"), Quota: quota(cfg.QuotaMB)})
		if err != nil {
			return kit.App{}, "", dataError(err)
		}
		opt.Store, store, opt.PublicURL = s, s, cfg.Domain
		text = "pictures from " + cfg.Data
	}
	server, err := album.New(opt)
	if err != nil {
		return kit.App{}, "", errors.Join(err, store.Close())
	}
	return server.App(), text, nil
}

// quota is a number of megabytes in bytes, where no limit is 0 in a
// configuration and less than that in the store.
func quota(mb int) int64 { return int64(orNone(mb)) << 20 }

// dataError says what to do about a folder that cannot be opened.
func dataError(err error) error {
	if _, ok := errors.AsType[*disk.LockedError](err); !ok {
		err = fmt.Errorf("the folder of the pictures: %w", err)
	}
	return failedWith(err, "choose another folder with --data")
}
