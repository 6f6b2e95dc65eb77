package command

import (
	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
)

func newServe(env func(string) string) *cobra.Command {
	cmd := cli.Group(&cobra.Command{
		Use:     "serve",
		Short:   "Run a server until it is interrupted",
		Example: "  appletctl serve cos\n  appletctl serve album\n  appletctl serve session --dev",
	})
	cmd.AddCommand(newServeCOS(env), newServeAlbum(env), newServeRPS(env), newServeApp(env, sessionApp), newServeVideo(env))
	return cmd
}
