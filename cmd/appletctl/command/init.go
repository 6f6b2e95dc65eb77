package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
)

func newInit() *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:     "init",
		Short:   "Write a configuration with every key explained",
		Example: "  appletctl init wecos\n  appletctl init album\n  appletctl init session",
	})
	cmd.AddCommand(newInitWecos(), newInitAlbum(), newInitRPS(), newInitSession(), newInitVideo())
	return cmd
}
