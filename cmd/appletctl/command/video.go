package command

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
	"github.com/wecos-go/wecos/internal/servers/video"
)

// videoOptions say which database the commands of video mean.
type videoOptions struct {
	env          func(string) string
	config, data string
	// readsOnly is a command that makes no folder under a name that was given:
	// it may be mistyped.
	readsOnly bool
}

func newVideo(env func(string) string) *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:   "video",
		Short: "Manage the films of the video server",
		Long: `Manage the films that serve video shows, also while it runs. The database is the
one that serve video would use here: that of video.config.json or --config, of
the environment, or else the folder appletctl-data/video. One that is made has the
eight sample films, as with serve video.`,
		Example: `  appletctl video list
  appletctl video import films.csv`,
	})
	cmd.AddCommand(newVideoAdd(env), newVideoList(env), newVideoImport(env))
	return cmd
}

// flags adds those that say where the database is.
func (o *videoOptions) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.config, "config", "", "configuration to read")
	cmd.Flags().StringVar(&o.data, "data", "", "folder of the embedded store")
}

// with calls do with the store, and closes it.
func (o *videoOptions) with(cmd *cobra.Command, do func(video.Store) error) (err error) {
	given := map[string]string{}
	if cmd.Flags().Changed("data") {
		given["data"] = o.data
	}
	work, err := os.Getwd()
	if err != nil {
		return err
	}
	cfg := config.NewVideo()
	if err := config.LoadServer(cfg, config.ServerLoad{Path: o.config, Dir: work, Env: o.env, Flags: given}); err != nil {
		return err
	}
	if o.readsOnly && o.data != "" && cfg.Host == "" {
		if _, err := os.Stat(o.data); err != nil {
			return &cli.UsageError{Err: fmt.Errorf("there is no database in --data: %w", err), Fix: "serve video, video add and video import make the folder"}
		}
	}
	store, _, err := openVideoStore(cmd.Context(), cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}
