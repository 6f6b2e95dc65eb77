package command

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/servers/video"
)

// listedAtOnce is how many films video list asks for in one query.
const listedAtOnce = 500

func newVideoList(env func(string) string) *cobra.Command {
	opt := &videoOptions{env: env, readsOnly: true}
	asJSON := false
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List all films",
		Long:    "List all films: id, title and address, or with --json a line of JSON for each.",
		Example: "  appletctl video list\n  appletctl video list --json",
		Args:    cli.NoArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	opt.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return opt.with(cmd, func(s video.Store) error {
			for offset := 0; ; offset += listedAtOnce {
				films, total, err := s.Films(cmd.Context(), offset, listedAtOnce)
				if err != nil {
					return err
				}
				if err := printFilms(cmd.OutOrStdout(), films, asJSON); err != nil {
					return err
				}
				if offset+listedAtOnce >= total {
					return nil
				}
			}
		})
	}
	return cmd
}

func printFilms(out io.Writer, films []video.Film, asJSON bool) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, f := range films {
		if asJSON {
			if err := encoder.Encode(f); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(out, "%d\t%s\t%s\n", f.ID, cli.Printable(f.Title), cli.Printable(f.URL)); err != nil {
			return err
		}
	}
	return nil
}
