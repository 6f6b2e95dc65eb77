package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/servers/video"
)

func newVideoAdd(env func(string) string) *cobra.Command {
	opt := &videoOptions{env: env}
	var film video.Film
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Add a film",
		Long: `Add a film at the end of the list. Mini-programs play addresses that begin with
https only.`,
		Example: `  appletctl video add --title 片名 --video https://v.example.com/a.mp4 --image https://v.example.com/a.jpg`,
		Args:    cli.NoArgs,
	}
	f := cmd.Flags()
	f.StringVar(&film.Title, "title", "", "title of the film")
	f.StringVar(&film.URL, "video", "", "address of the film")
	f.StringVar(&film.Image, "image", "", "address of its picture; may be left out")
	opt.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := film.Check(); err != nil {
			return &cli.UsageError{Err: err, Fix: "give --title and --video, and --image for its picture"}
		}
		return opt.with(cmd, func(s video.Store) error {
			id, err := s.AddFilm(cmd.Context(), film)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "added film %d, %s\n", id, cli.Printable(film.Title))
			return nil
		})
	}
	return cmd
}
