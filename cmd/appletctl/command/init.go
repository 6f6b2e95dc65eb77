package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
	"github.com/wecos-go/wecos/internal/config"
)

func newInit() *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:     "init",
		Short:   "Write a configuration with every key explained",
		Example: "  appletctl init wecos",
	})
	cmd.AddCommand(newInitWecos(), newInitApp(func() config.ServerConfig { return config.NewSession() }))
	return cmd
}
