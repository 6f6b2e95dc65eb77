// Package command holds the commands of appletctl, one a file. They read flags,
// call the packages that do the work, and print what came of it; they never
// decide anything.
package command

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/wecos-go/wecos/internal/cli"
)

// Run is the program.
func Run(ctx context.Context, args []string, env func(string) string, s cli.Streams) int {
	return cli.Execute(ctx, newRoot(env), args, s)
}

// New returns the root command with everything below it.
func New() *cobra.Command { return newRoot(os.Getenv) }

func newRoot(env func(string) string) *cobra.Command {
	root := cli.Group(&cobra.Command{
		Use:   "appletctl",
		Short: "Write configurations and run the demo servers",
		Long: `appletctl serves the demo back ends of the Tencent Cloud tutorials, and a local
object store that speaks the protocol of Tencent COS. It writes and shows what
these servers and wecos are configured with. It asks no questions: every value
is a flag.`,
		Example: `  appletctl serve album
  appletctl init album --applet ./album-app
  appletctl config album
  appletctl init wecos ./shop --bucket pictures-1250000000 --region ap-guangzhou
  appletctl serve cos --data ./store`,
	})
	root.AddCommand(newConfig(env), newInit(), newServe(env), newVideo(env), cli.VersionCommand("appletctl"))
	return root
}
